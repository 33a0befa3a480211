import { GctopError } from '../../error.js';
import type { GcCycle } from '../../gc/cycle.js';
import { type Nanos, nanos } from '../../gc/units.js';
import { type Before, cycleOf, inOrder, isWhole, partialCycle } from './cycle-record.js';
import { markedTwice } from './identities.js';
import type { CycleRecord } from './record-field.js';
import type { RingEntry, Sample } from './sample.js';

/** What is told of the cycles, in the order of their numbers. */
export type Told =
  | { readonly kind: 'cycle'; readonly cycle: GcCycle; readonly from: 'probe' | 'memory' }
  | { readonly kind: 'gap'; readonly fromNs: Nanos; readonly toNs: Nanos; readonly lost: number };

export interface LedgerOptions {
  readonly initAtNs: Nanos | undefined;
  /** Whether records of a probe come as well. */
  readonly probed: boolean;
}

/**
 * Brings the two tiers together: the probe's records and the sampler's ring of pauses, each checking the other. Every
 * cycle that ends after the first sample is told once, in order: whole from the probe, else whole from memory, else
 * with its pause alone; what even the ring has forgotten is told as lost.
 */
export class CycleLedger {
  readonly #options: LedgerOptions;
  readonly #sinceNs: Nanos;
  readonly #records = new Map<number, CycleRecord>();
  readonly #remembered = new Map<number, CycleRecord>();
  /** Everything up to this cycle has been told. */
  #told: number;
  #before: Before;
  #probed: boolean;
  /** When a cycle was first seen in the ring that the probe has not told of yet. */
  #waitingSince: Nanos | undefined;
  #sum: { readonly cycle: number; readonly totalNs: number };
  #refused = 0;

