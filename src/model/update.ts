import { unreachable } from '../error.js';
import type { Nanos } from '../gc/units.js';
import { advance } from './advance.js';
import type { Command } from './command.js';
import type { Msg } from './message.js';
import type { Model } from './model.js';
import { expireToast } from './toast.js';
import { keepFocusOnScreen, updateAction, updateKey } from './update-input.js';
import { updateSource } from './update-source.js';

/** The only code that writes the model. Deterministic: the same messages give the same model, however batched. */
export function update(model: Model, msg: Msg): readonly Command[] {
  switch (msg.type) {
    case 'source':
      updateSource(model, msg.message);
      return nothing;
    case 'key':
      return updateKey(model, msg.key);
    case 'action':
      return updateAction(model, msg.action);
    case 'resize':
      model.size = msg.size;
      keepFocusOnScreen(model);
      return nothing;
    case 'tick':
      tick(model, msg.nowNs);
      return nothing;
    case 'observer':
      model.observer = { cpuShare: msg.cpuShare, rss: msg.rss };
      return nothing;
    default:
      return unreachable(msg);
  }
}

const nothing: readonly Command[] = [];

/** When the stream is over, its time stands still: the last picture stays. */
function tick(model: Model, nowNs: Nanos): void {
  if (model.state.kind === 'ended') expireToast(model, nowNs);
  else advance(model, nowNs);
}
