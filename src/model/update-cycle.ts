import { type GcCycle, markNs, markTermStopNs, sweepTermStopNs } from '../gc/cycle.js';
import type { Nanos } from '../gc/units.js';
import type { CycleRemark } from './journal-entry.js';
import type { Model, Stop } from './model.js';
import { longestStopNs } from './summary.js';
import { tell } from './tell.js';
import { endRunning } from './update-phase.js';
import { addCycleWork } from './update-work.js';

/** A cycle ended: into the logs and series, each figure at the instant of which it is true. */
export function addCycle(model: Model, cycle: GcCycle): void {
  const remark = remarkOf(model, cycle);
  const before = model.cycles.lastUpTo(cycle.endAtNs)?.cycle;
  endRunning(model, cycle);
  for (const stop of stopsOf(cycle)) model.stops.push(stop);
  addCycleHeap(model, cycle);
  addCycleWork(model, cycle, before);
  const { sweptAtNs } = model;
  const isSwept = sweptAtNs !== undefined && sweptAtNs >= cycle.endAtNs;
  model.cycles.push({ cycle, sweepEndAtNs: isSwept ? sweptAtNs : undefined });
  tell(model, { atNs: cycle.endAtNs, type: 'cycle', cycle, remark });
}

/** With fewer stops than this a longest one is no news. */
const fewStops = 20;
/** How far past its goal a heap must end to be worth a line. */
const farPastGoal = 1.1;

/** What makes a cycle worth a line of its own, beside its cause; the strongest reason. */
function remarkOf({ stops }: Model, cycle: GcCycle): CycleRemark | undefined {
  const longest = longestStopNs(cycle);
  const window = stops.longest(cycle.endAtNs);
  if (longest !== undefined && window.count >= fewStops && longest > window.maxNs) return 'longest-stop';
  const mark = markNs(cycle);
  if (cycle.cpu !== undefined && mark !== undefined && cycle.cpu.assistNs > mark) return 'assist';
  const { heapAtEnd, heapGoal } = cycle;
  if (heapAtEnd !== undefined && typeof heapGoal === 'number' && heapAtEnd > heapGoal * farPastGoal) {
    return 'past-goal';
  }
  return cycle.evidence === 'partial' ? 'partial' : undefined;
}

function stopsOf(cycle: GcCycle): readonly Stop[] {
  const first = stopOf(cycle, 'sweep-termination', cycle.sweepTermAtNs, sweepTermStopNs(cycle));
  const second = stopOf(cycle, 'mark-termination', cycle.markTermAtNs, markTermStopNs(cycle));
  if (first !== undefined && second !== undefined) return [first, second];
  const both = stopOf(cycle, 'cycle', cycle.endAtNs, cycle.pauseNs);
  return both === undefined ? [] : [both];
}

function stopOf(
  cycle: GcCycle,
  reason: Stop['reason'],
  atNs: Nanos | undefined,
  lastedNs: Nanos | undefined,
): Stop | undefined {
  if (atNs === undefined || lastedNs === undefined) return undefined;
  return { atNs, durationNs: lastedNs, reason, cycle: cycle.number };
}

function addCycleHeap({ heap }: Model, cycle: GcCycle): void {
  const { sweepTermAtNs, markTermAtNs, endAtNs, heapAtStart, heapAtEnd, heapMarked, heapGoal } = cycle;
  if (sweepTermAtNs !== undefined) {
    if (heapAtStart !== undefined) heap.live.push(sweepTermAtNs, heapAtStart);
    if (typeof heapGoal === 'number') heap.goal.push(sweepTermAtNs, heapGoal);
  }
  if (markTermAtNs !== undefined) {
    if (heapAtEnd !== undefined) heap.live.push(markTermAtNs, heapAtEnd);
    if (typeof heapGoal === 'number') heap.goal.push(markTermAtNs, heapGoal);
  }
  if (heapMarked !== undefined) {
    heap.live.push(endAtNs, heapMarked);
    heap.marked.push(endAtNs, heapMarked);
  }
}
