import type { CycleTrigger, GcCycle } from '../../gc/cycle.js';
import { type Bytes, bytes, durationNs, type Nanos, nanos } from '../../gc/units.js';
import type { CycleRecord } from './record-field.js';

/** What has to be known of the time before a cycle to tell it whole. */
export interface Before {
  /** runtimeInitTime, since the session's origin; undefined where it is not known or too long ago. */
  readonly initAtNs: number | undefined;
  /** When the cycle before ended; undefined for a program's first cycle, and where it is not known. */
  readonly endAtNs: number | undefined;
  /** numforcedgc after the cycle before; undefined where it is not known. */
  readonly forcedCycles: number | undefined;
}

/** The finished cycle that a record describes. */
export function cycleOf(record: CycleRecord, before: Before): GcCycle {
  return {
    number: record.number,
    trigger: triggerOf(wasForced(record, before), record.sweepTermAtNs, before.endAtNs),
    sweepTermAtNs: nanos(record.sweepTermAtNs),
    markAtNs: nanos(record.markAtNs),
    markTermAtNs: nanos(record.markTermAtNs),
    endAtNs: nanos(record.endAtNs),
    pauseNs: durationNs(record.pauseNs),
    heapAtStart: bytes(record.heapAtStart),
    heapAtEnd: bytes(record.heapAtEnd),
    heapMarked: bytes(record.heapMarked),
    heapGoal: sizeOrNone(record.heapGoal),
    ...(record.stackScan === undefined ? {} : { stackScan: bytes(record.stackScan) }),
    ...(record.globalsScan === undefined ? {} : { globalsScan: bytes(record.globalsScan) }),
    cpu: {
      sweepTermNs: durationNs(record.stwProcs * (record.markAtNs - record.sweepTermAtNs)),
      assistNs: durationNs(record.assistNs),
      dedicatedNs: durationNs(record.dedicatedNs),
      fractionalNs: durationNs(record.fractionalNs),
      idleNs: durationNs(record.idleNs),
      markTermNs: durationNs(record.stwProcs * (record.endAtNs - record.markTermAtNs)),
    },
    cpuFraction: record.cpuFraction,
    procs: record.procs,
    stwProcs: record.stwProcs,
    ...sinceStart(record, before),
    evidence: 'exact',
  };
}

/** Left out after 104 days: so many nanoseconds are no safe integer. */
function sinceStart({ sweepTermAtNs }: CycleRecord, { initAtNs }: Before): Pick<GcCycle, 'sinceStartNs'> {
  if (initAtNs === undefined) return {};
  const elapsedNs = sweepTermAtNs - initAtNs;
  return Number.isSafeInteger(elapsedNs) ? { sinceStartNs: durationNs(elapsedNs) } : {};
}

/** A cycle of which only the entry in the ring of pauses could be read. */
export function partialCycle(
  number: number,
  { pauseNs, endAtNs }: { readonly pauseNs: number; readonly endAtNs: number },
  { forced, before }: { readonly forced: boolean | undefined; readonly before: Before },
): GcCycle {
  return {
    number,
    // It began before it ended: an end within the period proves that the timer did not start it.
    trigger: forced === undefined ? 'unknown' : partialTrigger(forced, endAtNs, before.endAtNs),
    endAtNs: nanos(endAtNs),
    pauseNs: durationNs(pauseNs),
    evidence: 'partial',
  };
}

/** What a record and its cycle's entry in the ring of pauses have in common. */
export interface RecordIdentity {
  readonly name: string;
  /** Fields of the layout that it holds together. */
  readonly fields: readonly string[];
  holds(record: CycleRecord, ring: { readonly pauseNs: number; readonly endAtNs: number }): boolean;
}

export const recordIdentities: readonly RecordIdentity[] = [
  {
    name: 'work.cycles = numgc between two cycles',
    fields: ['work.cycles', 'memstats.numgc'],
    holds: ({ started, number }) => started === number,
  },
  {
    name: 'work.pauseNS = the last of pause_ns',
    fields: ['work.pauseNS', 'memstats.pause_ns'],
    holds: (record, ring) => record.pauseNs === ring.pauseNs,
  },
  {
    name: 'work.tEnd = last_gc_nanotime, and last_gc_unix = the last of pause_end',
    fields: ['work.tEnd', 'memstats.last_gc_nanotime', 'memstats.last_gc_unix', 'memstats.pause_end'],
    holds: (record, ring) => record.endAtNs === ring.endAtNs,
  },
  {
    name: 'tSweepTerm <= tMark <= tMarkTerm <= tEnd',
    fields: ['work.tSweepTerm', 'work.tMark', 'work.tMarkTerm', 'work.tEnd'],
    holds: (record) => inOrder(record),
  },
];

/**
 * Whether a record read from memory belongs together, beyond what its reader has made sure of: gcStart overwrites
 * part of work before it raises work.cycles, so the pause has to equal its entry in the ring, which gcStart leaves
 * alone, and the end that of memstats.
 */
export const isWhole = (
  record: CycleRecord,
  ring: { readonly pauseNs: number; readonly endAtNs: number },
): boolean => record.number > 0 && recordIdentities.every((identity) => identity.holds(record, ring));

/** Whether the cycle's four times follow each other. */
export const inOrder = ({ sweepTermAtNs, markAtNs, markTermAtNs, endAtNs }: CycleRecord): boolean =>
  sweepTermAtNs <= markAtNs && markAtNs <= markTermAtNs && markTermAtNs <= endAtNs;

/** Sizes of 2^53 and more mean that there is none: GOGC=off, no memory limit. */
export const sizeOrNone = (size: number): Bytes | 'none' => (size >= 2 ** 53 ? 'none' : bytes(size));

/** forcegcperiod (runtime/proc.go): sysmon starts a cycle when the last one ended longer ago. */
const forceGcPeriodNs = 120e9;

/**
 * By the count of forced cycles where possible: up to Go 1.19 a goroutine that waits for the next cycle can have set
 * work.userForced already (gcStart takes its semaphores after that; mended in Go 1.20).
 */
function wasForced(record: CycleRecord, before: Before): boolean {
  if (before.forcedCycles === undefined) return record.userForced !== 0;
  return record.forcedCycles > before.forcedCycles;
}

function triggerOf(forced: boolean, beganAtNs: number, previousEndAtNs: number | undefined): CycleTrigger {
  if (forced) return 'forced';
  return previousEndAtNs !== undefined && beganAtNs - previousEndAtNs >= forceGcPeriodNs ? 'time' : 'heap';
}

function partialTrigger(
  forced: boolean,
  endAtNs: number,
  previousEndAtNs: Nanos | number | undefined,
): CycleTrigger {
  if (forced) return 'forced';
  return previousEndAtNs !== undefined && endAtNs - previousEndAtNs < forceGcPeriodNs ? 'heap' : 'unknown';
}
