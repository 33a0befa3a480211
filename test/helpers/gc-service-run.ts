import type { CycleTrigger, GcCycle } from '../../src/gc/cycle.js';
import { bytes, durationNs, type Nanos, nanos } from '../../src/gc/units.js';

/** One cycle of the simulated service, and when its sweep was over. */
export interface SimulatedCycle {
  readonly cycle: GcCycle;
  readonly sweepEndNs: Nanos;
}

/** The heap at an instant, as the sampler would read it. */
export interface SimulatedHeap {
  readonly atNs: Nanos;
  readonly live: number;
  readonly marked: number;
  readonly goal: number;
  readonly trigger: number;
  readonly totalAlloc: number;
}

export interface SimulatedRun {
  readonly cycles: readonly SimulatedCycle[];
  readonly readings: readonly SimulatedHeap[];
}

/** Something sent on a key: so many requests at once, collecting at their end or not. */
export interface SimulatedRequest {
  readonly atMs: number;
  readonly requests: number;
  readonly collects: boolean;
}

/** The same numbers each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const MiB = 2 ** 20;
const stepMs = 0.5;
const readEveryMs = 50;
/** One request: 1,000 strings of 8,192 bytes, in about this time. */
const requestBytes = 8.05 * MiB;
const requestMs = 54;
const procs = 4;

/** gc-service under twelve requests a second, GOGC 100: heap and collector as the pacer would drive them. */
export function simulateGcService(endMs: number, sent: readonly SimulatedRequest[]): SimulatedRun {
  const random = randomNumbers(7);
  const between = (low: number, high: number): number => low + random() * (high - low);
  const requests = steadyRequests(endMs, between);
  const arrivals = [...requests, ...sent].sort((a, b) => a.atMs - b.atMs);
  const running: { toMs: number; count: number; collects: boolean }[] = [];
  const cycles: SimulatedCycle[] = [];
  const readings: SimulatedHeap[] = [];
  let live = 30 * MiB;
  let marked = 25 * MiB;
  let totalAlloc = 40_000 * MiB;
  let mark: { readonly fromMs: number; readonly toMs: number; cycle: Draft } | undefined;
  let forced = false;
  let nextReadMs = 0;

  for (let ms = 0; ms < endMs; ms += stepMs) {
    while (arrivals[0] !== undefined && arrivals[0].atMs <= ms) {
      const { requests: count, collects } = arrivals.shift() ?? { requests: 0, collects: false };
      running.push({ toMs: ms + requestMs, count, collects });
    }
    const underWay = running.reduce((sum, { count }) => sum + count, 0);
    const grown = (underWay * requestBytes * stepMs) / requestMs;
    live += grown;
    totalAlloc += grown;
    for (let index = running.length - 1; index >= 0; index--) {
      const request = running[index];
      if (request === undefined || request.toMs > ms) continue;
      forced ||= request.collects;
      running.splice(index, 1);
    }
    const goal = 2.02 * marked;
    const trigger = marked + 0.885 * (goal - marked);
    if (mark === undefined && (live >= trigger || forced)) {
      mark = begin(ms, { live, goal, trigger: forced ? 'forced' : 'heap', underWay, between });
      forced = false;
    }
    if (mark !== undefined && ms >= mark.toMs) {
      const heapMarked = between(22.2, 26.3) * MiB + Math.max(0, underWay - 1) * 1.5 * MiB;
      const sweepMs = between(70, 110);
      cycles.push(finish(mark.cycle, { heapAtEnd: live, heapMarked, sweepMs, between }));
      live = heapMarked;
      marked = heapMarked;
      mark = undefined;
    }
    if (ms >= nextReadMs) {
      readings.push({ atNs: nanos(ms * 1e6), live, marked, goal, trigger, totalAlloc });
      nextReadMs += readEveryMs;
    }
  }
  return { cycles, readings };
}

type Between = (low: number, high: number) => number;

function steadyRequests(endMs: number, between: Between): readonly SimulatedRequest[] {
  const requests: SimulatedRequest[] = [];
  for (let atMs = 20; atMs < endMs; atMs += between(62, 105))
    requests.push({ atMs, requests: 1, collects: false });
  return requests;
}

interface Draft {
  readonly trigger: CycleTrigger;
  readonly sweepTermAtMs: number;
  readonly sweepTermUs: number;
  readonly markMs: number;
  readonly heapAtStart: number;
  readonly heapGoal: number;
  readonly assistMs: number;
}

function begin(
  ms: number,
  now: { live: number; goal: number; trigger: CycleTrigger; underWay: number; between: Between },
): { readonly fromMs: number; readonly toMs: number; readonly cycle: Draft } {
  const crowded = now.underWay > 3;
  const markMs = now.between(16.1, 20.2) + (crowded ? 5 : 0);
  const cycle: Draft = {
    trigger: now.trigger,
    sweepTermAtMs: ms,
    sweepTermUs: now.between(19, 56),
    markMs,
    heapAtStart: now.live,
    heapGoal: now.goal,
    assistMs: crowded ? 40 : now.between(0.05, 0.6),
  };
  return { fromMs: ms, toMs: ms + markMs, cycle };
}

function finish(
  draft: Draft,
  end: { heapAtEnd: number; heapMarked: number; sweepMs: number; between: Between },
): SimulatedCycle {
  const stopMs = end.between(33, 84) / 1e3;
  const firstStopMs = draft.sweepTermUs / 1e3;
  const at = (ms: number): Nanos => nanos(Math.round((draft.sweepTermAtMs + ms) * 1e6));
  const cpuNs = (ms: number): Nanos => durationNs(Math.round(ms * 1e6));
  const endMs = firstStopMs + draft.markMs + stopMs;
  const cycle: GcCycle = {
    trigger: draft.trigger,
    sweepTermAtNs: at(0),
    markAtNs: at(firstStopMs),
    markTermAtNs: at(firstStopMs + draft.markMs),
    endAtNs: at(endMs),
    pauseNs: cpuNs(firstStopMs + stopMs),
    heapAtStart: bytes(Math.round(draft.heapAtStart)),
    heapAtEnd: bytes(Math.round(end.heapAtEnd)),
    heapMarked: bytes(Math.round(end.heapMarked)),
    heapGoal: bytes(Math.round(draft.heapGoal)),
    stackScan: bytes(215_040),
    globalsScan: bytes(346_112),
    cpu: {
      sweepTermNs: cpuNs(firstStopMs * procs),
      assistNs: cpuNs(draft.assistMs),
      dedicatedNs: cpuNs(draft.markMs * 0.99),
      fractionalNs: durationNs(0),
      idleNs: cpuNs(end.between(9, 14)),
      markTermNs: cpuNs(stopMs * procs),
    },
    procs,
    stwProcs: procs,
    evidence: 'exact',
  };
  return { cycle, sweepEndNs: at(endMs + end.sweepMs) };
}
