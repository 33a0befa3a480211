import { type GcCycle, markNs, stopsNs } from '../gc/cycle.js';
import { durationNs, type Nanos } from '../gc/units.js';
import type { AlikeCycles } from './journal-entry.js';

/** Cycles slower than this have a line each. */
const neighbourNs = 1e9;
/** A line tells so many cycles at most: the median needs each one's mark. */
const foldCapacity = 1000;

/** Neighbouring ordinary cycles that are told in one line. */
export class Fold {
  readonly #first: GcCycle;
  #last: GcCycle;
  #count = 0;
  #partial = 0;
  #longestStopsNs: Nanos | undefined;
  /** Ascending. */
  readonly #marksNs: Nanos[] = [];

  constructor(first: GcCycle) {
    this.#first = first;
    this.#last = first;
    this.add(first);
  }

  /** Whether a cycle belongs in this line: soon after the last one, from the same cause. */
  takes(cycle: GcCycle): boolean {
    return (
      cycle.trigger === this.#first.trigger &&
      cycle.endAtNs - this.#last.endAtNs < neighbourNs &&
      this.#count < foldCapacity
    );
  }

  add(cycle: GcCycle): void {
    this.#last = cycle;
    this.#count++;
    if (cycle.evidence === 'partial') this.#partial++;
    const stops = stopsNs(cycle);
    if (stops !== undefined && stops > (this.#longestStopsNs ?? -1)) this.#longestStopsNs = stops;
    const mark = markNs(cycle);
    if (mark !== undefined) this.#marksNs.splice(placeOf(mark, this.#marksNs), 0, mark);
  }

  get count(): number {
    return this.#count;
  }

  alike(): AlikeCycles {
    return {
      count: this.#count,
      partial: this.#partial,
      trigger: this.#first.trigger,
      firstNumber: this.#first.number,
      lastNumber: this.#last.number,
      medianMarkNs: median(this.#marksNs),
      longestStopsNs: this.#longestStopsNs,
      heapAtEnd: this.#last.heapAtEnd,
      heapMarked: this.#last.heapMarked,
    };
  }
}

function median(ascending: readonly Nanos[]): Nanos | undefined {
  const upper = ascending[ascending.length >>> 1];
  const lower = ascending[(ascending.length - 1) >>> 1];
  return upper === undefined || lower === undefined
    ? upper
    : durationNs(Math.round(lower + (upper - lower) / 2));
}

function placeOf(value: Nanos, ascending: readonly Nanos[]): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
