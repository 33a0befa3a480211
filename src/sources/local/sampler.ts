import type { GcCycle } from '../../gc/cycle.js';
import type { GcEvent, HeapReading } from '../../gc/event.js';
import type { Nanos } from '../../gc/units.js';
import type { Draft } from '../order.js';
import { CycleLedger, type Told } from './cycle-ledger.js';
import { isSameHeap } from './heap-reading.js';
import type { LocalProbes } from './local-probes.js';
import { PhaseTracker } from './phase-tracker.js';
import { hitsOf } from './probing.js';
import type { CycleRecord } from './record-field.js';
import type { RuntimeReader } from './runtime-reader.js';
import type { Sample } from './sample.js';

export interface SamplerOptions {
  readonly target: string;
  readonly reader: RuntimeReader;
  /** The first look, which has passed the sanity checks: cycles that end after it are told. */
  readonly first: Sample;
  readonly initAtNs: Nanos | undefined;
  readonly probes: LocalProbes | undefined;
  /** Tells the target anew, with its GOMAXPROCS. */
  readonly describe: (procs: number | undefined) => Draft;
  readonly nowNs: () => Nanos;
}

/** What one look gave to say, and whether the program has ended. */
export interface Tick {
  readonly drafts: readonly Draft[];
  readonly ended: boolean;
}

