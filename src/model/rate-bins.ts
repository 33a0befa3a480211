import { beforeAll, binCapacity, slotOf } from './bin.js';

/** Amounts in bins of one length. Bin n covers [n * binNs, (n + 1) * binNs). */
export class RateBins {
  readonly binNs: number;
  readonly #amount = new Float64Array(binCapacity);
  /** How much of each bin is known. What is told twice counts twice, so it can exceed the bin's length. */
  readonly #knownNs = new Float64Array(binCapacity);
  #newest = beforeAll;

  constructor(binNs: number) {
    this.binNs = binNs;
  }

  /** Spreads an amount evenly over [fromNs, toNs). */
  add(fromNs: number, toNs: number, amount: number): void {
    this.#spread(fromNs, toNs, amount, 1);
  }

  /** Spreads an amount evenly over [fromNs, toNs), which is not known by that alone. */
  put(fromNs: number, toNs: number, amount: number): void {
    this.#spread(fromNs, toNs, amount, 0);
  }

  /** Forgets the bins that lie wholly in [fromNs, toNs). */
  unknown(fromNs: number, toNs: number): void {
    const end = Math.min(Math.floor(toNs / this.binNs), this.#newest + 1);
    for (let bin = Math.max(Math.ceil(fromNs / this.binNs), this.#oldest); bin < end; bin++) {
      this.#amount[slotOf(bin)] = 0;
      this.#knownNs[slotOf(bin)] = 0;
    }
  }

  /** The same bins, which go on by themselves. */
  copy(): RateBins {
    const copy = new RateBins(this.binNs);
    copy.#amount.set(this.#amount);
    copy.#knownNs.set(this.#knownNs);
    copy.#newest = this.#newest;
    return copy;
  }

  /** Whether the bins that are kept reach back to an instant. */
  reaches(atNs: number): boolean {
    return Math.floor(atNs / this.binNs) >= this.#oldest;
  }

  /** Per second, `count` bins from the one that holds `fromNs`; NaN where nothing is known. */
  rates(fromNs: number, count: number): Float64Array {
    const rates = new Float64Array(count).fill(Number.NaN);
    const first = Math.floor(fromNs / this.binNs);
    const end = Math.min(first + count, this.#newest + 1);
    for (let bin = Math.max(first, this.#oldest); bin < end; bin++) {
      const knownNs = this.#known(bin);
      if (knownNs > 0) rates[bin - first] = ((this.#amount[slotOf(bin)] ?? 0) / knownNs) * nsPerSecond;
    }
    return rates;
  }

  /** Per second, over what is known in the bins that [fromNs, toNs) touches. */
  mean(fromNs: number, toNs: number): number | undefined {
    let amount = 0;
    let knownNs = 0;
    const last = Math.min(Math.floor((toNs - 1) / this.binNs), this.#newest);
    for (let bin = Math.max(Math.floor(fromNs / this.binNs), this.#oldest); bin <= last; bin++) {
      amount += this.#amount[slotOf(bin)] ?? 0;
      knownNs += this.#known(bin);
    }
    return knownNs === 0 ? undefined : (amount / knownNs) * nsPerSecond;
  }

  get #oldest(): number {
    return this.#newest - binCapacity + 1;
  }

  #spread(fromNs: number, toNs: number, amount: number, known: 0 | 1): void {
    const { binNs } = this;
    const last = Math.floor((toNs - 1) / binNs);
    if (last > this.#newest) this.#advance(last);
    const perNs = amount / (toNs - fromNs);
    for (let bin = Math.max(Math.floor(fromNs / binNs), this.#oldest); bin <= last; bin++) {
      const overlapNs = Math.min(toNs, (bin + 1) * binNs) - Math.max(fromNs, bin * binNs);
      const slot = slotOf(bin);
      this.#amount[slot] = (this.#amount[slot] ?? 0) + perNs * overlapNs;
      this.#knownNs[slot] = (this.#knownNs[slot] ?? 0) + known * overlapNs;
    }
  }

  #known(bin: number): number {
    return Math.min(this.#knownNs[slotOf(bin)] ?? 0, this.binNs);
  }

  #advance(bin: number): void {
    for (let added = Math.max(this.#newest + 1, bin - binCapacity + 1); added <= bin; added++) {
      this.#amount[slotOf(added)] = 0;
      this.#knownNs[slotOf(added)] = 0;
    }
    this.#newest = bin;
  }
}

const nsPerSecond = 1e9;
