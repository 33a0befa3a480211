import { GctopError } from '../../error.js';
import type { ProbeName } from '../../gc/probe.js';
import type { Draft } from '../order.js';
import { addressOf, type CallPoint, type CallPoints, edgeOf } from './call-points.js';
import { type Station, stationsOf, type Tally, talliesOf } from './call-stations.js';
import type { SeenCall } from './call-teller.js';
import { CallPairs, type Edge } from './pair-calls.js';
import { affordable, type HitCosts, overBudget, type ProbeLoad, shareOf } from './probe-budget.js';
import type { UprobeGroup, UprobePlan } from './uprobe-group.js';

export interface CallProbesOptions {
  readonly target: string;
  readonly points: CallPoints;
  /** Undefined where they could not be measured: then dear ones are assumed, and not told. */
  readonly costs: HitCosts | undefined;
  /** The share of one core that the probes may take from the program. */
  readonly budget: number;
  /** Puts uprobes in place. Throws TRACEFS. */
  readonly place: (plans: readonly UprobePlan[]) => UprobeGroup;
  readonly now: () => number;
}

/**
 * The probes of tier D: at each function's entry, and at its returns once it is seen that they are affordable. What goes
 * over the budget is dropped, the dearest first.
 */
export class CallProbes {
  readonly #options: CallProbesOptions;
  readonly #stations: readonly Station[];
  readonly #tallies: ReadonlyMap<ProbeName, Tally>;
  readonly #byAddress: ReadonlyMap<number, { readonly point: CallPoint; readonly station: Station }>;
  readonly #groups: UprobeGroup[] = [];
  readonly #pairs = new CallPairs();
  readonly #disabling: Promise<unknown>[] = [];
  readonly #told = new Map<string, string>();
  #reviewedNs: number;
  #before: readonly ProbeLoad[] = [];

