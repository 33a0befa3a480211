import type { Nanos } from '../gc/units.js';
import type { Model } from '../model/model.js';

/** A cycle as far as it had come at an instant. */
export interface CycleUnderWay {
  readonly number: number | undefined;
  readonly sweepTermAtNs: Nanos | undefined;
  readonly markAtNs: Nanos | undefined;
  readonly markTermAtNs: Nanos | undefined;
}

/** The cycle that was under way: the running one, or in a frozen picture one that has ended since. */
export function cycleUnderWay(model: Readonly<Model>, atNs: Nanos): CycleUnderWay | undefined {
  const ended = model.cycles.firstAfter(atNs)?.cycle;
  if (ended !== undefined) return asOf(ended, atNs);
  const { running } = model;
  if (running === undefined || running.phase === 'sweep' || running.phase === 'off') return undefined;
  return asOf(running, atNs);
}

/** Whether the last cycle's sweep was still going on. */
export function isSweeping(model: Readonly<Model>, atNs: Nanos): boolean {
  // Who never told a sweep's end does not see it.
  if (model.sweptAtNs === undefined && model.target?.capabilities.evidence === 'derived') return false;
  const last = model.cycles.lastUpTo(atNs);
  return last !== undefined && (last.sweepEndAtNs === undefined || last.sweepEndAtNs > atNs);
}

/** gctrace tells of ended cycles: whether one is under way, or its sweep, nobody knows. */
export const knowsEndsOnly = ({ target }: Readonly<Model>): boolean => target?.target.source === 'gctrace';

function asOf(
  { number, sweepTermAtNs, markAtNs, markTermAtNs }: Partial<CycleUnderWay>,
  atNs: Nanos,
): CycleUnderWay | undefined {
  const known = (instant: Nanos | undefined): Nanos | undefined =>
    instant !== undefined && instant <= atNs ? instant : undefined;
  const shown = {
    number,
    sweepTermAtNs: known(sweepTermAtNs),
    markAtNs: known(markAtNs),
    markTermAtNs: known(markTermAtNs),
  };
  const hasBegun = shown.sweepTermAtNs ?? shown.markAtNs ?? shown.markTermAtNs;
  return hasBegun === undefined ? undefined : shown;
}
