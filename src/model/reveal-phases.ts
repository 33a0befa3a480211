import type { GcCycle } from '../gc/cycle.js';
import type { GcEvent } from '../gc/event.js';
import type { Phase } from '../gc/phase.js';
import { durationNs, type Nanos } from '../gc/units.js';
import type { PhaseEntry } from './journal-entry.js';
import type { Model } from './model.js';
import { reveal } from './tell.js';

/** From here on a cycle's phase changes are worth a line in the overview. */
const longCycleNs = 0.5e9;
/** A program that collects all the time has the phases of one forced cycle told in this time. */
const forcedApartNs = 1e9;

/** Tells in the overview in which phase a cycle is that takes long. */
export function revealLongCycle(model: Model): void {
  const { running, nowNs } = model;
  if (running === undefined || running.isLong) return;
  if (nowNs - (running.sweepTermAtNs ?? running.markAtNs ?? running.sinceNs) < longCycleNs) return;
  running.isLong = true;
  const { sinceNs: atNs, phase, number: cycle } = running;
  reveal(model, { atNs, type: 'phase', phase, cycle, lastedNs: undefined });
}

/** Tells in the overview through which phases a forced cycle went: somebody asked for it and wants to see it. */
export function revealForced(model: Model, cycle: GcCycle): void {
  const { running, toldForcedEndNs } = model;
  if (cycle.trigger !== 'forced' || running?.isLong === true) return;
  if (toldForcedEndNs !== undefined && cycle.endAtNs - toldForcedEndNs < forcedApartNs) return;
  model.toldForcedEndNs = cycle.endAtNs;
  const recorded = phaseEntriesOf(cycle);
  const entries = recorded.length > 0 ? recorded : model.journal.phasesOf(cycle.number);
  for (const entry of entries) reveal(model, entry);
}

/** Whether the overview tells a phase change: of a cycle that takes long, and the end of a forced one's sweep. */
export function isWorthTelling(
  { running, cycles, toldForcedEndNs }: Model,
  { phase, atNs }: GcEvent & { readonly kind: 'phase' },
): boolean {
  if (running?.isLong === true) return true;
  const last = cycles.lastUpTo(atNs)?.cycle;
  return phase === 'off' && last?.trigger === 'forced' && last.endAtNs === toldForcedEndNs;
}

/** The phase changes that a cycle's own record tells. */
export function phaseEntriesOf(cycle: GcCycle): readonly PhaseEntry[] {
  const { sweepTermAtNs, markAtNs, markTermAtNs, number } = cycle;
  const entry = (phase: Phase, atNs: Nanos | undefined, beforeNs?: Nanos): readonly PhaseEntry[] => {
    if (atNs === undefined) return [];
    const lastedNs = beforeNs === undefined ? undefined : durationNs(atNs - beforeNs);
    return [{ atNs, type: 'phase', phase, cycle: number, lastedNs }];
  };
  return [
    ...entry('sweep-termination', sweepTermAtNs),
    ...entry('mark', markAtNs, sweepTermAtNs),
    ...entry('mark-termination', markTermAtNs, markAtNs),
  ];
}
