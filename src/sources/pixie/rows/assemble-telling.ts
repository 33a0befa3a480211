import type { GcEvent, Timed } from '../../../gc/event.js';
import { durationNs, type Nanos } from '../../../gc/units.js';
import { beganNs, type CallRow } from './rows.js';

/** A span of node time in which rows were lost. */
export interface LostRows {
  readonly fromNs: number;
  readonly toNs: number;
  /** Cycles in it, where they can be counted. */
  readonly lost?: number;
  readonly reason: string;
}

/** Where the parts of the assembler tell what they found. */
export interface Telling {
  event(event: GcEvent): void;
  gap(lost: LostRows): void;
  /** Node time as a point of the session. */
  toSessionNs(nodeNs: number): Nanos;
}

/** When a call began, and how long it took. */
export const timesOf = (row: CallRow, { toSessionNs }: Telling): Required<Timed> => ({
  atNs: toSessionNs(beganNs(row)),
  durationNs: durationNs(row.latencyNs),
});

/** An exact count, or undefined: all ones (negative as INT64) and what does not fit in 2^53 are none. */
export const countOf = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
