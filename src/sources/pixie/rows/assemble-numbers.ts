import { beganNs, type CallRow } from './rows.js';

/**
 * The runtime's own count of cycles. runtime.GC calls gcWaitOnMark with the number of the cycle that began last
 * (work.cycles, raised while the world stands still for sweep termination), so each such call tells where the count was
 * when it began; from there every begin that is seen counts on.
 */
export class CycleNumbers {
  /** When the world stood still for each of the last begins, since none was missed. */
  #begins: number[] = [];
  #lostNs = Number.NEGATIVE_INFINITY;
  #last: number | undefined;

  /** The number of the cycle that began last; undefined where it is not known. */
  get last(): number | undefined {
    return this.#last;
  }

  /** Counts a begin, or takes its number where gcStart's argument told it; answers how many were missed before it. */
  began(stoppedNs: number, told: number = Number.NaN): number {
    this.#begins = [...this.#begins, stoppedNs].slice(-beginsKept);
    if (this.#last !== undefined) this.#last++;
    return told > 0 ? this.#take(told) : 0;
  }

  /** Begins may have been missed up to here. */
  lose(atNs: number): void {
    this.#begins = [];
    this.#lostNs = atNs;
    this.#last = undefined;
  }

  /** Takes a call of gcWaitOnMark in; answers how many begins it shows to have been missed. */
  learn(wait: CallRow): number {
    const [told = Number.NaN] = wait.values;
    const atNs = beganNs(wait);
    const since = this.#begins.filter((stoppedNs) => stoppedNs > atNs).length;
    if (!Number.isSafeInteger(told) || atNs <= this.#lostNs || since === beginsKept) return 0;
    return this.#take(told + since);
  }

  #take(told: number): number {
    const before = this.#last;
    this.#last = Math.max(before ?? 0, told);
    return before === undefined ? 0 : this.#last - before;
  }
}

/** More cycles than begin while one goroutine waits for one. */
const beginsKept = 64;
