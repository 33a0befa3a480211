import { footerBindings, type KeyBinding } from '../../model/keymap.js';
import type { Rect } from '../../model/layout.js';
import type { Model } from '../../model/model.js';
import { type Clickable, clickableLine } from '../clickable.js';
import { bad, fit, muted, span } from '../line.js';
import type { HitArea, Line } from '../screen-view.js';
import { cut, plain } from '../text.js';

/** The keys that do something now, whole pairs only; at the right end for a while the last error. */
export function footerLine(
  model: Readonly<Model>,
  rect: Rect,
): { readonly line: Line; readonly hits: readonly HitArea[] } {
  const toast = toastText(model, rect.width);
  const room = rect.width - (toast === '' ? 1 : toast.length + 2);
  const pieces: Clickable[] = [' '];
  let used = 1;
  for (const binding of footerBindings(model)) {
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

function pressable(binding: KeyBinding, piece: Exclude<Clickable, string>): Clickable {
  const isOneAction = binding.actionOf === undefined && binding.action.type !== 'traffic';
  return isOneAction && 'text' in piece ? { piece, action: binding.action } : piece;
}

/** Room that the keys keep for help and quit. */
const leastForKeys = 20;

function toastText({ screen, nowNs }: Readonly<Model>, width: number): string {
  const { toast } = screen;
  if (toast === undefined || toast.untilNs <= nowNs) return '';
  return cut(`! ${plain(toast.text)}`, Math.max(0, width - leastForKeys));
}
