import { type GcCycle, markNs } from '../gc/cycle.js';
import { addStopsOf, longestStopNs, stopsAreSummed } from './cycle-stops.js';
import type { CycleRemark } from './journal-entry.js';
import type { Model } from './model.js';
import { revealForced } from './reveal-phases.js';
import { tell } from './tell.js';
import { endRunning } from './update-phase.js';
import { addCycleWork } from './update-work.js';

/** A cycle ended: into the logs and series, each figure at the instant of which it is true. */
export function addCycle(model: Model, cycle: GcCycle): void {
  const remark = remarkOf(model, cycle);
  if (remark === 'past-goal') model.furthestPastGoal = { share: shareOfGoal(cycle), atNs: cycle.endAtNs };
  const before = model.cycles.lastUpTo(cycle.endAtNs)?.cycle;
  revealForced(model, cycle);
  endRunning(model, cycle);
  addStopsOf(model, cycle);
  addCycleHeap(model, cycle);
  addCycleWork(model, cycle, before);
  const { sweptAtNs } = model;
  const isSwept = sweptAtNs !== undefined && sweptAtNs >= cycle.endAtNs;
  model.cycles.push({ cycle, sweepEndAtNs: isSwept ? sweptAtNs : undefined });
  tell(model, { atNs: cycle.endAtNs, type: 'cycle', cycle, remark });
}

/** With fewer stops than this a longest one is no news. */
const fewStops = 20;
/** How far past its goal a heap must end to be worth a line, and how long a cycle that ended further past it counts. */
const farPastGoal = 1.1;
const furthestCountsNs = 60e9;

/** What makes a cycle worth a line of its own, beside its cause; the strongest reason. */
function remarkOf(model: Model, cycle: GcCycle): CycleRemark | undefined {
  const { stops, target } = model;
  const summed = stopsAreSummed(model);
  const longest = longestStopNs(cycle, summed);
  const window = stops.longest(cycle.endAtNs);
  if (longest !== undefined && window.count >= fewStops && longest > window.maxNs) {
    return summed ? 'longest-stops' : 'longest-stop';
  }
  const mark = markNs(cycle);
  if (cycle.cpu !== undefined && mark !== undefined && cycle.cpu.assistNs > mark) return 'assist';
  if (isFurthestPastGoal(model, cycle)) return 'past-goal';
  // Where memory is all that is read, a cycle that is not whole is nothing out of the ordinary.
  const isNews = target?.capabilities.everyCycleWhole === true && cycle.evidence === 'partial';
  return isNews ? 'partial' : undefined;
}

/** A small heap ends past its goal all the time: only the furthest of a minute is news. */
function isFurthestPastGoal({ furthestPastGoal: furthest }: Model, cycle: GcCycle): boolean {
  const share = shareOfGoal(cycle);
  if (share <= farPastGoal) return false;
  return furthest === undefined || share > furthest.share || cycle.endAtNs - furthest.atNs > furthestCountsNs;
}

/** The heap at the end of marking as a share of its goal; 0 where either is not known. */
const shareOfGoal = ({ heapAtEnd, heapGoal }: GcCycle): number =>
  heapAtEnd === undefined || typeof heapGoal !== 'number' || heapGoal === 0 ? 0 : heapAtEnd / heapGoal;

function addCycleHeap({ heap, target }: Model, cycle: GcCycle): void {
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
    // Alone it would be drawn as a live heap, though what lies between two cycles is never known.
    if (target?.capabilities.heap !== false || heapAtEnd !== undefined) heap.live.push(endAtNs, heapMarked);
    heap.marked.push(endAtNs, heapMarked);
  }
}
