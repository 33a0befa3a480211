import type { GcCycle } from '../gc/cycle.js';
import type { GcEvent } from '../gc/event.js';
import { durationNs, type Nanos } from '../gc/units.js';
import type { PhaseEntry } from './journal-entry.js';
import type { Model, RunningCycle } from './model.js';
import { isWorthTelling, phaseEntriesOf } from './reveal-phases.js';
import { reveal, tell } from './tell.js';

type PhaseEvent = Extract<GcEvent, { kind: 'phase' }>;

/** The collector went into another phase. */
export function addPhase(model: Model, event: PhaseEvent): void {
  const { phase, atNs } = event;
  const entry = phaseEntry(model, event);
  if (!isOfFinishedCycle(model, event)) model.running = runningIn(model.running, event);
  if (phase === 'off') endSweep(model, atNs);
  tell(model, entry);
  if (isWorthTelling(model, event)) reveal(model, entry);
}

/** A finished cycle supersedes what was told while it ran. */
export function endRunning(model: Model, cycle: GcCycle): void {
  const { running } = model;
  if (running !== undefined && isSameOrOlder(running, cycle)) model.running = undefined;
  else tellPhasesOf(model, cycle);
}

const beginOf = (running: RunningCycle): Nanos =>
  running.sweepTermAtNs ?? running.markAtNs ?? running.sinceNs;

/** Told late: its cycle is already in the log. A sweep goes on after its cycle's end, so it is of a finished one. */
function isOfFinishedCycle({ cycles, running }: Model, { phase, cycle, atNs }: PhaseEvent): boolean {
  const last = cycles.last?.cycle;
  if (last === undefined) return false;
  if (cycle !== undefined && last.number !== undefined) return cycle <= last.number;
  return atNs < last.endAtNs || (phase === 'sweep' && running === undefined);
}

function runningIn(running: RunningCycle | undefined, event: PhaseEvent): RunningCycle | undefined {
  const { phase, atNs, cycle } = event;
  if (phase === 'off') return undefined;
  const goesOn = running !== undefined && running.number === cycle && phase !== 'sweep-termination';
  const next: RunningCycle = goesOn
    ? running
    : {
        number: cycle,
        phase,
        sinceNs: atNs,
        sweepTermAtNs: undefined,
        markAtNs: undefined,
        markTermAtNs: undefined,
        isLong: false,
      };
  next.phase = phase;
  next.sinceNs = atNs;
  if (phase === 'sweep-termination') next.sweepTermAtNs = atNs;
  if (phase === 'mark') {
    next.markAtNs ??= atNs;
    // The runtime found work left and marks again: the last stop is still to come.
    next.markTermAtNs = undefined;
  }
  if (phase === 'mark-termination') next.markTermAtNs = atNs;
  return next;
}

function endSweep(model: Model, atNs: Nanos): void {
  model.sweptAtNs = atNs;
  const last = model.cycles.last;
  if (last !== undefined && last.cycle.endAtNs <= atNs) last.sweepEndAtNs ??= atNs;
}

function phaseEntry({ running, cycles }: Model, { phase, atNs, cycle }: PhaseEvent): PhaseEntry {
  const before = running?.sinceNs ?? (phase === 'off' ? cycles.last?.cycle.endAtNs : undefined);
  const lastedNs =
    before === undefined || before > atNs || phase === 'sweep-termination'
      ? undefined
      : durationNs(atNs - before);
  const number = running?.number ?? (phase === 'off' ? cycles.last?.cycle.number : undefined);
  return { atNs, type: 'phase', phase, cycle: cycle ?? number, lastedNs };
}

function isSameOrOlder(running: RunningCycle, cycle: GcCycle): boolean {
  if (running.number !== undefined && cycle.number !== undefined) return running.number <= cycle.number;
  return beginOf(running) <= cycle.endAtNs;
}

/** A cycle that was over before anybody looked: its phases are known from its own record. */
function tellPhasesOf(model: Model, cycle: GcCycle): void {
  for (const entry of phaseEntriesOf(cycle)) tell(model, entry);
}
