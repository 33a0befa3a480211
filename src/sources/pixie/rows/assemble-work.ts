import type { GcEvent } from '../../../gc/event.js';
import { durationNs, pages, workUnits } from '../../../gc/units.js';
import { callOf } from './assemble-call.js';
import { countOf, type Telling, timesOf } from './assemble-telling.js';
import type { CallRow } from './rows.js';

/** Calls are summed over so long. */
export const sumNs = 10e6;
/** So many calls of one kind in that time are told one by one. */
export const fewCalls = 4;
/** So many calls a second are told for the log, of all four kinds together. */
export const callsPerSecond = 1000;

type WorkKind = 'alloc' | 'sweep' | 'mark' | 'assist';

/** The kind of work that a probe's calls do, and which of its values is the amount. */
const works: Partial<Record<CallRow['probe'], { readonly kind: WorkKind; readonly amount: number }>> = {
  allocSpan: { kind: 'alloc', amount: 0 },
  // All ones say that nothing is left to sweep (runtime/mgcsweep.go): a call as any other, which swept no page.
  sweepone: { kind: 'sweep', amount: 0 },
  gcDrainN: { kind: 'mark', amount: 1 },
  gcAssistAlloc1: { kind: 'assist', amount: 0 },
};

/** The frequent calls: always summed, one by one where they are few, and as calls for the log up to a rate. */
export class WorkSums {
  readonly #telling: Telling;
  readonly #bins: Readonly<Record<WorkKind, Bin>> = {
    alloc: newBin(),
    sweep: newBin(),
    mark: newBin(),
    assist: newBin(),
  };
  #second = Number.NEGATIVE_INFINITY;
  #callsInSecond = 0;
  /** When the first open bin ends. */
  #nextEndNs = Number.POSITIVE_INFINITY;

  constructor(telling: Telling) {
    this.#telling = telling;
  }

  /** Whether the row was one of these calls. Rows come in order. */
  take(row: CallRow): boolean {
    const work = works[row.probe];
    if (work === undefined) return false;
    this.#tellCall(row);
    const bin = this.#bins[work.kind];
    const index = Math.floor(row.atNs / sumNs);
    if (bin.index !== index) {
      this.#close(work.kind, bin);
      bin.index = index;
    }
    const amount = countOf(row.values[work.amount]) ?? 0;
    bin.calls++;
    bin.amount += amount;
    if (bin.calls <= fewCalls) bin.single.push({ row, amount });
    this.#nextEndNs = Math.min(this.#nextEndNs, (index + 1) * sumNs);
    return true;
  }

  /** What is open is complete as soon as no row from up to then is to come. */
  get dueNs(): number {
    return this.#nextEndNs - 1;
  }

  /** No row from before `nowNs` is to come. */
  advance(nowNs: number): void {
    if (nowNs < this.#nextEndNs) return;
    this.#nextEndNs = Number.POSITIVE_INFINITY;
    for (const kind of workKinds) {
      const bin = this.#bins[kind];
      if (bin.calls === 0) continue;
      const endNs = (bin.index + 1) * sumNs;
      if (endNs <= nowNs) this.#close(kind, bin);
      else this.#nextEndNs = Math.min(this.#nextEndNs, endNs);
    }
  }

  /** Time may begin again before what was seen. */
  cut(): void {
    this.#second = Number.NEGATIVE_INFINITY;
  }

  #close(kind: WorkKind, bin: Bin): void {
    if (bin.calls > fewCalls) {
      const atNs = this.#telling.toSessionNs(bin.index * sumNs);
      this.#telling.event(workEvent(kind, { atNs, durationNs: durationNs(sumNs) }, bin));
    } else {
      for (const { row, amount } of bin.single) {
        this.#telling.event(workEvent(kind, timesOf(row, this.#telling), { calls: 1, amount }));
      }
    }
    bin.calls = 0;
    bin.amount = 0;
    bin.single.length = 0;
  }

  #tellCall(row: CallRow): void {
    const second = Math.floor(row.atNs / 1e9);
    if (second < this.#second) return;
    if (second > this.#second) this.#callsInSecond = 0;
    this.#second = second;
    this.#callsInSecond++;
    if (this.#callsInSecond <= callsPerSecond) this.#telling.event(callOf(row, this.#telling));
  }
}

interface Bin {
  index: number;
  calls: number;
  amount: number;
  /** The first few calls. */
  readonly single: { readonly row: CallRow; readonly amount: number }[];
}

const workKinds: readonly WorkKind[] = ['alloc', 'sweep', 'mark', 'assist'];

const newBin = (): Bin => ({ index: Number.NaN, calls: 0, amount: 0, single: [] });

interface Sum {
  readonly calls: number;
  readonly amount: number;
}

function workEvent(kind: WorkKind, times: ReturnType<typeof timesOf>, { calls, amount }: Sum): GcEvent {
  // Work of single calls is far from 2^53, but nothing stops a mistaken row from saying so.
  const safe = Math.min(amount, Number.MAX_SAFE_INTEGER);
  if (kind === 'alloc' || kind === 'sweep') return { kind, calls, pages: pages(safe), ...times };
  return { kind, calls, work: workUnits(safe), ...times };
}
