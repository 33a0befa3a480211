import type { Nanos } from '../gc/units.js';
import type { CycleRow } from './model.js';
import { TimeRing } from './time-ring.js';

/** How many finished cycles are kept: a minute at 130 a second, half an hour at four. */
export const cycleCapacity = 8192;

/** The finished cycles of the target, by their ends. */
export class CycleLog {
  #rows = new TimeRing<CycleRow>(cycleCapacity, (row) => row.cycle.endAtNs);
  #forcedTotal = 0;

  push(row: CycleRow): void {
    this.#rows.insert(row);
    if (row.cycle.trigger === 'forced') this.#forcedTotal++;
  }

  /** The log as it is now; what is told later does not change it. */
  copy(): CycleLog {
    const copy = new CycleLog();
    copy.#rows = this.#rows.copy((row) => ({ ...row }));
    copy.#forcedTotal = this.#forcedTotal;
    return copy;
  }

  get length(): number {
    return this.#rows.length;
  }

  /** How many were ever told. */
  get total(): number {
    return this.#rows.total;
  }

  /** How many forced ones were ever told. */
  get forcedTotal(): number {
    return this.#forcedTotal;
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
