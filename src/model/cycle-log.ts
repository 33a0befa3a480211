import type { Nanos } from '../gc/units.js';
import type { CycleRow } from './model.js';
import { TimeRing } from './time-ring.js';

/** How many finished cycles are kept: a minute at 130 a second, half an hour at four. */
export const cycleCapacity = 8192;

/** The finished cycles of the target, by their ends. */
export class CycleLog {
  readonly #rows = new TimeRing<CycleRow>(cycleCapacity, (row) => row.cycle.endAtNs);

  push(row: CycleRow): void {
    this.#rows.insert(row);
  }

  get length(): number {
    return this.#rows.length;
  }

  /** How many were ever told. */
  get total(): number {
    return this.#rows.total;
  }

  get last(): CycleRow | undefined {
    return this.#rows.last;
  }

  /** When the oldest that is kept ended. */
  get oldestEndNs(): Nanos | undefined {
    return this.#rows.at(0)?.cycle.endAtNs;
  }

  /** The newest of them, newest first. */
  newest(count: number): readonly CycleRow[] {
    return this.#rows.newest(count).reverse();
  }

  /** All that ended from one instant to another, both included, oldest first. */
  endedBetween(fromNs: Nanos, toNs: Nanos): readonly CycleRow[] {
    return this.#rows.between(fromNs, toNs);
  }

  /** How many of those that are kept had ended by then. */
  countUpTo(atNs: Nanos): number {
    return this.#rows.countUpTo(atNs);
  }

  /** The first that ended after that. */
  firstAfter(atNs: Nanos): CycleRow | undefined {
    return this.#rows.at(this.countUpTo(atNs));
  }

  /** The last that had ended by then. */
  lastUpTo(atNs: Nanos): CycleRow | undefined {
    return this.#rows.at(this.countUpTo(atNs) - 1);
  }
}
