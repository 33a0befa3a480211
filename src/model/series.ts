import { GctopError } from '../error.js';
import { type Nanos, nanos } from '../gc/units.js';
import { GaugeBins, type GaugeRange } from './gauge-bins.js';
import { RateBins } from './rate-bins.js';

/** How long one column of a strip chart can be. */
export const windowStepsNs: readonly Nanos[] = [
  20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 30e3, 60e3, 120e3,
].map((ms) => nanos(ms * 1e6));

/** A value that holds until the next one. Every length of bin is kept, so a read costs no more than its bins. */
export class GaugeSeries {
  #levels: readonly GaugeBins[] = binLengthsNs.map((binNs) => new GaugeBins(binNs));
  #latest: { atNs: number; value: number } | undefined;

  /** A point. It may come late; then it lands in its own bin. */
  push(atNs: Nanos, value: number): void {
    if (this.#latest === undefined) this.#latest = { atNs, value };
    else if (atNs >= this.#latest.atNs) {
      this.#latest.atNs = atNs;
      this.#latest.value = value;
    }
    for (const level of this.#levels) level.push(atNs, value);
  }

  /** Nothing is known from one instant to another, nor after it until the next point. */
  unknown(fromNs: Nanos, toNs: Nanos): void {
    for (const level of this.#levels) level.unknown(fromNs, toNs);
  }

  /** What held last holds no more: from here on it is another program's. */
  endLatest(): void {
    this.#latest = undefined;
  }

  /**
   * Lowest and highest value of `count` bins from the one that holds `fromNs`. A bin without a point repeats the value
   * before it. NaN is unknown: before the first point, in a gap, after the newest point.
   */
  bins(fromNs: Nanos, stepNs: Nanos, count: number): GaugeRange {
    return levelOf(this.#levels, stepNs).range(fromNs, count);
  }

  /** The value that held at an instant, as exactly as it is still kept. */
  at(atNs: Nanos): number | undefined {
    if (this.#latest !== undefined && atNs >= this.#latest.atNs) return this.#latest.value;
    const value = this.#levels.find((level) => level.reaches(atNs))?.range(atNs, 1).max[0];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  get latest(): number | undefined {
    return this.#latest?.value;
  }

  /** What is known now; what is told later does not change it. */
  copy(): GaugeSeries {
    const copy = new GaugeSeries();
    copy.#levels = this.#levels.map((level) => level.copy());
    copy.#latest = this.#latest === undefined ? undefined : { ...this.#latest };
    return copy;
  }
}

/** An amount per time: what is added up is never lost, only spread. */
export class RateSeries {
  #levels: readonly RateBins[] = binLengthsNs.map((binNs) => new RateBins(binNs));
  #latestNs: Nanos | undefined;

  /** Spreads an amount evenly over [fromNs, toNs) and marks that stretch as known, also with an amount of 0. */
  add(fromNs: Nanos, toNs: Nanos, amount: number): void {
    if (toNs <= fromNs) return;
    if (this.#latestNs === undefined || toNs > this.#latestNs) this.#latestNs = toNs;
    for (const level of this.#levels) level.add(fromNs, toNs, amount);
  }

  /** Spreads an amount like `add` over a stretch of which \`know\` says when all of it was told. */
  put(fromNs: Nanos, toNs: Nanos, amount: number): void {
    for (const level of this.#levels) level.put(fromNs, toNs, amount);
  }

  /** All that happened in [fromNs, toNs) was told. */
  know(fromNs: Nanos, toNs: Nanos): void {
    this.add(fromNs, toNs, 0);
  }

  /** Nothing is known from one instant to another. */
  unknown(fromNs: Nanos, toNs: Nanos): void {
    if (this.#latestNs === undefined || toNs > this.#latestNs) this.#latestNs = toNs;
    for (const level of this.#levels) level.unknown(fromNs, toNs);
  }

  /** Per second, for `count` bins from the one that holds `fromNs`; NaN where nothing is known. */
  bins(fromNs: Nanos, stepNs: Nanos, count: number): Float64Array {
    return levelOf(this.#levels, stepNs).rates(fromNs, count);
  }

  /** Per second, over what is known of a stretch. */
  mean(fromNs: Nanos, toNs: Nanos): number | undefined {
    const level = this.#levels.find((candidate) => candidate.reaches(fromNs)) ?? this.#levels.at(-1);
    return level?.mean(fromNs, toNs);
  }

  /** Up to when something was said, also that nothing is known. */
  get latestNs(): Nanos | undefined {
    return this.#latestNs;
  }

  /** What is known now; what is told later does not change it. */
  copy(): RateSeries {
    const copy = new RateSeries();
    copy.#levels = this.#levels.map((level) => level.copy());
    copy.#latestNs = this.#latestNs;
    return copy;
  }
}

/** Charts draw a column or, with two samples in it, half of one: every length that is asked for, the shortest first. */
const binLengthsNs: readonly number[] = [
  ...new Set(windowStepsNs.flatMap((stepNs) => [stepNs / 2, stepNs])),
].sort((a, b) => a - b);

function levelOf<Level extends { readonly binNs: number }>(levels: readonly Level[], stepNs: Nanos): Level {
  const level = levels.find(({ binNs }) => binNs === stepNs);
  if (level === undefined)
    throw new GctopError('INTERNAL', `'${stepNs}' is not the length of a column or half of one`);
  return level;
}
