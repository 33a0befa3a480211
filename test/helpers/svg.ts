import type { Style } from '../../src/terminal/theme.js';
import { themeFor } from '../../src/terminal/theme.js';
import type { Role } from '../../src/view/screen-view.js';
import { cell, glyphShape } from './glyph-shapes.js';
import { type ShownScreen, styleLetters } from './screen.js';

const margin = 12;
const paper = '#14161a';
const ink = '#d4d7dc';

/** A picture of a screen on a dark background, in the colours of a 256-colour terminal. */
export function svgOf({ size, lines, styles }: ShownScreen): string {
  const [width, height] = [size.columns * cell.width + 2 * margin, size.rows * cell.height + 2 * margin];
  const layers = new Map<Role, Layer>(roles.map((role) => [role, { backdrop: '', shapes: '', words: [] }]));
  lines.forEach((line, y) => {
    drawLine(
      { line: [...line.padEnd(size.columns)], letters: (styles[y] ?? '').padEnd(size.columns), y },
      layers,
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    '<title>The screen of gctop</title>',
    `<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
    `<g font-family="'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace" font-size="15">`,
    ...[...layers].flatMap(([role, layer]) => svgLayer(role, layer)),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** All that is drawn in one role. */
interface Layer {
  /** Cells whose background is coloured. */
  backdrop: string;
  shapes: string;
  readonly words: string[];
}

interface PictureLine {
  readonly line: readonly string[];
  readonly letters: string;
  readonly y: number;
}

const roles = Object.keys(styleLetters) as Role[];
const roleOf = new Map(roles.map((role) => [styleLetters[role], role]));
const theme = themeFor(256, 'dark');

function drawLine({ line, letters, y }: PictureLine, layers: ReadonlyMap<Role, Layer>): void {
  const top = margin + y * cell.height;
  let x = 0;
  while (x < line.length) {
    const letter = letters[x] ?? ' ';
    const role = roleOf.get(letter) ?? 'text';
    const layer = layers.get(role);
    if (layer === undefined) throw new Error(`no layer for '${role}'`);
    const left = margin + x * cell.width;
    const shape = glyphShape(line[x] ?? ' ', left, top);
    const end = shape === undefined ? endOfWord({ line, letters, y }, x) : x + 1;
    const word = line.slice(x, end).join('');
    if (theme[role].reverse) layer.backdrop += box(left, top, end - x);
    if (shape !== undefined) layer.shapes += shape;
    else if (word.trim() !== '') layer.words.push(svgWord(word, left, top));
    x = end;
  }
}

/** Words are placed one by one, so that no font can push a column aside. */
function endOfWord({ line, letters }: PictureLine, start: number): number {
  const isPlain = (x: number) =>
    line[x] !== ' ' && letters[x] === letters[start] && glyphShape(line[x] ?? ' ', 0, 0) === undefined;
  let end = start + 1;
  if (line[start] === ' ') return end;
  while (end < line.length && isPlain(end)) end++;
  return end;
}

const box = (x: number, y: number, cells: number) =>
  `M${x} ${y}h${cells * cell.width}v${cell.height}h${-cells * cell.width}z`;

function svgWord(word: string, left: number, top: number): string {
  const length = [...word].length * cell.width;
  return `<text x="${left}" y="${top + 13.5}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(word)}</text>`;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function svgLayer(role: Role, { backdrop, shapes, words }: Layer): string[] {
  const style = theme[role];
  const fill = style.reverse ? paper : colorOf(style);
  const weight = style.bold ? ' font-weight="bold"' : '';
  return [
    ...(backdrop === '' ? [] : [`<path d="${backdrop}" fill="${colorOf(style)}"/>`]),
    ...(shapes === '' ? [] : [`<path d="${shapes}" fill="${fill}"/>`]),
    ...(words.length === 0 ? [] : [`<g fill="${fill}"${weight}>`, ...words, '</g>']),
  ];
}

const colorOf = ({ color }: Style): string => (color === undefined ? ink : `rgb(${paletteColor(color)})`);

/** The 6x6x6 cube and the greys of the 256-colour palette, as red, green, blue. */
export function paletteColor(color: number): readonly number[] {
  if (color >= 232) return [0, 0, 0].fill(8 + 10 * (color - 232));
  const levels = [0, 95, 135, 175, 215, 255];
  const index = color - 16;
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map((step) => levels[step] ?? 0);
}
