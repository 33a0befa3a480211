import { durationNs, type Nanos, nanos } from '../gc/units.js';
import type { CycleRow, Model } from './model.js';

/**
 * How much of [fromNs, toNs) a cycle was under way, the running one included. Undefined where that is not known: before
 * gctop came, after the program's end, across a gap, or when a cycle's begin could not be read.
 */
export function gcShareOf(model: Readonly<Model>, fromNs: Nanos, toNs: Nanos): Nanos | undefined {
  if (model.attachedAtNs === undefined || fromNs < model.attachedAtNs) return undefined;
  // Who answered after the program's end is not known yet.
  if (model.exitedAtNs !== undefined && toNs > model.exitedAtNs) return undefined;
  if (model.gaps.some((gap) => gap.fromNs < toNs && gap.toNs > fromNs)) return undefined;
  let share = 0;
  let countedToNs: number = fromNs;
  for (const span of spans(model, fromNs, toNs)) {
    if (span.fromNs === undefined) return undefined;
    const from = Math.max(span.fromNs, countedToNs);
    const to = Math.min(span.toNs, toNs);
    if (to <= from) continue;
    share += to - from;
    countedToNs = to;
  }
  return durationNs(share);
}

interface Span {
  readonly fromNs: Nanos | undefined;
  readonly toNs: Nanos;
}

/** All that can reach into the stretch; a cycle lies between the end of the one before and its own. */
function* spans(model: Readonly<Model>, fromNs: Nanos, toNs: Nanos): Generator<Span> {
  const before = model.cycles.lastUpTo(nanos(fromNs - 1));
  if (before !== undefined) yield spanOf(before);
  for (const row of model.cycles.endedBetween(fromNs, nanos(Number.MAX_SAFE_INTEGER))) {
    const span = spanOf(row);
    if (span.fromNs !== undefined && span.fromNs >= toNs) return;
    yield span;
  }
  const running = model.running;
  if (running === undefined) return;
  yield {
    fromNs: running.sweepTermAtNs ?? running.markAtNs ?? running.markTermAtNs ?? running.sinceNs,
    toNs: model.nowNs,
  };
}

/** runtime.GC sweeps before it returns to its caller (runtime/mgc.go), so a forced cycle lasts that long. */
const spanOf = ({ cycle, sweepEndAtNs }: CycleRow): Span => ({
  fromNs: cycle.sweepTermAtNs ?? cycle.markAtNs,
  toNs: cycle.trigger === 'forced' ? (sweepEndAtNs ?? cycle.endAtNs) : cycle.endAtNs,
});
