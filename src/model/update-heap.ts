import type { GcEvent, HeapReading } from '../gc/event.js';
import { nanos, type Pages } from '../gc/units.js';
import type { Model } from './model.js';
import type { RateSeries } from './series.js';
import { addIdleTime } from './update-work.js';

/** A reading of the heap: gauges at its own time, rates from what grew since the reading before it. */
export function addReading(model: Model, reading: HeapReading): void {
  const { heap, work } = model;
  const { atNs, live, marked, goal, trigger } = reading;
  heap.live.push(atNs, live);
  if (marked !== undefined) heap.marked.push(atNs, marked);
  if (typeof goal === 'number') heap.goal.push(atNs, goal);
  if (trigger !== undefined) heap.trigger.push(atNs, trigger);
  const before = heap.latest;
  if (before !== undefined && before.atNs >= atNs) return;
  heap.latest = reading;
  addGrowth(work.allocBytes, [before, reading], growthOfTotal(before?.totalAlloc, reading.totalAlloc));
  addGrowth(work.sweptPages, [before, reading], growthOfSweep(before?.pagesSwept, reading.pagesSwept));
  // A cycle that began since then may still have to be told.
  if (model.running === undefined) addIdleTime(model, nanos(atNs - (model.target?.latenessNs ?? 0)));
}

/** What the pacer decided; goal and marked heap are its news only where nobody reads them from memory. */
export function addPace({ heap, work, target }: Model, event: Extract<GcEvent, { kind: 'pace' }>): void {
  const { atNs, goalBytes, markedBytes, triggerBytes, triggerRatio } = event;
  const isRead = target?.capabilities.heap === true;
  if (!isRead && goalBytes !== undefined) heap.goal.push(atNs, goalBytes);
  if (!isRead && markedBytes !== undefined) heap.marked.push(atNs, markedBytes);
  if (triggerBytes !== undefined) heap.trigger.push(atNs, triggerBytes);
  if (triggerRatio !== undefined) work.triggerRatio.push(atNs, triggerRatio);
}

function addGrowth(
  series: RateSeries,
  [before, now]: readonly [HeapReading | undefined, HeapReading],
  amount: number | undefined,
): void {
  if (before !== undefined && amount !== undefined) series.add(before.atNs, now.atNs, amount);
}

/** A total that shrinks is another program's. */
function growthOfTotal(before: number | undefined, now: number | undefined): number | undefined {
  return before === undefined || now === undefined || now < before ? undefined : now - before;
}

/** The count begins again with each sweep: what it shows then was swept since. */
function growthOfSweep(before: Pages | undefined, now: Pages | undefined): number | undefined {
  if (before === undefined || now === undefined) return undefined;
  return now >= before ? now - before : now;
}