  /** Places the probes at the entries. Throws TRACEFS. */
  constructor(options: CallProbesOptions) {
    this.#options = options;
    const points = options.points.points.filter(({ probe, at }) => at === 'entry' || !untold.has(probe));
    this.#stations = stationsOf(points, options.costs);
    this.#byAddress = new Map(
      this.#stations.flatMap((station) => station.points.map((point) => [point.address, { point, station }])),
    );
    this.#tallies = talliesOf(this.#stations);
    this.#place(this.#stations.filter(({ at }) => at === 'entry'));
    this.#reviewedNs = options.now();
  }

  /** The functions that are probed. */
  get names(): ReadonlySet<string> {
    return new Set(this.#tallies.keys());
  }

  /** The calls that were seen up to an instant, in the order of time, and how many records were lost. */
  drain(untilNs?: number): { readonly calls: readonly SeenCall[]; readonly lost: number } {
    const drained = this.#groups.map((group) => group.drain(untilNs));
    const lost = drained.reduce((sum, each) => sum + each.lost, 0);
    // An entry whose return was lost would pair with another one's: then entries are told alone.
    const isWhole = lost === 0;
    if (!isWhole) for (const probe of this.#tallies.keys()) this.#pairs.forget(probe);
    const calls: SeenCall[] = [];
    for (const hit of drained.flatMap((each) => each.hits).sort((a, b) => a.atNs - b.atNs)) {
      const found = this.#byAddress.get(addressOf(hit));
      if (found === undefined) continue;
      const { point, station } = found;
      const tally = this.#tallies.get(point.probe);
      if (tally !== undefined) tally[point.at === 'entry' ? 'entered' : 'returned']++;
      station.recent++;
      const edge = edgeOf(hit, point);
      const call = isWhole && this.#isPaired(edge) ? this.#pairOf(edge) : this.#callAt(edge);
      if (call !== undefined) calls.push(call);
    }
    for (const each of drained) this.#countLost(each);
    return { calls, lost };
  }

  /** Looks at what the probes cost, once a second, drops and adds some, and says how they stand. */
  review(nowNs: number): readonly Draft[] {
    const elapsedNs = nowNs - this.#reviewedNs;
    if (elapsedNs < floodNs) return [];
    const { budget } = this.#options;
    const loads = this.#loads(elapsedNs);
    const isFlood = overBudget(loads, budget * flood).length > 0;
    if (elapsedNs < reviewNs && !isFlood) return [];
    this.#reviewedNs = nowNs;
    for (const station of this.#stations) station.recent = 0;
    this.#drop(overBudget(isFlood ? loads : meanOf(loads, this.#before), budget));
    this.#before = loads;
    if (!isFlood) this.#addReturns(loads);
    return this.news();
  }

  /** Leaves none. Throws TRACEFS. */
  async remove(): Promise<void> {
    await Promise.allSettled(this.#disabling);
    await Promise.all(this.#groups.splice(0).map((group) => group.remove()));
  }

  #place(stations: readonly Station[]): void {
    if (stations.length === 0) return;
    const group = this.#options.place(stations.flatMap(({ points }) => points.map(({ plan }) => plan)));
    this.#groups.push(group);
    const sinceNs = this.#options.now();
    for (const station of stations) Object.assign(station, { group, state: 'running', sinceNs });
  }

  /** What was entered before its returns were probed may have returned unseen. */
  #isPaired({ probe, at, atNs }: Edge): boolean {
    const returns = this.#tallies.get(probe)?.returns;
    return returns?.state === 'running' && (at === 'return' || atNs >= returns.sinceNs);
  }

  #pairOf(edge: Edge): SeenCall | undefined {
    const paired = this.#pairs.take(edge);
    return paired && seenCall(paired.entry, paired.exit);
  }

  /** A call of which nothing but its entry is known. */
  #callAt(edge: Edge): SeenCall | undefined {
    return edge.at === 'entry' && !this.#pairs.isRestart(edge) ? seenCall(edge) : undefined;
  }

  /** What was lost was hit as well: whose it was is not known, so it goes with what was seen beside it. */
  #countLost({ hits, lost }: ReturnType<UprobeGroup['drain']>): void {
    if (lost === 0) return;
    for (const hit of hits) {
      const station = this.#byAddress.get(addressOf(hit))?.station;
      if (station !== undefined) station.recent += lost / hits.length;
    }
  }

  #loads(elapsedNs: number): readonly ProbeLoad[] {
    return this.#stations.flatMap(({ event, state, recent, costNs }) =>
      state === 'running' ? [{ event, hitsPerSecond: (recent / elapsedNs) * 1e9, costNs }] : [],
    );
  }

  #drop(loads: readonly ProbeLoad[]): void {
    for (const load of loads) {
      const dropped = this.#stations.find(({ event }) => event === load.event);
      if (dropped === undefined) continue;
      const why = overText(load, this.#options.budget);
      // Without its entry a return tells nothing.
      for (const station of [dropped, ...this.#returnsOf(dropped)]) {
        if (station.state === 'running') {
          const disabled = station.group?.disable(station.event) ?? Promise.resolve();
          this.#disabling.push(disabled.catch(() => {})); // the removal at the end says why
        }
        station.state = 'dropped';
        station.why = why;
        for (const { probe } of station.points) this.#pairs.forget(probe);
      }
    }
  }

  #returnsOf(entry: Station): readonly Station[] {
    return [...this.#tallies.values()].flatMap((tally) =>
      tally.entry === entry && tally.returns !== undefined ? [tally.returns] : [],
    );
  }

  /** A return costs some 20 times what an entry costs: it is placed where the calls that were seen leave room for it. */
  #addReturns(loads: readonly ProbeLoad[]): void {
    const waiting = this.#stations.filter(({ at, state }) => at === 'return' && state === 'waiting');
    const candidates = waiting.flatMap(({ event, costNs }): ProbeLoad[] => {
      const entry = loads.find((load) => load.event === event.replace(/return$/, 'entry'));
      return entry === undefined ? [] : [{ event, hitsPerSecond: entry.hitsPerSecond, costNs }];
    });
    const chosen = affordable(candidates, { loads, budget: this.#options.budget });
    const stations = waiting.filter(({ event }) => chosen.some((load) => load.event === event));
    try {
      this.#place(stations);
    } catch (error) {
      if (!(error instanceof GctopError)) throw error;
      // The entries are there and go on telling of the calls.
      for (const station of stations) Object.assign(station, { state: 'dropped', why: error.message });
    }
  }

  /** How the probes stand, where that is news. */
  news(): readonly Draft[] {
    const { target, points } = this.#options;
    const missing = points.missing.map(
      (probe) => ({ ...stateOf(target, probe), state: 'missing', detail: notThere }) as const,
    );
    const refused = points.refused.map(
      ({ probe, why }) => ({ ...stateOf(target, probe), state: 'failed', detail: why }) as const,
    );
    const placed = [...this.#tallies].map(([probe, tally]) => this.#stateOf(probe, tally));
    const all: readonly ProbeDraft[] = [...missing, ...refused, ...placed];
    return all.filter((draft) => {
      const text = JSON.stringify(draft);
      const isNews = this.#told.get(draft.probe) !== text;
      this.#told.set(draft.probe, text);
      return isNews;
    });
  }

  #stateOf(probe: ProbeName, { entry, returns, entered, returned }: Tally): ProbeDraft {
    const { target, costs } = this.#options;
    const hits = entered + returned;
    const spentNs = entered * entry.costNs + (returns === undefined ? 0 : returned * returns.costNs);
    const costNs = Math.round(hits === 0 ? entry.costNs : spentNs / hits);
    const detail = entry.why ?? (returns?.why === undefined ? undefined : `its returns: ${returns.why}`);
    return {
      ...stateOf(target, probe),
      state: entry.state === 'dropped' ? 'dropped' : 'running',
      hits,
      ...(costs === undefined ? {} : { costNs }),
      ...(returns === undefined ? {} : { returns: returns.state === 'running' }),
      ...(detail === undefined ? {} : { detail }),
    };
  }
}

