import { type GcCycle, markTermStopNs, stopsNs, sweepTermStopNs } from '../../gc/cycle.js';
import type { CycleRemark } from '../../model/journal-entry.js';
import { byteSize, duration, share } from '../format.js';

/** How much room the words have: beside figures in columns, or on 80 columns. */
export type EventRoom = 'wide' | 'medium' | 'narrow';

/** Why a cycle has a line of its own. */
export function remarkText(cycle: GcCycle, remark: CycleRemark, room: EventRoom): string {
  switch (remark) {
    case 'longest-stop':
      return longestStopText(cycle, room);
    case 'longest-stops':
      return longestStopsText(cycle, room);
    case 'assist':
      return assistText(cycle, room);
    case 'past-goal':
      return pastGoalText(cycle, room);
    case 'partial':
      return room === 'wide' ? 'not whole: some of its figures could not be read' : 'not whole';
  }
}

function longestStopText(cycle: GcCycle, room: EventRoom): string {
  const sweepTerm = sweepTermStopNs(cycle);
  const markTerm = markTermStopNs(cycle);
  const isKnown = sweepTerm !== undefined && markTerm !== undefined;
  const lasted = duration(isKnown ? Math.max(sweepTerm, markTerm) : cycle.pauseNs).trim();
  if (room === 'narrow') return `longest stop: ${lasted}`;
  const which = isKnown ? (sweepTerm > markTerm ? 'sweep' : 'mark') : undefined;
  if (room === 'medium') {
    return `longest stop of 60 s: ${which === undefined ? 'both' : `${which} t.`} ${lasted}`;
  }
  const stop = which === undefined ? 'both stops' : `${which} termination`;
  return `longest stop of the last 60 s: ${stop} ${lasted}`;
}

function longestStopsText(cycle: GcCycle, room: EventRoom): string {
  const lasted = duration(stopsNs(cycle)).trim();
  if (room === 'narrow') return `longest stops: ${lasted}`;
  return room === 'medium'
    ? `longest stops of 60 s: ${lasted}`
    : `longest of the last 60 s: both stops ${lasted}`;
}

function assistText(cycle: GcCycle, room: EventRoom): string {
  const assists = `assists ${duration(cycle.cpu?.assistNs).trim()}`;
  const past = pastGoal(cycle);
  if (past === undefined || room === 'narrow') return assists;
  return `${assists}, heap ${byteSize(past).trim()} past ${room === 'wide' ? 'its ' : ''}goal`;
}

function pastGoalText(cycle: GcCycle, room: EventRoom): string {
  const past = pastGoal(cycle);
  const part =
    typeof cycle.heapGoal === 'number' && past !== undefined ? share(past / cycle.heapGoal).trim() : '-';
  return room === 'narrow'
    ? `ended ${part} past goal`
    : `ended ${byteSize(past).trim()} (${part}) past its goal`;
}

/** How far the heap had grown past the goal when marking ended. */
function pastGoal({ heapAtEnd, heapGoal }: GcCycle): number | undefined {
  if (heapAtEnd === undefined || typeof heapGoal !== 'number' || heapAtEnd <= heapGoal) return undefined;
  return heapAtEnd - heapGoal;
}
