import type { GcCycle } from '../gc/cycle.js';
import { type Nanos, nanos } from '../gc/units.js';
import type { Model } from './model.js';
import type { RateSeries } from './series.js';

/** What a cycle marked and how much the program had to assist, spread over its mark; nothing before and after it. */
export function addCycleWork(model: Model, cycle: GcCycle, before: GcCycle | undefined): void {
  addWhileMarking(model, { series: model.work.markedBytes, cycle, amount: cycle.heapMarked });
  addWhileMarking(model, { series: model.work.assistNs, cycle, amount: cycle.cpu?.assistNs });
  addStartRatio(model, cycle, before);
}

/** No cycle ran up to an instant: nothing was marked until then. */
export function addIdleTime(model: Model, untilNs: Nanos): void {
  addNothing(model, model.work.markedBytes, untilNs);
  addNothing(model, model.work.assistNs, untilNs);
}

interface Marked {
  readonly series: RateSeries;
  readonly cycle: GcCycle;
  readonly amount: number | undefined;
}

function addWhileMarking(model: Model, { series, cycle, amount }: Marked): void {
  const { sweepTermAtNs, markAtNs, markTermAtNs, endAtNs } = cycle;
  if (amount === undefined || markAtNs === undefined || markTermAtNs === undefined) {
    series.unknown(sweepTermAtNs ?? endAtNs, endAtNs);
    return;
  }
  addNothing(model, series, markAtNs);
  series.add(markAtNs, lateAtLeast(markAtNs, markTermAtNs), amount);
  addNothing(model, series, endAtNs);
}

/** A rounded cycle can have marked for no time at all; its amount must not be lost. */
const lateAtLeast = (fromNs: Nanos, toNs: Nanos): Nanos => (toNs > fromNs ? toNs : nanos(fromNs + 1));

function addNothing(model: Model, series: RateSeries, untilNs: Nanos): void {
  const fromNs = series.latestNs ?? model.attachedAtNs;
  if (fromNs !== undefined) series.add(fromNs, untilNs, 0);
}

/** Only a cycle that the heap started says where the trigger lay: a forced one begins anywhere. */
function addStartRatio({ work }: Model, cycle: GcCycle, before: GcCycle | undefined): void {
  const { trigger, sweepTermAtNs, heapAtStart, number } = cycle;
  const marked = before?.heapMarked;
  if (trigger === 'forced' || trigger === 'time' || sweepTermAtNs === undefined || heapAtStart === undefined)
    return;
  if (marked === undefined || marked === 0) return;
  // With a cycle missing between them this would be the ratio to an older heap.
  if (number !== undefined && before?.number !== undefined && before.number + 1 !== number) return;
  work.startRatio.push(sweepTermAtNs, heapAtStart / marked - 1);
}
