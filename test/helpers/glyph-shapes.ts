/** A cell of the picture, in units of the SVG. */
export const cell = { width: 9, height: 18 } as const;

/**
 * The outline of a character that must meet its neighbours exactly (lines, blocks, dots, marks), as path commands with
 * the cell's upper left corner at `x`, `y`; nothing for a character that a font draws well enough. Fonts are not to be
 * relied on: viewers take such glyphs from one fallback or another, each of its own width.
 */
export function glyphShape(char: string, x: number, y: number): string | undefined {
  const code = char.codePointAt(0) ?? 0;
  if (code > 0x2800 && code <= 0x28ff) return braille(code - 0x2800, x, y);
  if (code >= 0x2581 && code <= 0x2588) return lowerBlock(code - 0x2580, x, y);
  const line = lines[char];
  if (line !== undefined) return lineShape(line, x, y);
  return marks[char]?.(x + cell.width / 2, y + cell.height / 2);
}

const rect = (x: number, y: number, width: number, height: number) =>
  `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;

const short = (value: number) => String(Math.round(value * 100) / 100);

/** Dots 1 to 8 by bit: column and row in the cell (Unicode, Braille Patterns). */
const dots = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

/** Dots fill their share of the cell, so that an area looks like one. */
function braille(bits: number, x: number, y: number): string {
  const [width, height] = [cell.width / 2, cell.height / 4];
  return dots
    .filter((_, bit) => (bits >> bit) & 1)
    .map(([column, row]) => rect(x + column * width + 0.5, y + row * height + 0.5, width - 1, height - 1))
    .join('');
}

function lowerBlock(eighths: number, x: number, y: number): string {
  const height = (cell.height * eighths) / 8;
  return rect(x, y + cell.height - height, cell.width, height);
}

interface LineGlyph {
  /** Arms from the middle: left, right, up, down. */
  readonly arms: string;
  readonly thick?: true;
  /** Pieces that a whole line is broken into. */
  readonly dashes?: number;
}

const lines: Readonly<Record<string, LineGlyph>> = {
  '─': { arms: 'lr' },
  '│': { arms: 'ud' },
  '┌': { arms: 'rd' },
  '┐': { arms: 'ld' },
  '└': { arms: 'ru' },
  '┘': { arms: 'lu' },
  '├': { arms: 'rud' },
  '┤': { arms: 'lud' },
  '┬': { arms: 'lrd' },
  '┴': { arms: 'lru' },
  '┼': { arms: 'lrud' },
  '╌': { arms: 'lr', dashes: 2 },
  '┊': { arms: 'ud', dashes: 4 },
  '━': { arms: 'lr', thick: true },
  '┃': { arms: 'ud', thick: true },
  '┏': { arms: 'rd', thick: true },
  '┓': { arms: 'ld', thick: true },
  '┗': { arms: 'ru', thick: true },
  '┛': { arms: 'lu', thick: true },
};

function lineShape({ arms, thick, dashes = 1 }: LineGlyph, x: number, y: number): string {
  const weight = thick ? 3 : 1;
  const { width, height } = cell;
  const [left, top] = [x + (width - weight) / 2, y + (height - weight) / 2];
  if (dashes > 1 && arms === 'lr')
    return pieces(dashes, width, (from, size) => rect(x + from, top, size, weight));
  if (dashes > 1) return pieces(dashes, height, (from, size) => rect(left, y + from, weight, size));
  const shapes = {
    l: rect(x, top, (width + weight) / 2, weight),
    r: rect(left, top, (width + weight) / 2, weight),
    u: rect(left, y, weight, (height + weight) / 2),
    d: rect(left, top, weight, (height + weight) / 2),
  };
  return (['l', 'r', 'u', 'd'] as const)
    .filter((arm) => arms.includes(arm))
    .map((arm) => shapes[arm])
    .join('');
}

function pieces(count: number, length: number, draw: (from: number, size: number) => string): string {
  const step = length / count;
  return Array.from({ length: count }, (_, index) => draw((index + 0.2) * step, 0.6 * step)).join('');
}

type Mark = (middleX: number, middleY: number) => string;

const polygon = (...corners: readonly (readonly [number, number])[]): string =>
  `M${corners.map(([x, y]) => `${short(x)} ${short(y)}`).join('L')}z`;

/** Two half circles; the other direction of turning makes a hole. */
const circle = (x: number, y: number, radius: number, sweep: 0 | 1): string =>
  `M${short(x - radius)} ${y}a${radius} ${radius} 0 1 ${sweep} ${2 * radius} 0a${radius} ${radius} 0 1 ${sweep} ${-2 * radius} 0z`;

const marks: Readonly<Record<string, Mark>> = {
  '●': (x, y) => circle(x, y, 3.6, 1),
  '○': (x, y) => circle(x, y, 3.6, 1) + circle(x, y, 2.4, 0),
  '◆': (x, y) => polygon([x - 4, y], [x, y - 5], [x + 4, y], [x, y + 5]),
  '▲': (x, y) => polygon([x - 4, y + 4], [x, y - 5], [x + 4, y + 4]),
  '▼': (x, y) => polygon([x - 4, y - 4], [x, y + 5], [x + 4, y - 4]),
  '╱': (x, y) => polygon([x - 4.5, y + 9], [x - 3.5, y + 9], [x + 4.5, y - 9], [x + 3.5, y - 9]),
};
