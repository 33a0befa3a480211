import type { GcCycle } from './cycle.js';
import type { Phase } from './phase.js';
import type { Bytes, Nanos, Pages, WorkUnits } from './units.js';

/** When it happened; with `durationNs` it began at `atNs` and lasted that long. */
export interface Timed {
  readonly atNs: Nanos;
  readonly durationNs?: Nanos;
}

/** Why the world was stopped (stwReason, runtime/proc.go, Go 1.21+); `other` where the runtime gives no reason. */
export const pauseReasons = [
  'mark-termination',
  'sweep-termination',
  'write-heap-dump',
  'goroutine-profile',
  'goroutine-profile-cleanup',
  'all-goroutines-stack-trace',
  'read-mem-stats',
  'all-threads-syscall',
  'gomaxprocs',
  'start-trace',
  'stop-trace',
  'other',
] as const;
export type PauseReason = (typeof pauseReasons)[number];

/** A reading of the heap. Totals only grow; a smaller one is a restart. */
export interface HeapReading extends Timed {
  readonly kind: 'heap';
  /** Bytes that are allocated and not known to be dead (gcController.heapLive). */
  readonly live: Bytes;
  /** What the last cycle marked as reachable. */
  readonly marked?: Bytes;
  readonly goal?: Bytes | 'none';
  /** The heap size at which the next cycle starts, where the runtime stores it (Go 1.16 to 1.18). */
  readonly trigger?: Bytes;
  /** GOMEMLIMIT; `none` when it is not set. Go 1.19+. */
  readonly limit?: Bytes | 'none';
  /** GOGC in percent; `off` when negative. */
  readonly gcPercent?: number | 'off';
  readonly inUse?: Bytes;
  readonly free?: Bytes;
  readonly released?: Bytes;
  /** Bytes allocated since the program began. */
  readonly totalAlloc?: Bytes;
  readonly pagesInUse?: Pages;
  /** Pages swept in this cycle's sweep so far; begins again with each sweep. */
  readonly pagesSwept?: Pages;
  /** Cycles ended since the program began, and how many of them were forced. */
  readonly cycles?: number;
  readonly forcedCycles?: number;
}

/**
 * One thing that the collector did. `calls` over 1 where a source had to add calls up. A source assembles its
 * cycles, not the model; a cycle supersedes the phases that were told while it ran.
 */
export type GcEvent =
  | { readonly kind: 'cycle'; readonly cycle: GcCycle }
  | ({ readonly kind: 'phase'; readonly phase: Phase; readonly cycle?: number } & Timed)
  | ({ readonly kind: 'pause'; readonly reason: PauseReason; readonly stoppingNs?: Nanos } & Timed)
  | ({ readonly kind: 'mark' | 'assist'; readonly calls: number; readonly work: WorkUnits } & Timed)
  | ({ readonly kind: 'sweep' | 'alloc'; readonly calls: number; readonly pages: Pages } & Timed)
  | ({
      readonly kind: 'call';
      readonly probe: string;
      readonly args: Readonly<Record<string, number>>;
      readonly result?: number;
      readonly goid?: number;
    } & Timed)
  /** Calls added up because there were too many to tell each: from the first one's begin to the last one's. */
  | ({
      readonly kind: 'calls';
      readonly probe: string;
      readonly calls: number;
      /** The sum of each argument that is an amount (gc/probe.ts, amountColumns), and of the results. */
      readonly args: Readonly<Record<string, number>>;
      readonly result?: number;
      /** The slowest of those whose end was seen as well. */
      readonly longestNs?: Nanos;
    } & Timed)
  | ({
      readonly kind: 'pace';
      readonly triggerBytes?: Bytes;
      /** (trigger - marked) / marked. */
      readonly triggerRatio?: number;
      readonly goalBytes?: Bytes;
      /** What the last cycle marked as reachable. */
      readonly markedBytes?: Bytes;
    } & Timed)
  | HeapReading;

/** When an event is placed on the time axis: a cycle at its end. */
export const eventAtNs = (event: GcEvent): Nanos =>
  event.kind === 'cycle' ? event.cycle.endAtNs : event.atNs;
