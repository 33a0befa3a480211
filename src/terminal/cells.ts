import type { Role, ScreenView } from '../view/screen-view.js';
import type { Row } from './blessed.js';
import type { Style, Theme } from './theme.js';

/** blessed's own form of a style: flags, foreground and background in one number. */
export type CellStyles = Readonly<Record<Role, number>>;

/**
 * Puts the view's characters into blessed's cells, later boxes over earlier ones, and marks the rows that changed.
 * Cells are written one by one, not through blessed's boxes: those parse their content again in every frame, which
 * was measured at five times the cost, and a text that is never parsed can neither change a style nor move a cursor.
 */
export function paintCells(rows: readonly Row[], view: Pick<ScreenView, 'boxes'>, styles: CellStyles): void {
  for (const { rect, lines } of view.boxes) {
    for (const [index, line] of lines.slice(0, rect.height).entries()) {
      const row = rows[rect.y + index];
      if (row === undefined) break;
      let x = rect.x;
      const end = Math.min(rect.x + rect.width, row.length);
      for (const { text, role } of line) x = paintText(row, { x, end, text, style: styles[role] });
      paintText(row, { x, end, text: ' '.repeat(Math.max(0, end - x)), style: styles.text });
    }
  }
}

/** The styles of a theme, once for all frames. */
export const cellStyles = (theme: Theme): CellStyles => ({
  text: encode(theme.text),
  muted: encode(theme.muted),
  focus: encode(theme.focus),
  heap: encode(theme.heap),
  gc: encode(theme.gc),
  stop: encode(theme.stop),
  limit: encode(theme.limit),
  bad: encode(theme.bad),
});

const ownColor = 0x1ff;
const boldFlag = 1;
const reverseFlag = 8;

function encode({ color = ownColor, bold, reverse }: Style): number {
  const flags = (bold ? boldFlag : 0) | (reverse ? reverseFlag : 0);
  return (flags << 18) | (color << 9) | ownColor;
}

interface TextRun {
  readonly x: number;
  /** The column behind the last one that may be written. */
  readonly end: number;
  readonly text: string;
  readonly style: number;
}

/** Writes one run and returns the column behind it. */
function paintText(row: Row, { x, end, text, style }: TextRun): number {
  for (const char of text) {
    if (x >= end) break;
    const cell = row[x++];
    const shown = isControl(char) ? '?' : char;
    if (cell === undefined || (cell[0] === style && cell[1] === shown)) continue;
    cell[0] = style;
    cell[1] = shown;
    row.dirty = true;
  }
  return x;
}

/** C0, DEL and C1: the view holds none, and if it did, the terminal must not get them. */
const isControl = (char: string) => char < ' ' || (char >= '\x7f' && char < '\xa0');
