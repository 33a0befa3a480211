import type { GcEvent } from '../../gc/event.js';
import { type Nanos, nanos } from '../../gc/units.js';
import type { Draft } from '../order.js';
import { callPoints } from './call-points.js';
import { CallProbes } from './call-probes.js';
import { CallTeller } from './call-teller.js';
import { CauseReader, causePlans } from './cause-probes.js';
import { cycleEvent, cyclePlan, cycleReader } from './cycle-probe.js';
import { measureHitCosts } from './hit-cost.js';
import type { HitCosts } from './probe-budget.js';
import type { LocalProcess } from './process.js';
import type { CycleRecord } from './record-field.js';
import type { RuntimePlace } from './runtime-place.js';
import { monotonicOffset } from './time-namespace.js';
import { addUprobes, type UprobeGroup, type UprobePlan } from './uprobe-group.js';

export interface LocalProbesOptions {
  readonly target: string;
  readonly tracefs: string;
  readonly watched: LocalProcess;
  readonly place: RuntimePlace;
  /** runtimeInitTime, as it is stored: it tells processes of one file apart. */
  readonly initTime: bigint;
  readonly originMonotonicNs: bigint;
  /** The share of one core that the probes of tier D may take from the program. */
  readonly budget: number;
}

/** What the probes saw since they were last asked. */
export interface Drained {
  /** Of cycles, in their order. */
  readonly records: readonly CycleRecord[];
  /** Records that the kernel had no room for: of cycles and what stands behind them, and of calls. */
  readonly lost: number;
  readonly lostCalls: number;
  readonly events: readonly GcEvent[];
}

/**
 * The uprobes on one program: tier B, at the end of each cycle, and C, what stands behind it, from the beginning; D, single
 * calls, when they are asked for. A uprobe sits on the file and fires in every process that runs it: the kernel's filter
 * lets only this one's through.
 */
export class LocalProbes {
  readonly #options: LocalProbesOptions;
  readonly #group: UprobeGroup;
  readonly #record: ReturnType<typeof cycleReader>;
  readonly #causes: CauseReader;
  readonly #teller = new CallTeller();
  readonly #hits = new Map<string, number>();
  #measured: HitCosts | undefined;
  #calls: CallProbes | undefined;
  #costs: Promise<HitCosts | undefined> | undefined;
  #set: 'light' | 'full' = 'light';
  /** Probes of tier D that are being taken away. */
  readonly #leaving: Promise<void>[] = [];
  readonly #ending = new AbortController();
  readonly #news: Draft[] = [];
  #removing: Promise<void> | undefined;

  /** Throws TRACEFS and leaves nothing. */
  constructor(options: LocalProbesOptions) {
    const { watched, place, originMonotonicNs } = options;
    this.#options = options;
    const causes = causePlans(watched, place);
    this.#group = this.#add([cyclePlan(watched, place), ...causes], quietKiB);
    for (const name of [cycleEvent, ...causes.map(({ event }) => event)]) this.#hits.set(name, 0);
    this.#record = cycleReader(place, originMonotonicNs);
    this.#causes = new CauseReader(originMonotonicNs);
  }

  /** The probes of tiers B and C that are in place, and how often each was hit. */
  get hits(): ReadonlyMap<string, number> {
    return this.#hits;
  }

  /** What a hit of one of them costs, ns; undefined before that was measured. */
  costNs(probe: string): number | undefined {
    const { probeSites } = this.#options.watched.program;
    // Where a cycle ends there is always a stack check, whose jump the kernel emulates.
    const isEmulated = probeSites.get(probe)?.entry.isEmulated ?? true;
    return isEmulated ? this.#measured?.emulatedNs : this.#measured?.steppedNs;
  }

  /** The functions that tier D probes now. */
  get callNames(): ReadonlySet<string> {
    return this.#calls?.names ?? new Set();
  }

  /** The goroutine that asked for a forced cycle. */
  asker = (cycle: number): number | undefined => this.#causes.asker(cycle);