type ProbeDraft = Extract<Draft, { type: 'probe' }>;

const stateOf = (target: string, probe: ProbeName) => ({ type: 'probe', target, probe, attempt: 1 }) as const;

/** Of these a return would tell nothing: they have no result, and how long they take is no figure of the collector. */
const untold: ReadonlySet<ProbeName> = new Set([
  'allocSpan',
  'gcAssistAlloc1',
  'gcSetTriggerRatio',
  'commit',
  'gcPaceSweeper',
]);

const notThere = 'the program does not have this function';

const reviewNs = 1e9;
/** What costs so many times the budget is not waited for. */
const flood = 5;
const floodNs = 200e6;

/** Of this review and the one before it: what is a little over for one second alone is not dropped. */
const meanOf = (loads: readonly ProbeLoad[], before: readonly ProbeLoad[]): readonly ProbeLoad[] =>
  loads.map((load) => {
    const earlier = before.find(({ event }) => event === load.event) ?? load;
    return { ...load, hitsPerSecond: (load.hitsPerSecond + earlier.hitsPerSecond) / 2 };
  });

function overText(load: ProbeLoad, budget: number): string {
  const hits = Math.round(load.hitsPerSecond).toLocaleString('en-US');
  const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
  return `over the budget: ${hits} hits/s at ${(load.costNs / 1000).toFixed(1)} us are ${percent(shareOf(load))} of a core, the budget is ${percent(budget)}`;
}

const seenCall = (entry: Edge, exit?: Edge): SeenCall => ({
  probe: entry.probe,
  atNs: entry.atNs,
  ...(exit === undefined ? {} : { durationNs: exit.atNs - entry.atNs }),
  goid: (entry.caller ?? exit?.caller)?.goid,
  args: entry.values,
  results: exit?.values ?? {},
});
