import type { Action } from '../model/action.js';
import type { Rect } from '../model/layout.js';
import { fit, type Piece, widthOf } from './line.js';
import type { HitArea, Line } from './screen-view.js';

/** A piece of a line that may answer to a press of the mouse. */
export type Clickable<Act = Action> = Piece | { readonly piece: Piece; readonly action: Act };

/** What is drawn of it. */
export const pieceOf = (item: Clickable<unknown>): Piece =>
  typeof item !== 'string' && 'action' in item ? item.piece : item;

/** A line of pieces, and the cells of those that act. */
export function clickableLine<Act = Action>(
  pieces: readonly Clickable<Act>[],
  at: Pick<Rect, 'x' | 'y' | 'width'>,
): { readonly line: Line; readonly hits: readonly HitArea<Act>[] } {
  const hits: HitArea<Act>[] = [];
  const plainPieces: Piece[] = [];
  let column = 0;
  for (const item of pieces) {
    const acts = typeof item !== 'string' && 'action' in item;
    const piece = pieceOf(item);
    const width = widthOf([piece]);
    const shown = Math.min(width, at.width - column);
    if (acts && shown > 0) {
      hits.push({ rect: { x: at.x + column, y: at.y, width: shown, height: 1 }, action: item.action });
    }
    plainPieces.push(piece);
    column += width;
  }
  return { line: fit(at.width, plainPieces), hits };
}