  /** What was seen up to an instant that lies before the call; with `all`, at a program's end, whatever there is. */
  drain(nowNs: Nanos, { all = false } = {}): Drained {
    const untilNs = all ? undefined : nowNs;
    const { hits, lost } = this.#group.drain(untilNs);
    const records: CycleRecord[] = [];
    const events: GcEvent[] = [];
    for (const hit of hits) {
      this.#hits.set(hit.event, (this.#hits.get(hit.event) ?? 0) + 1);
      if (hit.event === cycleEvent) {
        const record = this.#record(hit);
        if (record !== undefined) records.push(record);
      } else {
        const event = this.#causes.take(hit);
        if (event !== undefined) events.push(event);
      }
    }
    if (this.#calls === undefined) return { records, lost, lostCalls: 0, events };
    const drained = this.#calls.drain(untilNs && nanos(untilNs - settledNs));
    events.push(...this.#teller.tell(drained.calls, nowNs));
    return { records, lost, lostCalls: drained.lost, events };
  }

  /** Places the probes of tier D, or takes them away. Throws TRACEFS. */
  async choose(set: 'light' | 'full', now: () => Nanos): Promise<void> {
    this.#set = set;
    if (set === 'light') {
      const { callNames } = this;
      const removed = this.#calls?.remove();
      this.#calls = undefined;
      if (removed !== undefined) this.#leaving.push(removed);
      await removed;
      // Meanwhile they may be wished for again.
      if (this.#set === 'light') this.#tellAll([...callNames], 'removed');
      return;
    }
    const { target, tracefs, watched, place, budget } = this.#options;
    const points = callPoints(watched, place);
    const names = [...new Set(points.points.map(({ probe }) => probe))];
    if (this.#calls === undefined) this.#tellAll(names, 'pending');
    try {
      this.#costs ??= measureHitCosts(tracefs, this.#ending.signal);
      const costs = await this.#costs;
      this.#measured = costs;
      if (this.#calls !== undefined) return;
      // Meanwhile it may have been asked to leave, or to take them away again.
      if (this.#set !== 'full' || this.#removing !== undefined) return this.#tellAll(names, 'removed');
      const add = (plans: readonly UprobePlan[]) => this.#add(plans, busyKiB);
      this.#calls = new CallProbes({ target, points, costs, budget, place: add, now });
      this.#news.push(...this.#calls.news());
    } catch (error) {
      this.#costs = undefined; // the next wish tries again
      this.#tellAll(names, 'failed');
      throw error;
    }
  }

  /** How the probes of tier D stand, when that is news. */
  review(nowNs: Nanos): readonly Draft[] {
    const reviewed = this.#calls?.review(nowNs) ?? [];
    return [...this.#news.splice(0), ...reviewed.map((draft) => this.#withOwnHits(draft))];
  }

  /** A function that tiers C and D both probe is hit twice a call. */
  #withOwnHits(draft: Draft): Draft {
    if (draft.type !== 'probe' || draft.hits === undefined) return draft;
    return { ...draft, hits: draft.hits + (this.#hits.get(draft.probe) ?? 0) };
  }

  /** Of those that tiers B and C do not have as well. */
  #tellAll(probes: readonly string[], state: 'pending' | 'removed' | 'failed'): void {
    const { target } = this.#options;
    const own = probes.filter((probe) => !this.#hits.has(probe));
    this.#news.push(...own.map((probe): Draft => ({ type: 'probe', target, probe, state, attempt: 1 })));
  }

  /** Leaves none. May be called again. Throws TRACEFS. */
  remove(): Promise<void> {
    this.#removing ??= this.#removeAll();
    return this.#removing;
  }

  async #removeAll(): Promise<void> {
    this.#ending.abort();
    const measured = this.#costs?.catch(() => {}); // told to who asked for the probes
    await Promise.all([this.#group.remove(), this.#calls?.remove(), ...this.#leaving, measured]);
  }

  #add(plans: readonly UprobePlan[], bufferKiB: number): UprobeGroup {
    const { tracefs, watched, place, initTime, originMonotonicNs } = this.#options;
    const init = `${initName}=@0x${(place.initTime ?? 0).toString(16)}:s64`;
    const isOurs = `${initName} == ${initTime}`;
    return addUprobes(tracefs, {
      path: watched.executable,
      plans: plans.map(({ filter, ...plan }) => ({
        ...plan,
        args: [...plan.args, init],
        filter: filter === undefined ? isOurs : `${isOurs} && ${filter}`,
      })),
      bufferKiB,
      originNs: originMonotonicNs - monotonicOffset(),
    });
  }
}

const initName = 'runtimeInitTime';

/**
 * A processor of a virtual machine can be taken away while it writes a record, which then comes late: an entry would pass
 * the return before it. Records of calls are read when they are so old.
 */
const settledNs = 20e6;

/** Per CPU. A cycle's record takes some 250 bytes: a reader may stand still for a thousand cycles and more. */
const quietKiB = 512;
/** A call's takes some 80. */
const busyKiB = 1024;