  constructor(first: Sample, options: LedgerOptions) {
    this.#options = options;
    this.#sinceNs = first.atNs;
    this.#probed = options.probed;
    this.#told = first.cycles;
    this.#sum = { cycle: first.cycles, totalNs: first.pauseTotalNs };
    this.#before = {
      initAtNs: options.initAtNs,
      endAtNs: first.cycles === 0 ? undefined : first.entry(first.cycles).endAtNs,
      forcedCycles: first.forcedCycles,
    };
  }

  /** The number of the last cycle that has been told, or that had ended when the watch began. */
  get told(): number {
    return this.#told;
  }

  /** From here on no probe tells of cycles. */
  withoutProbe(): void {
    this.#probed = false;
  }

  /** Takes a sample and the records that the probe made before it. Throws LAYOUT_MISMATCH. */
  update(sample: Sample, records: readonly CycleRecord[]): readonly Told[] {
    for (const record of records) this.#take(record, sample);
    this.#checkSum(sample);
    this.#remember(sample);
    return this.#tellUpTo(sample);
  }

  /** The last records, of a program that has ended: no sample can stand against them any more. */
  finish(last: Sample, records: readonly CycleRecord[]): readonly Told[] {
    for (const record of records) if (record.number > this.#told) this.#records.set(record.number, record);
    this.#probed = false;
    const told = [...this.#tellUpTo(last)];
    for (const number of [...this.#records.keys()].sort((a, b) => a - b)) {
      const record = this.#records.get(number);
      if (record === undefined) continue;
      if (number > this.#told + 1) told.push(this.#lost(number - 1, record.sweepTermAtNs));
      told.push(this.#whole(record, 'probe'));
    }
    return told;
  }

  #take(record: CycleRecord, sample: Sample): void {
    if (record.number <= this.#told) return;
    const entry = inRing(sample, record.number) ? sample.entry(record.number) : undefined;
    const agrees = entry === undefined || isEntryOf(entry, record, sample);
    if (!agrees || record.number > sample.cycles || record.started !== record.number || !inOrder(record)) {
      throw mismatch(`the probe's record of cycle ${record.number} and the ring of pauses do not agree`);
    }
    this.#records.set(record.number, record);
  }

  /** The ring's entries have to add up to what the runtime adds up itself. */
  #checkSum({ cycles, pauseTotalNs, oldest, entry }: Sample): void {
    const { cycle, totalNs } = this.#sum;
    let expectedNs = totalNs;
    for (let n = cycle + 1; n <= cycles; n++) expectedNs += n >= oldest ? entry(n).pauseNs : 0;
    if (cycle + 1 >= oldest && expectedNs !== pauseTotalNs) {
      throw mismatch(
        `the pauses of cycles ${cycle + 1} to ${cycles} do not add up to the runtime's own total`,
      );
    }
    this.#sum = { cycle: cycles, totalNs: pauseTotalNs };
  }

  /** Keeps the last cycle's record while it can be read. */
  #remember(sample: Sample): void {
    const { record, cycles } = sample;
    if (cycles === 0 || record.started !== cycles) return;
    if (isWhole(record, sample.entry(cycles))) {
      this.#refused = 0;
      if (cycles <= this.#told || this.#remembered.has(cycles)) return;
      if (!markedTwice.holds(sample)) throw mismatch(markedTwice.otherwise(sample));
      this.#remembered.set(cycles, record);
    } else if (record.sweepTermAtNs <= record.endAtNs && ++this.#refused >= maxRefused) {
      throw mismatch('the record of the last cycle contradicts its pause');
    }
  }

  #tellUpTo(sample: Sample): readonly Told[] {
    const told: Told[] = [];
    while (this.#told < sample.cycles) {
      const next = this.#next(sample);
      if (next === undefined) break;
      told.push(next);
      this.#waitingSince = undefined;
    }
    return told;
  }

  #next(sample: Sample): Told | undefined {
    const number = this.#told + 1;
    const record = this.#records.get(number);
    if (record !== undefined) return this.#whole(record, 'probe');
    if (this.#probed && this.#mayStillCome(sample.atNs)) return undefined;
    const remembered = this.#remembered.get(number);
    if (remembered !== undefined) return this.#whole(remembered, 'memory');
    if (number < sample.oldest) return this.#lost(sample.oldest - 1, sample.entry(sample.oldest).endAtNs);
    return this.#partial(number, sample);
  }

  /** The probe fires within a millisecond of a cycle's end, unless the program is held up; never after the next one. */
  #mayStillCome(nowNs: Nanos): boolean {
    if (this.#records.size > 0) return false;
    this.#waitingSince ??= nowNs;
    return nowNs - this.#waitingSince < maxWaitNs;
  }

  #whole(record: CycleRecord, from: 'probe' | 'memory'): Told {
    const cycle = cycleOf(record, this.#before);
    this.#settle(record.number, record.endAtNs, record.forcedCycles);
    return { kind: 'cycle', cycle, from };
  }

  #partial(number: number, sample: Sample): Told {
    const entry = dated(sample.entry(number), {
      from: this.#before.endAtNs,
      to: sample.entry(sample.cycles).endAtNs,
    });
    const forced = this.#forcedBetween(number, sample);
    const cycle = partialCycle(number, entry, { forced, before: this.#before });
    const { forcedCycles } = this.#before;
    const forcedAfter =
      forced === undefined || forcedCycles === undefined ? undefined : forcedCycles + (forced ? 1 : 0);
    this.#settle(number, entry.endAtNs, forcedAfter);
    return { kind: 'cycle', cycle, from: 'memory' };
  }

  /** Known where all or none of the cycles up to the next known count were forced. */
  #forcedBetween(number: number, sample: Sample): boolean | undefined {
    const before = this.#before.forcedCycles;
    if (before === undefined) return undefined;
    const next = [...this.#records.values(), ...this.#remembered.values()]
      .filter((record) => record.number >= number)
      .reduce((a, b) => (a.number <= b.number ? a : b), {
        number: sample.cycles,
        forcedCycles: sample.forcedCycles,
      });
    const forced = next.forcedCycles - before;
    if (forced === 0) return false;
    return forced === next.number - number + 1 ? true : undefined;
  }

  #lost(upTo: number, untilNs: number): Told {
    const lost = upTo - this.#told;
    // What was lost ended after the first look; the last cycle before it may have ended months ago.
    const fromNs = nanos(Math.max(this.#before.endAtNs ?? this.#sinceNs, this.#sinceNs));
    this.#settle(upTo, undefined, undefined);
    return { kind: 'gap', fromNs, toNs: nanos(Math.max(fromNs, untilNs)), lost };
  }

  #settle(number: number, endAtNs: number | undefined, forcedCycles: number | undefined): void {
    this.#told = number;
    this.#before = { initAtNs: this.#options.initAtNs, endAtNs, forcedCycles };
    for (const kept of [this.#records, this.#remembered]) {
      for (const each of kept.keys()) if (each <= number) kept.delete(each);
    }
  }
}

/** How long a cycle waits for the probe's record before what memory knows is told. */
const maxWaitNs = 250e6;

/** A moment between two writes of gcStart can look like a broken record, but not this often in a row. */
const maxRefused = 40;

const inRing = (sample: Sample, cycle: number): boolean => cycle >= sample.oldest && cycle <= sample.cycles;

/** Of the ends only the last is kept as nanotime, too; the others were dated by way of the wall clock. */
const isEntryOf = (entry: RingEntry, record: CycleRecord, sample: Sample): boolean =>
  entry.pauseNs === record.pauseNs && (record.number < sample.cycles || entry.endAtNs === record.endAtNs);

/** Keeps a cycle's end between its neighbours' when the wall clock was set meanwhile. */
const dated = (
  { pauseNs, endAtNs }: RingEntry,
  { from = endAtNs, to }: { from: number | undefined; to: number },
): RingEntry => ({
  pauseNs,
  endAtNs: Math.min(Math.max(endAtNs, from), to),
});

const mismatch = (what: string): GctopError =>
  new GctopError('LAYOUT_MISMATCH', `the program's memory is not laid out as its Go version says: ${what}`, {
    hint: 'report it with the output of `go version -m` for the program',
  });
