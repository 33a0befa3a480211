import { eventAtNs, type GcEvent } from '../../gc/event.js';
import { amountColumns, type ProbeName } from '../../gc/probe.js';
import { durationNs, nanos, pages, workUnits } from '../../gc/units.js';
import { frequentCalls } from './call-points.js';

/** A probed call; without `durationNs` only its entry was seen. */
export interface SeenCall {
  readonly probe: ProbeName;
  readonly atNs: number;
  readonly durationNs?: number;
  readonly goid: number | undefined;
  readonly args: Readonly<Record<string, number>>;
  readonly results: Readonly<Record<string, number>>;
}

/** As many calls a second are told one by one. */
export const callsPerSecond = 1000;
/** Of them so many are for functions that run a few times a cycle. */
const reserved = 250;

/** Tells calls: one by one up to a rate, then added up by function; and the work that they did. */
export class CallTeller {
  /** How many more may be told one by one. */
  #left = callsPerSecond;
  #lastNs: number | undefined;

  /** The calls of one stretch of time, which ends at `nowNs`, as events in the order of time. */
  tell(calls: readonly SeenCall[], nowNs: number): readonly GcEvent[] {
    this.#refill(nowNs);
    const byProbe = new Map<ProbeName, SeenCall[]>();
    for (const call of calls) {
      const same = byProbe.get(call.probe);
      if (same === undefined) byProbe.set(call.probe, [call]);
      else same.push(call);
    }
    const events: GcEvent[] = [];
    // The rarest first, and of what is left the frequent ones leave some: because of them no other is ever added up.
    for (const [probe, same] of [...byProbe].sort(([, a], [, b]) => a.length - b.length)) {
      const left = frequentCalls.has(probe) ? this.#left - reserved : this.#left;
      if (same.length <= left || same.length === 1) {
        events.push(...same.map(callEvent));
        this.#left -= same.length;
      } else {
        events.push(sumEvent(probe, same));
        this.#left -= 1;
      }
      events.push(...workEvents(probe, same));
    }
    return events.sort((a, b) => eventAtNs(a) - eventAtNs(b));
  }

  #refill(nowNs: number): void {
    const sinceNs = nowNs - (this.#lastNs ?? nowNs);
    this.#lastNs = nowNs;
    this.#left = Math.min(callsPerSecond, Math.max(0, this.#left) + (sinceNs / 1e9) * callsPerSecond);
  }
}

function callEvent({ probe, atNs, durationNs: lastedNs, goid, args, results }: SeenCall): GcEvent {
  const result = Object.values(results)[0];
  return {
    kind: 'call',
    probe,
    atNs: nanos(atNs),
    ...(lastedNs === undefined ? {} : { durationNs: durationNs(lastedNs) }),
    args,
    ...(result === undefined || result < 0 ? {} : { result }),
    ...(goid === undefined || goid === 0 ? {} : { goid }),
  };
}

function sumEvent(probe: ProbeName, calls: readonly SeenCall[]): GcEvent {
  const args: Record<string, number> = {};
  let result: number | undefined;
  let longest: number | undefined;
  for (const call of calls) {
    for (const [name, value] of Object.entries(call.args))
      if (amountColumns.has(name)) args[name] = (args[name] ?? 0) + value;
    const own = amountIn(call.results);
    if (own !== undefined) result = (result ?? 0) + own;
    if (call.durationNs !== undefined) longest = Math.max(longest ?? 0, call.durationNs);
  }
  return {
    kind: 'calls',
    probe,
    ...stretchOf(calls),
    calls: calls.length,
    args,
    ...(result === undefined ? {} : { result }),
    ...(longest === undefined ? {} : { longestNs: durationNs(longest) }),
  };
}

/** From the first call's begin to the last one's. */
function stretchOf(calls: readonly SeenCall[]) {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { atNs } of calls) {
    first = Math.min(first, atNs);
    last = Math.max(last, atNs);
  }
  return { atNs: nanos(first), durationNs: durationNs(last - first) };
}

/** The one result of a call; all ones (-1) say that there was nothing to do, and are no amount. */
const amountIn = (results: SeenCall['results']): number | undefined =>
  Object.values(results).find((value) => value >= 0);

/** What calls of one function did in sum, where it is known of each. */
function workEvents(probe: ProbeName, calls: readonly SeenCall[]): readonly GcEvent[] {
  // Real work is far from 2^53, but nothing stops a damaged program from saying so.
  const sum = (of: (call: SeenCall) => number | undefined) =>
    calls.reduce((total, call) => Math.min(Number.MAX_SAFE_INTEGER, total + Math.max(0, of(call) ?? 0)), 0);
  const common = { ...stretchOf(calls), calls: calls.length };
  const haveReturned = calls.every(({ durationNs: lastedNs }) => lastedNs !== undefined);
  switch (probe) {
    case 'allocSpan':
      return [{ kind: 'alloc', ...common, pages: pages(sum(({ args }) => args.npages)) }];
    case 'gcAssistAlloc1':
      return [{ kind: 'assist', ...common, work: workUnits(sum(({ args }) => args.scanWork)) }];
    case 'sweepone':
      if (!haveReturned) return [];
      return [{ kind: 'sweep', ...common, pages: pages(sum(({ results }) => amountIn(results))) }];
    case 'gcDrainN':
      if (!haveReturned) return [];
      return [{ kind: 'mark', ...common, work: workUnits(sum(({ results }) => amountIn(results))) }];
    default:
      return [];
  }
}
