import type { Glyphs } from './glyphs.js';
import type { Role, Span } from './screen-view.js';

/**
 * A picture of cells: dots, two to a column and four to a row, and signs that lie over them. Rows count from the top,
 * dots from the bottom.
 */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** One bit a dot, in the order of Unicode's braille patterns. */
  readonly dots: Uint8Array;
  /** UTF-16 code of a sign, 0 for none; and the sign's role. */
  readonly codes: Uint16Array;
  readonly roles: Uint8Array;
}

export const newCanvas = (width: number, height: number): Canvas => ({
  width,
  height,
  dots: new Uint8Array(width * height),
  codes: new Uint16Array(width * height),
  roles: new Uint8Array(width * height),
});

/** Bits of the braille patterns U+2800, from the lowest dot up: left and right half of a cell. */
const brailleBits = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
] as const;
const braillePatterns = 0x2800;

/** Sets the dots of one half column between two heights, both included. */
export function fillDots(canvas: Canvas, half: number, { from, to }: { from: number; to: number }): void {
  const bits = brailleBits[half % 2 === 0 ? 0 : 1];
  const column = half >> 1;
  for (let dot = from; dot <= to; dot++) {
    const cell = (canvas.height - 1 - (dot >> 2)) * canvas.width + column;
    canvas.dots[cell] = (canvas.dots[cell] ?? 0) | (bits[dot & 3] ?? 0);
  }
}

/** Lays signs over the dots, from a cell to the right; what leaves the picture is dropped. */
export function write(canvas: Canvas, at: { x: number; y: number }, { text, role }: Span): void {
  if (at.y < 0 || at.y >= canvas.height) return;
  for (let index = 0; index < text.length; index++) {
    const x = at.x + index;
    if (x < 0 || x >= canvas.width) continue;
    const cell = at.y * canvas.width + x;
    canvas.codes[cell] = text.charCodeAt(index);
    canvas.roles[cell] = roles.indexOf(role);
  }
}

/** Whether a cell has neither dot nor sign. */
export const isFree = (canvas: Canvas, x: number, y: number): boolean =>
  canvas.dots[y * canvas.width + x] === 0 && canvas.codes[y * canvas.width + x] === 0;

/** One row of the picture as text, neighbours of one role merged. */
export function canvasRow(
  canvas: Canvas,
  y: number,
  { glyphs, area }: { glyphs: Glyphs; area: Role },
): Span[] {
  const spans: Span[] = [];
  const dotCodes = codesOfDots[glyphs.set];
  const areaRole = roles.indexOf(area);
  let text = '';
  let textRole = blankRole;
  for (let cell = y * canvas.width; cell < (y + 1) * canvas.width; cell++) {
    const dots = canvas.dots[cell] ?? 0;
    const sign = canvas.codes[cell] ?? 0;
    const role = sign !== 0 ? (canvas.roles[cell] ?? blankRole) : dots === 0 ? blankRole : areaRole;
    if (role !== textRole && text !== '') {
      spans.push({ text, role: roles[textRole] ?? 'text' });
      text = '';
    }
    textRole = role;
    text += String.fromCharCode(sign !== 0 ? sign : (dotCodes[dots] ?? space));
  }
  if (text !== '') spans.push({ text, role: roles[textRole] ?? 'text' });
  return spans;
}

/** How several things in one cell are written. */
export const severalSign = (several: number): string => (several < 10 ? String(several) : '+');

const roles: readonly Role[] = ['text', 'muted', 'focus', 'heap', 'gc', 'stop', 'limit', 'bad'];
const blankRole = 0;
const space = 0x20;

/** What 0 to 8 dots of a cell look like in the alphabets without dots. */
const fullness = { block: ' ▁▂▃▄▅▆▇█', ascii: ' ...::###' };

const codesOfDots = {
  braille: Uint16Array.from({ length: 256 }, (_, dots) => (dots === 0 ? space : braillePatterns + dots)),
  block: codesByFullness(fullness.block),
  ascii: codesByFullness(fullness.ascii),
};

function codesByFullness(signs: string): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, dots) => signs.charCodeAt(countBits(dots)));
}

function countBits(value: number): number {
  let bits = 0;
  for (let rest = value; rest > 0; rest &= rest - 1) bits++;
  return bits;
}
