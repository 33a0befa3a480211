import type { SourceMessage } from '../gc/stream.js';
import type { Nanos } from '../gc/units.js';
import type { Model } from './model.js';
import { tell } from './tell.js';

const gapCapacity = 128;

/** Nothing is known of a stretch: no series may draw a line across it, no rate may be spread over it. */
export function addGap(model: Model, message: Extract<SourceMessage, { type: 'gap' }>): void {
  const { fromNs, toNs, lost, reason } = message;
  const { heap } = model;
  model.gaps.push({ fromNs, toNs, lost, reason });
  if (model.gaps.length > gapCapacity) model.gaps.shift();
  forgetStretch(model, fromNs, toNs);
  if (heap.latest !== undefined && heap.latest.atNs <= toNs) heap.latest = undefined;
  if (model.running !== undefined && model.running.sinceNs <= toNs) model.running = undefined;
  tell(model, { atNs: fromNs, type: 'gap', fromNs, toNs, lost, reason });
}

/** No series knows anything of it. */
export function forgetStretch({ heap, work }: Model, fromNs: Nanos, toNs: Nanos): void {
  const series = [
    heap.live,
    heap.marked,
    heap.goal,
    heap.trigger,
    work.allocBytes,
    work.sweptPages,
    work.markedBytes,
    work.assistNs,
    work.markWork,
    work.assistWork,
    work.triggerRatio,
    work.startRatio,
  ];
  for (const each of series) each.unknown(fromNs, toNs);
}
