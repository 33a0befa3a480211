import type { Line, Role, Span } from './screen-view.js';

/** A piece of a line: a bare string is plain text. */
export type Piece = Span | string;

/** Text in a role. */
export const span = (text: string, role: Role): Span => ({ text, role });
export const muted = (text: string): Span => span(text, 'muted');
export const bad = (text: string): Span => span(text, 'bad');

/** A line of exactly this width: too long is cut and ends in `~`, too short is padded. */
export function fit(width: number, pieces: readonly Piece[]): Line {
  const line: Span[] = [];
  let left = width;
  for (const piece of pieces) {
    const { text, role } = typeof piece === 'string' ? span(piece, 'text') : piece;
    if (text.length > left) {
      markCut(line, text.slice(0, left), role);
      return line;
    }
    append(line, text, role);
    left -= text.length;
  }
  append(line, ' '.repeat(left), 'text');
  return line;
}

/** A line with something at both ends: the right end is kept whole, the left one is cut. */
export function fitEnds(width: number, left: readonly Piece[], right: readonly Piece[]): Line {
  const rightWidth = widthOf(right);
  if (rightWidth >= width) return fit(width, right);
  return [...fit(width - rightWidth, left), ...fit(rightWidth, right)];
}

/** A sentence in the middle of a line. */
export function centred(width: number, text: string, role: Role): Line {
  return fit(width, [' '.repeat(Math.max(0, Math.floor((width - text.length) / 2))), span(text, role)]);
}

/** How many columns pieces take. */
export function widthOf(pieces: readonly Piece[]): number {
  let width = 0;
  for (const piece of pieces) width += typeof piece === 'string' ? piece.length : piece.text.length;
  return width;
}

/** An empty line. */
export const blank = (width: number): Line => fit(width, []);

/** Lines cut or filled up to a height. */
export function fitHeight(
  lines: readonly Line[],
  { width, height }: { width: number; height: number },
): Line[] {
  const fitted = lines.slice(0, Math.max(0, height));
  while (fitted.length < height) fitted.push(blank(width));
  return fitted;
}

function append(line: Span[], text: string, role: Role): void {
  if (text === '') return;
  const last = line.at(-1);
  if (last?.role === role) line[line.length - 1] = { text: last.text + text, role };
  else line.push({ text, role });
}

function markCut(line: Span[], text: string, role: Role): void {
  if (text !== '') {
    append(line, `${text.slice(0, -1)}~`, role);
    return;
  }
  const last = line.pop();
  if (last !== undefined) line.push({ text: `${last.text.slice(0, -1)}~`, role: last.role });
}
