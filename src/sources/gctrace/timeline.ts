import { gctraceSpanNs } from '../../gc/gctrace-cycle.js';
import type { GctraceLine } from '../../gc/gctrace-line.js';
import { type Nanos, nanos } from '../../gc/units.js';
import { tooLong } from './refusals.js';

/** When a line came. */
export interface Arrival {
  readonly line: GctraceLine;
  readonly atNs: Nanos;
}

/**
 * Places cycles in the session's time. A line says when its cycle began since the program did; when that was is
 * learned from when lines arrive, or is free where a text is older than the session.
 */
export class Timeline {
  #lastEndNs: Nanos | undefined;
  #startNs: number | undefined;

  /** When the last cycle that was placed ended; undefined while there is none. */
  get lastEndNs(): Nanos | undefined {
    return this.#lastEndNs;
  }

  /** When the program was started; undefined before its first cycle, and where that is 104 days (2^53 ns) away. */
  get startNs(): Nanos | undefined {
    return Number.isSafeInteger(this.#startNs) ? nanos(this.#startNs ?? 0) : undefined;
  }

  /** Another program begins: nothing is known of its start. */
  restart(): void {
    this.#startNs = undefined;
  }

  /** This line has just arrived, so its cycle has ended: the program was started no later than that says. */
  arrived({ line, atNs }: Arrival): void {
    const latest = atNs - endSinceStart(line);
    this.#startNs = this.#startNs === undefined ? latest : Math.min(this.#startNs, latest);
  }

  /**
   * When the cycle began. The text is rounded, so that it can seem to have begun before the last one ended: it is put
   * after it then, as long as it is. Throws GCTRACE_UNREADABLE where the session would become longer than 104 days.
   */
  place(line: GctraceLine): Nanos {
    this.#startNs ??= (this.#lastEndNs ?? 0) - line.sinceStartMs * 1e6;
    const saidNs = this.#startNs + line.sinceStartMs * 1e6;
    const beganAtNs = this.#lastEndNs === undefined || saidNs > this.#lastEndNs ? saidNs : this.#lastEndNs;
    const endAtNs = beganAtNs + gctraceSpanNs(line);
    if (!Number.isSafeInteger(endAtNs)) throw tooLong();
    this.#lastEndNs = nanos(endAtNs);
    return nanos(beganAtNs);
  }
}

const endSinceStart = (line: GctraceLine): number => line.sinceStartMs * 1e6 + gctraceSpanNs(line);
