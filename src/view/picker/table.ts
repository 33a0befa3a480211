import { type Piece, span } from '../line.js';
import type { Role } from '../screen-view.js';
import { cut } from '../text.js';

/** One column of a list. */
export interface Column<Row> {
  readonly head: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Never wider than the column; longer text is cut. */
  readonly text: (row: Row) => string;
  readonly role?: Role;
}

/** The cells of a row: the two columns in front say whether it is selected. A dim row is muted as a whole. */
export function cells<Row>(
  columns: readonly Column<Row>[],
  row: Row,
  look: { readonly isSelected: boolean; readonly isDim: boolean },
): readonly Piece[] {
  const whole: Role | undefined = look.isSelected ? 'focus' : look.isDim ? 'muted' : undefined;
  const pieces = columns.map((column): Piece => {
    const text = padded(column, column.text(row));
    return span(`${text} `, whole ?? column.role ?? 'text');
  });
  return [span(look.isSelected ? '> ' : '  ', 'focus'), ...pieces];
}

/** A column's head, over its figures. */
export const headOf = <Row>(column: Column<Row>): string => padded(column, column.head);

export function padded<Row>({ width, align }: Column<Row>, text: string): string {
  const short = cut(text, width);
  return align === 'left' ? short.padEnd(width) : short.padStart(width);
}

/** How wide columns are together, each with the blank behind it and the mark in front. */
export const widthOfColumns = <Row>(columns: readonly Column<Row>[]): number =>
  columns.reduce((sum, { width }) => sum + width + 1, 2);
