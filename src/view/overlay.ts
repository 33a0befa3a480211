import type { Rect } from '../model/layout.js';
import type { Size } from '../model/message.js';
import type { Glyphs } from './glyphs.js';
import { fit, muted, type Piece, span, widthOf } from './line.js';
import type { Box, Line } from './screen-view.js';

/** A line of an overlay. */
export interface OverlayLine {
  readonly pieces: readonly Piece[];
  /** Why the key does nothing now; left out where it has no room. */
  readonly reason?: string;
}

export const head = (text: string): OverlayLine => ({ pieces: [text] });
export const noLine: OverlayLine = { pieces: [] };

export interface OverlayOptions {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly (readonly OverlayLine[])[];
}

/** Columns of lines in a heavy frame, over the middle of the screen. */
export function overlayBox(glyphs: Glyphs, size: Size, { id, title, columns }: OverlayOptions): Box {
  const widths = columnWidths(columns, size.columns - 4);
  const rect = overlayRect(size, {
    width: widths.reduce((sum, width) => sum + width, 2),
    height: Math.max(...columns.map((lines) => lines.length)) + 4,
  });
  const body = overlayLines(columns, { widths, height: rect.height - 2 });
  return { id, rect, lines: framed(glyphs, { ...body, title, width: rect.width - 2 }) };
}

function overlayRect(size: Size, content: Pick<Rect, 'width' | 'height'>): Rect {
  const width = Math.min(content.width, size.columns - 2);
  const height = Math.min(content.height, size.rows - 2);
  // The header stays readable where there is room, the footer always.
  const y = Math.max(0, Math.min(2, size.rows - 1 - height));
  return { x: Math.floor((size.columns - width) / 2), y, width, height };
}

/** What stands before each column, after it, and between a key and why it does nothing now. */
const lead = '  ';
const after = 2;
const apart = '   ';

/** As wide as what is in them; where the screen is too narrow for it, reasons are left out. */
function columnWidths(columns: readonly (readonly OverlayLine[])[], room: number): readonly number[] {
  const least = columns.map((lines) => lead.length + after + Math.max(...lines.map(widthOfLine)));
  const whole = columns.map((lines) => lead.length + after + Math.max(...lines.map(widthWithReason)));
  // Without room even for that, the air at the right goes.
  let spare = room - least.reduce((sum, width) => sum + width, 0);
  return least.map((width, index) => {
    const more = Math.min(spare, (whole[index] ?? width) - width);
    spare -= more;
    return width + more;
  });
}

const widthOfLine = ({ pieces }: OverlayLine): number => widthOf(pieces);
const widthWithReason = (line: OverlayLine): number =>
  widthOfLine(line) +
  (line.reason === undefined || line.reason === '' ? 0 : apart.length + line.reason.length);

/** Columns side by side with air around them; where rows are short, blank lines and the air go first. */
function overlayLines(
  columns: readonly (readonly OverlayLine[])[],
  { widths, height }: { readonly widths: readonly number[]; readonly height: number },
): OverlayBody {
  const isTight = columns.some((lines) => lines.length + 1 > height);
  const shown = isTight ? columns.map((lines) => lines.filter(({ pieces }) => pieces.length > 0)) : columns;
  const above = isTight ? 0 : 1;
  const lines = Array.from({ length: height }, (_, row) =>
    shown.flatMap((column, index) => {
      const line = column[row - above] ?? noLine;
      const width = widths[index] ?? 0;
      const fits = lead.length + widthWithReason(line) <= width;
      const reason = fits && line.reason !== undefined ? [muted(`${apart}${line.reason}`)] : [];
      return fit(width, [lead, ...line.pieces, ...reason]);
    }),
  );
  const hidden = shown.reduce((sum, column) => sum + Math.max(0, column.length + above - height), 0);
  return { lines, hidden };
}

interface OverlayBody {
  readonly lines: readonly Line[];
  /** How many lines the screen is too small for. */
  readonly hidden: number;
}

interface Framed extends OverlayBody {
  readonly title: string;
  readonly width: number;
}

function framed(glyphs: Glyphs, { lines, hidden, title, width: inner }: Framed): Line[] {
  const { topLeft, topRight, bottomLeft, bottomRight, side } = glyphs.frame;
  const rule = glyphs.heavyRule;
  const focus = (text: string): Piece => span(text, 'focus');
  const top = `${rule} ${title} `.padEnd(inner, rule);
  const more = hidden === 0 ? '' : `${rule} ${hidden} lines more on a larger screen `;
  return [
    fit(inner + 2, [focus(topLeft + top.slice(0, inner) + topRight)]),
    ...lines.map((line) => fit(inner + 2, [focus(side), ...line, focus(side)])),
    fit(inner + 2, [focus(bottomLeft + more.padEnd(inner, rule) + bottomRight)]),
  ];
}
