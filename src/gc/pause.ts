// The package's own entry loads a WebAssembly build and zlib as well, which takes twenty times longer.
import int32 from 'hdr-histogram-js/dist/Int32Histogram.js';
import { durationNs, type Nanos } from './units.js';

/** The figures of the pauses in a window. Maximum and sum are exact, percentiles to within 1 %. */
export interface PauseFigures {
  readonly count: number;
  readonly sumNs: Nanos;
  /** Absent where there was no pause. */
  readonly maxNs: Nanos | undefined;
  readonly p50Ns: Nanos | undefined;
  readonly p99Ns: Nanos | undefined;
}

/** How far back the figures reach, to the second. */
export const pauseWindowNs = durationNs(60e9);

/**
 * The pauses of the last 60 s: an HDR histogram of all, and one for each second, which is subtracted when its second
 * leaves the window. Memory is bounded at about 1 MB however many pauses there are.
 */
export class PauseWindow {
  readonly #all = newHistogram();
  /** By second modulo their number; made when first needed. */
  readonly #slots: (Slot | undefined)[] = new Array(slotCount).fill(undefined);
  /** The newest second that was seen. */
  #newest = Number.NEGATIVE_INFINITY;

  /** Counts a pause; one that is older than the window is ignored. */
  record(atNs: Nanos, durationNs: Nanos): void {
    const second = secondOf(atNs);
    this.#advance(second);
    if (second <= this.#newest - slotCount) return;
    const slot = this.#slotOf(second);
    const value = Math.min(durationNs, longestNs);
    slot.histogram.recordValue(value);
    this.#all.recordValue(value);
    slot.sumNs += durationNs;
    slot.maxNs = Math.max(slot.maxNs, durationNs);
  }

  /** The window that ends at `nowNs`; undefined when the window has moved past that. */
  figures(nowNs: Nanos): PauseFigures | undefined {
    const second = secondOf(nowNs);
    if (second < this.#newest) return undefined;
    this.#advance(second);
    const count = this.#all.totalCount;
    const maxNs = this.#maxNs();
    const sum = this.#slots.reduce((total, slot) => total + (slot?.sumNs ?? 0), 0);
    // The histogram answers with the upper end of a bucket, which can lie above the longest pause.
    const percentile = (percent: number) =>
      count === 0 ? undefined : toNanos(Math.min(maxNs, this.#all.getValueAtPercentile(percent)));
    return {
      count,
      sumNs: toNanos(sum),
      maxNs: count === 0 ? undefined : toNanos(maxNs),
      p50Ns: percentile(50),
      p99Ns: percentile(99),
    };
  }

  /** The longest pause of the window that ends at `nowNs`, or of the newest one, and of how many it is. */
  longest(nowNs: Nanos): { readonly count: number; readonly maxNs: number } {
    this.#advance(secondOf(nowNs));
    return { count: this.#all.totalCount, maxNs: this.#maxNs() };
  }

  #maxNs(): number {
    return this.#slots.reduce((longest, slot) => Math.max(longest, slot?.maxNs ?? 0), 0);
  }

  #advance(second: number): void {
    if (second <= this.#newest) return;
    this.#newest = second;
    for (const slot of this.#slots) {
      if (slot !== undefined && slot.second <= second - slotCount) empty(slot, this.#all);
    }
  }

  #slotOf(second: number): Slot {
    const place = ((second % slotCount) + slotCount) % slotCount;
    let slot = this.#slots[place];
    if (slot === undefined) {
      slot = { second, histogram: newHistogram(), sumNs: 0, maxNs: 0 };
      this.#slots[place] = slot;
    }
    slot.second = second;
    return slot;
  }
}

interface Slot {
  second: number;
  readonly histogram: Histogram;
  sumNs: number;
  maxNs: number;
}

type Histogram = InstanceType<typeof int32.default>;

const slotNs = 1e9;
const slotCount = pauseWindowNs / slotNs;
/** The longest pause that is told apart in a percentile: 18 minutes. */
const longestNs = 2 ** 40 - 1;

function empty(slot: Slot, all: Histogram): void {
  if (slot.histogram.totalCount === 0) return;
  all.subtract(slot.histogram);
  slot.histogram.reset();
  slot.sumNs = 0;
  slot.maxNs = 0;
}

// Twice the range: subtracting goes by the upper end of a bucket, which would lie outside a range that ends with it.
const newHistogram = (): Histogram => new int32.default(1, 2 * longestNs, 2);
const secondOf = (atNs: Nanos): number => Math.floor(atNs / slotNs);
const toNanos = (value: number): Nanos => durationNs(Math.min(value, Number.MAX_SAFE_INTEGER));
