import type { Action } from '../../model/action.js';
import { footerBindings } from '../../model/keymap.js';
import type { Rect } from '../../model/layout.js';
import type { Model } from '../../model/model.js';
import { type Clickable, clickableLine } from '../clickable.js';
import { bad, fit, muted, span } from '../line.js';
import type { HitArea, Line, Span } from '../screen-view.js';
import { cut, plain } from '../text.js';

/** The keys that do something now, whole pairs only; at the right end for a while the last error. */
export function footerLine(
  model: Readonly<Model>,
  rect: Rect,
): { readonly line: Line; readonly hits: readonly HitArea[] } {
  return footerRow(footerBindings(model), rect, toastText(model, rect.width));
}

interface FooterBinding<Act> {
  readonly label: string;
  readonly short: string;
  readonly action: Act;
  readonly actionOf?: (key: string) => Act;
}

/** A row of keys and their words, and at its right end a failure. */
export function footerRow<Act extends { readonly type: string } = Action>(
  bindings: readonly FooterBinding<Act>[],
  rect: Rect,
  toast: string,
): { readonly line: Line; readonly hits: readonly HitArea<Act>[] } {
  const room = rect.width - (toast === '' ? 1 : toast.length + 2);
  const pieces: Clickable<Act>[] = [' '];
  let used = 1;
  for (const binding of bindings) {
    const width = binding.label.length + 1 + binding.short.length;
    const gap = used === 1 ? 0 : 2;
    if (used + gap + width > room) break;
    if (gap > 0) pieces.push('  ');
    pieces.push(
      pressable(binding, span(binding.label, 'focus')),
      pressable(binding, muted(` ${binding.short}`)),
    );
    used += gap + width;
  }
  if (toast === '') return clickableLine(pieces, rect);
  const { line, hits } = clickableLine(pieces, { ...rect, width: rect.width - toast.length - 1 });
  return { line: [...line, ...fit(toast.length + 1, [bad(toast), ' '])], hits };
}

function pressable<Act extends { readonly type: string }>(
  { actionOf, action }: FooterBinding<Act>,
  piece: Span,
): Clickable<Act> {
  const isOneAction = actionOf === undefined && action.type !== 'traffic';
  return isOneAction ? { piece, action } : piece;
}

/** Room that the keys keep for help and quit. */
export const leastForKeys = 20;

function toastText({ screen, nowNs }: Readonly<Model>, width: number): string {
  const { toast } = screen;
  if (toast === undefined || toast.untilNs <= nowNs) return '';
  return cut(`! ${plain(toast.text)}`, Math.max(0, width - leastForKeys));
}
