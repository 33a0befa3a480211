import type { HeapReading } from '../../gc/event.js';
import type { Nanos } from '../../gc/units.js';
import type { CycleRecord } from './record-field.js';

/** One entry of the runtime's rings of pauses. */
export interface RingEntry {
  readonly pauseNs: number;
  readonly endAtNs: number;
}

/**
 * What one look into the target's memory gave. All of it belongs together: no cycle ended from its first read to its
 * last. What is read on demand (ring, heap) holds until the next look.
 */
export interface Sample {
  readonly atNs: Nanos;
  /** Cycles ended since the program began, and how many of them were forced (memstats.numgc, numforcedgc). */
  readonly cycles: number;
  readonly forcedCycles: number;
  /** memstats.pause_total_ns. */
  readonly pauseTotalNs: number;
  /** The oldest cycle that the ring still holds; larger than `cycles` when it holds none. */
  readonly oldest: number;
  entry(cycle: number): RingEntry;
  /** runtime.work as it is now: of the running cycle, or of the last one until the next begins. */
  readonly record: CycleRecord;
  /** Whether the last cycle's sweep is over; undefined where the layout has no sign of it. */
  readonly swept: boolean | undefined;
  heap(): HeapReading;
}

/** How many of the last cycles' pauses the runtime keeps (mstats.pause_ns, runtime/mstats.go). */
export const ringSize = 256;
