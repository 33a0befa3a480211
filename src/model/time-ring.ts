import type { Nanos } from '../gc/units.js';

/** A bounded list in the order of time: the oldest goes when it is full, and what comes late goes to its own place. */
export class TimeRing<Item> {
  readonly #capacity: number;
  readonly #timeOf: (item: Item) => Nanos;
  #items: Item[] = [];
  /** Where the oldest lies, once the ring is full. */
  #start = 0;
  #total = 0;

  constructor(capacity: number, timeOf: (item: Item) => Nanos) {
    this.#capacity = capacity;
    this.#timeOf = timeOf;
  }

  /** Puts an item behind all that are not newer. One that is older than everything in a full ring is not kept. */
  insert(item: Item): void {
    this.#total++;
    const atNs = this.#timeOf(item);
    if (this.#items.length < this.#capacity) {
      this.#items.push(item);
    } else {
      const oldest = this.#items[this.#start];
      if (oldest !== undefined && this.#timeOf(oldest) > atNs) return;
      this.#items[this.#start] = item;
      this.#start = (this.#start + 1) % this.#capacity;
    }
    this.#sinkLast(atNs);
  }

  /** The same items, each copied by `copyOf`, in a ring of its own. */
  copy(copyOf: (item: Item) => Item): TimeRing<Item> {
    const copy = new TimeRing<Item>(this.#capacity, this.#timeOf);
    copy.#items = this.#items.map(copyOf);
    copy.#start = this.#start;
    copy.#total = this.#total;
    return copy;
  }

  get length(): number {
    return this.#items.length;
  }

  /** How many were ever inserted. */
  get total(): number {
    return this.#total;
  }

  get last(): Item | undefined {
    return this.at(this.length - 1);
  }

  /** By place, the oldest first. */
  at(index: number): Item | undefined {
    return index < 0 || index >= this.length ? undefined : this.#items[this.#slot(index)];
  }

  /** Puts another item in a place; its time must fit between its neighbours'. */
  replace(index: number, item: Item): void {
    if (index >= 0 && index < this.length) this.#items[this.#slot(index)] = item;
  }

  /** The newest of them, oldest first. */
  newest(count: number): Item[] {
    return this.#slice(Math.max(0, this.length - count), this.length);
  }

  /** The newest of those that are not newer than an instant, oldest first. */
  newestUpTo(atNs: Nanos, count: number): Item[] {
    const end = this.countUpTo(atNs);
    return this.#slice(Math.max(0, end - count), end);
  }

  /** All from one instant to another, both included, oldest first. */
  between(fromNs: Nanos, toNs: Nanos): Item[] {
    return this.#slice(
      this.#countUntil((atNs) => atNs < fromNs),
      this.countUpTo(toNs),
    );
  }

  /** How many are not newer than an instant: the place of the first that is. */
  countUpTo(atNs: Nanos): number {
    return this.#countUntil((itemNs) => itemNs <= atNs);
  }

  #slice(from: number, to: number): Item[] {
    const items: Item[] = [];
    for (let index = from; index < to; index++) {
      const item = this.#items[this.#slot(index)];
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  #countUntil(isBefore: (itemNs: Nanos) => boolean): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.at(middle);
      if (item !== undefined && isBefore(this.#timeOf(item))) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sinkLast(atNs: Nanos): void {
    for (let index = this.length - 1; index > 0; index--) {
      const here = this.#slot(index);
      const before = this.#slot(index - 1);
      const item = this.#items[here];
      const earlier = this.#items[before];
      if (item === undefined || earlier === undefined || this.#timeOf(earlier) <= atNs) return;
      this.#items[here] = earlier;
      this.#items[before] = item;
    }
  }

  #slot(index: number): number {
    const slot = this.#start + index;
    return slot < this.#capacity ? slot : slot - this.#capacity;
  }
}
