import { beforeAll, binCapacity, slotOf } from './bin.js';

/** Lowest and highest value of each bin; NaN where nothing is known. */
export interface GaugeRange {
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** A gauge in bins of one length. Bin n covers [n * binNs, (n + 1) * binNs). */
export class GaugeBins {
  readonly binNs: number;
  readonly #min = new Float64Array(binCapacity);
  readonly #max = new Float64Array(binCapacity);
  /** The newest value of a bin and when it was read: points may come late. */
  readonly #last = new Float64Array(binCapacity);
  readonly #lastAtNs = new Float64Array(binCapacity);
  readonly #state = new Uint8Array(binCapacity);
  #newest = beforeAll;
  /** What held before the oldest bin. */
  #before = Number.NaN;

  constructor(binNs: number) {
    this.binNs = binNs;
  }

  push(atNs: number, value: number): void {
    const bin = Math.floor(atNs / this.binNs);
    if (bin > this.#newest) this.#advance(bin);
    if (bin <= this.#newest - binCapacity) return;
    const slot = slotOf(bin);
    const isFirst = this.#state[slot] !== hasPoints;
    if (isFirst || value < (this.#min[slot] ?? 0)) this.#min[slot] = value;
    if (isFirst || value > (this.#max[slot] ?? 0)) this.#max[slot] = value;
    if (isFirst || atNs >= (this.#lastAtNs[slot] ?? 0)) {
      this.#last[slot] = value;
      this.#lastAtNs[slot] = atNs;
    }
    this.#state[slot] = hasPoints;
  }

  /** Forgets what held from one instant to another: bins without a point stay unknown until the next one. */
  unknown(fromNs: number, toNs: number): void {
    const last = Math.floor(toNs / this.binNs);
    if (last > this.#newest) this.#advance(last);
    const first = Math.max(Math.floor(fromNs / this.binNs), this.#newest - binCapacity + 1);
    for (let bin = first; bin <= last; bin++) {
      if (this.#state[slotOf(bin)] === empty) this.#state[slotOf(bin)] = isUnknown;
    }
  }

  /** The same bins, which go on by themselves. */
  copy(): GaugeBins {
    const copy = new GaugeBins(this.binNs);
    copy.#min.set(this.#min);
    copy.#max.set(this.#max);
    copy.#last.set(this.#last);
    copy.#lastAtNs.set(this.#lastAtNs);
    copy.#state.set(this.#state);
    copy.#newest = this.#newest;
    copy.#before = this.#before;
    return copy;
  }

  /** Whether the bins that are kept reach back to an instant. */
  reaches(atNs: number): boolean {
    return Math.floor(atNs / this.binNs) > this.#newest - binCapacity;
  }

  /** `count` bins from the one that holds `fromNs`. */
  range(fromNs: number, count: number): GaugeRange {
    const min = new Float64Array(count).fill(Number.NaN);
    const max = new Float64Array(count).fill(Number.NaN);
    const first = Math.floor(fromNs / this.binNs);
    const start = Math.max(first, this.#newest - binCapacity + 1);
    const end = Math.min(first + count, this.#newest + 1);
    if (start >= end) return { min, max };
    let held = this.#heldBefore(start);
    for (let bin = start; bin < end; bin++) {
      const slot = slotOf(bin);
      const points = this.#state[slot] === hasPoints;
      if (this.#state[slot] === isUnknown) held = Number.NaN;
      min[bin - first] = points ? (this.#min[slot] ?? held) : held;
      max[bin - first] = points ? (this.#max[slot] ?? held) : held;
      if (points) held = this.#last[slot] ?? held;
    }
    return { min, max };
  }

  #heldBefore(bin: number): number {
    for (let earlier = bin - 1; earlier > this.#newest - binCapacity; earlier--) {
      const slot = slotOf(earlier);
      if (this.#state[slot] === isUnknown) return Number.NaN;
      if (this.#state[slot] === hasPoints) return this.#last[slot] ?? Number.NaN;
    }
    return this.#before;
  }

  /** Makes room up to a newer bin; what the bins that go held is kept as the value before the oldest. */
  #advance(bin: number): void {
    for (let added = this.#newest + 1; added <= Math.min(bin, this.#newest + binCapacity); added++) {
      const slot = slotOf(added);
      if (this.#state[slot] === isUnknown) this.#before = Number.NaN;
      if (this.#state[slot] === hasPoints) this.#before = this.#last[slot] ?? Number.NaN;
      this.#state[slot] = empty;
    }
    this.#newest = bin;
  }
}

const empty = 0;
const hasPoints = 1;
const isUnknown = 2;
