import { type GcCycle, markTermStopNs, stopsNs, sweepTermStopNs } from '../gc/cycle.js';
import { durationNs, type Nanos, nanos } from '../gc/units.js';
import type { Model, Stop } from './model.js';
import { StopLog } from './stop-log.js';

/**
 * Whether a cycle's stops are told summed. Where the split of only some is known, each cycle's sum is: a sum among
 * single stops would make every percentile wrong.
 */
export const stopsAreSummed = ({ target }: Pick<Readonly<Model>, 'target'>): boolean =>
  target?.capabilities.everyCycleWhole === false;

/** The longest that a cycle adds to the log of stops: one of its two stops, or their sum. */
export function longestStopNs(cycle: GcCycle, summed: boolean): Nanos | undefined {
  const first = sweepTermStopNs(cycle);
  const second = markTermStopNs(cycle);
  if (summed || first === undefined || second === undefined) return stopsNs(cycle);
  return durationNs(Math.max(first, second));
}

/** Puts a cycle's stops into the log. */
export function addStopsOf(model: Model, cycle: GcCycle): void {
  for (const stop of stopsOf(cycle, stopsAreSummed(model))) model.stops.push(stop);
}

/** More or less of each cycle is known from here on: the log is made anew, so that all in it is of one kind. */
export function restateStops(model: Model): void {
  const [first, last] = [nanos(Number.MIN_SAFE_INTEGER), nanos(Number.MAX_SAFE_INTEGER)];
  const foreign = model.stops.between(first, last).filter(({ reason }) => !isOfCycle(reason));
  const summed = stopsAreSummed(model);
  const own = model.cycles.endedBetween(first, last).flatMap(({ cycle }) => stopsOf(cycle, summed));
  model.stops = new StopLog(model.attachedAtNs);
  for (const stop of [...foreign, ...own].sort((a, b) => a.atNs - b.atNs)) model.stops.push(stop);
}

const isOfCycle = (reason: Stop['reason']): boolean =>
  reason === 'cycle' || reason === 'sweep-termination' || reason === 'mark-termination';

function stopsOf(cycle: GcCycle, summed: boolean): readonly Stop[] {
  const first = stopOf(cycle, 'sweep-termination', cycle.sweepTermAtNs, sweepTermStopNs(cycle));
  const second = stopOf(cycle, 'mark-termination', cycle.markTermAtNs, markTermStopNs(cycle));
  if (!summed && first !== undefined && second !== undefined) return [first, second];
  const both = stopOf(cycle, 'cycle', cycle.endAtNs, stopsNs(cycle));
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