/** Turns looks into a program's memory, and the records of its probe if there is one, into what is said of it. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #ledger: CycleLedger;
  readonly #phases = new PhaseTracker();
  /** Records that came while no look succeeded. */
  #records: readonly CycleRecord[] = [];
  #last: Sample;
  #heap: HeapReading | undefined;
  #hits = { told: '', atNs: 0 };
  #lostCalls = { count: 0, toldNs: 0 };
  #procs: number | undefined;

  constructor(options: SamplerOptions) {
    this.#options = options;
    const { first } = options;
    this.#last = first;
    // gcStart sets it; before a program's first cycle it is not known.
    this.#procs = first.record.started === 0 ? undefined : first.record.procs;
    this.#ledger = new CycleLedger(first, {
      initAtNs: options.initAtNs,
      probed: options.probes !== undefined,
    });
  }

  /** What tells the target, before anything is told of it. */
  get opening(): Draft {
    return this.#options.describe(this.#procs);
  }

  /** Looks once. Throws LAYOUT_MISMATCH when the two tiers contradict each other. */
  tick(): Tick {
    const drained = this.#drain();
    const sample = this.#options.reader.sample(this.#options.nowNs);
    if (sample === 'unsettled') return { drafts: drained, ended: false };
    if (sample === 'ended') return { drafts: [...drained, ...this.#finish()], ended: true };
    this.#last = sample;
    const told = this.#ledger.update(sample, this.#records);
    this.#records = [];
    const probes = [...this.#hitsNow(sample.atNs), ...(this.#options.probes?.review(sample.atNs) ?? [])];
    return { drafts: [...drained, ...this.#say(told, sample), ...probes], ended: false };
  }

  /** Reads the probes before memory, so that memory always knows the cycles that they tell of. */
  #drain({ all = false } = {}): readonly Draft[] {
    const { probes, target } = this.#options;
    if (probes === undefined) return [];
    const nowNs = this.#options.nowNs();
    const { records, lost, lostCalls, events } = probes.drain(nowNs, { all });
    this.#records = [...this.#records, ...records];
    const drafts: Draft[] = events.length > 0 ? [{ type: 'events', target, events }] : [];
    if (lost > 0)
      drafts.push(
        warning('probe.lost', `the kernel had no room for ${lost} records of cycles and what is behind them`),
      );
    return [...drafts, ...this.#newsOfLost(lostCalls, nowNs)];
  }

  /** A flood of calls overruns the kernel's buffer again and again: that is told once a second. */
  #newsOfLost(calls: number, nowNs: number): readonly Draft[] {
    const lost = this.#lostCalls;
    lost.count += calls;
    if (lost.count === 0 || nowNs - lost.toldNs < hitsIntervalNs) return [];
    const text = `the kernel had no room for ${lost.count} records of calls`;
    this.#lostCalls = { count: 0, toldNs: nowNs };
    return [warning('probe.lost', text)];
  }

  #finish(): readonly Draft[] {
    const drained = this.#drain({ all: true });
    const told = this.#ledger.finish(this.#last, this.#records);
    return [...drained, ...this.#say(told, undefined), ...this.#hitsNow(undefined)];
  }

  #say(told: readonly Told[], sample: Sample | undefined): readonly Draft[] {
    const { target } = this.#options;
    const drafts: Draft[] = [];
    let events: GcEvent[] = [];
    const flush = () => {
      if (events.length > 0) drafts.push({ type: 'events', target, events });
      events = [];
    };
    for (const each of told) {
      if (each.kind === 'cycle') {
        const cycle = this.#withAsker(each.cycle);
        events.push(...this.#phases.finished(cycle), { kind: 'cycle', cycle }, this.#phases.sweepOf(cycle));
        continue;
      }
      flush();
      const { fromNs, toNs, lost } = each;
      drafts.push({
        type: 'gap',
        target,
        fromNs,
        toNs,
        lost,
        reason: 'more cycles ended than the runtime remembers',
      });
    }
    if (sample !== undefined)
      events.push(...this.#phases.running(sample, this.#ledger.told), ...this.#heapNow(sample));
    flush();
    return [...this.#newProcs(told), ...drafts, ...this.#missed(told)];
  }

  /** A forced cycle with the goroutine that asked for it, where a probe saw that. */
  #withAsker(cycle: GcCycle): GcCycle {
    const { number } = cycle;
    const goid = number === undefined ? undefined : this.#options.probes?.asker(number);
    return goid === undefined || cycle.trigger !== 'forced' ? cycle : { ...cycle, forcedBy: goid };
  }

  /** GOMAXPROCS can change while a program runs; its cycles say so. */
  #newProcs(told: readonly Told[]): readonly Draft[] {
    const procs = told.reduce<number | undefined>(
      (last, each) => (each.kind === 'cycle' ? (each.cycle.procs ?? last) : last),
      this.#procs,
    );
    if (procs === this.#procs) return [];
    this.#procs = procs;
    return [this.#options.describe(procs)];
  }

  /** A reading that says nothing new is told twice a second only. */
  #heapNow(sample: Sample): readonly GcEvent[] {
    const heap = sample.heap();
    const last = this.#heap;
    if (last !== undefined && heap.atNs - last.atNs < idleReadingNs && isSameHeap(heap, last)) return [];
    this.#heap = heap;
    return [heap];
  }

  #missed(told: readonly Told[]): readonly Draft[] {
    if (this.#options.probes === undefined) return [];
    const missed = told.flatMap((each) =>
      each.kind === 'cycle' && each.from === 'memory' ? [each.cycle] : [],
    );
    if (missed.length === 0) return [];
    const partial = missed.filter(({ evidence }) => evidence === 'partial').length;
    const [first, last] = [missed[0]?.number, missed.at(-1)?.number];
    const which = first === last ? `cycle ${first}` : `${missed.length} of cycles ${first} to ${last}`;
    const text = `the probe missed ${which}: told from memory${partial === 0 ? '' : `, ${partial} with the pause alone`}`;
    return [warning('probe.missed', text)];
  }

  /** News of the probes that are always there, once a second at most. */
  #hitsNow(atNs: Nanos | undefined): readonly Draft[] {
    const { probes, target } = this.#options;
    if (probes === undefined || (atNs !== undefined && atNs - this.#hits.atNs < hitsIntervalNs)) return [];
    // Those that single calls are told of as well are told here again when that ends.
    const told = [...probes.hits.values(), probes.callNames.size].join();
    if (told === this.#hits.told) return [];
    this.#hits = { told, atNs: atNs ?? this.#hits.atNs };
    return hitsOf(probes, target);
  }
}

const idleReadingNs = 500e6;
const hitsIntervalNs = 1e9;

const warning = (code: string, text: string): Draft => ({ type: 'note', level: 'warning', code, text });
