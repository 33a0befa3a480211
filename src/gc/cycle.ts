import { type Bytes, durationNs, type Nanos } from './units.js';

/** Why a cycle ran (gcTriggerKind, runtime/mgc.go): the heap grew, two minutes without one, or runtime.GC(). */
export type CycleTrigger = 'heap' | 'time' | 'forced' | 'unknown';

/**
 * Where a cycle's figures come from: read from the runtime whole; printed by gctrace, so rounded; timed by probes;
 * or something of it was lost or could not be read.
 */
export type Evidence = 'exact' | 'rounded' | 'derived' | 'partial';

/** CPU time of one cycle's parts, in ns: the five figures of a gctrace line, fractional and dedicated apart. */
export interface CycleCpu {
  /** Stop for sweep termination times the Ps that stood still. */
  readonly sweepTermNs: Nanos;
  readonly assistNs: Nanos;
  readonly dedicatedNs: Nanos;
  /** Absent where only the sum of both is known: `dedicatedNs` is that sum. */
  readonly fractionalNs?: Nanos;
  readonly idleNs: Nanos;
  /** Stop for mark termination times the Ps that stood still. */
  readonly markTermNs: Nanos;
}

/**
 * One finished collection. A source fills in what it knows; absent means unknown, zero means zero.
 * Times are points since the session's origin.
 */
export interface GcCycle {
  /** The runtime's own count (memstats.numgc); begins again at 1 when the program does. */
  readonly number?: number;
  readonly trigger: CycleTrigger;
  /** The goroutine that asked for it with runtime.GC() (g.goid); the first one, where several did. */
  readonly forcedBy?: number;
  /** The stop for sweep termination was asked for; the cycle's begin (work.tSweepTerm). */
  readonly sweepTermAtNs?: Nanos;
  /** The world runs again, concurrent mark begins (work.tMark). */
  readonly markAtNs?: Nanos;
  /** The stop for mark termination was asked for (work.tMarkTerm). */
  readonly markTermAtNs?: Nanos;
  /** The end of the cycle's last stop (work.tEnd). */
  readonly endAtNs: Nanos;
  /** As the runtime reports it in MemStats.PauseNs: both stops summed. */
  readonly pauseNs?: Nanos;
  /** Live heap when the cycle began (work.heap0), when marking ended (heap1), and what was marked (heap2). */
  readonly heapAtStart?: Bytes;
  readonly heapAtEnd?: Bytes;
  readonly heapMarked?: Bytes;
  /** The goal in force during the cycle; `none` with GOGC=off and no limit. */
  readonly heapGoal?: Bytes | 'none';
  /** Stack and global memory that had to be scanned; Go 1.18 and later. */
  readonly stackScan?: Bytes;
  readonly globalsScan?: Bytes;
  readonly cpu?: CycleCpu;
  /** Share of all CPU time since the program began that the collector took, 0 to 1 (memstats.gc_cpu_fraction). */
  readonly cpuFraction?: number;
  /** GOMAXPROCS during the cycle, and the Ps that its stops held. */
  readonly procs?: number;
  readonly stwProcs?: number;
  /** From the end of the runtime's start-up (runtimeInitTime) to the begin of the cycle: gctrace's `@`. */
  readonly sinceStartNs?: Nanos;
  readonly evidence: Evidence;
}

/** How long the world stood still for sweep termination: gctrace's first clock figure. */
export const sweepTermStopNs = (cycle: GcCycle): Nanos | undefined =>
  between(cycle.sweepTermAtNs, cycle.markAtNs);

/** How long marking ran beside the program: gctrace's second clock figure. */
export const markNs = (cycle: GcCycle): Nanos | undefined => between(cycle.markAtNs, cycle.markTermAtNs);

/** How long the world stood still for mark termination: gctrace's third clock figure. */
export const markTermStopNs = (cycle: GcCycle): Nanos | undefined =>
  between(cycle.markTermAtNs, cycle.endAtNs);

/** Both stops summed: from the phases where they are known, else as the runtime reports it. */
export function stopsNs(cycle: GcCycle): Nanos | undefined {
  const first = sweepTermStopNs(cycle);
  const second = markTermStopNs(cycle);
  return first === undefined || second === undefined ? cycle.pauseNs : durationNs(first + second);
}

function between(from: Nanos | undefined, to: Nanos | undefined): Nanos | undefined {
  return from === undefined || to === undefined ? undefined : durationNs(to - from);
}
