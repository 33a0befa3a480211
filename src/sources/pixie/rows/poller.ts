import type { ProbeName } from '../../../gc/probe.js';
import type { ScriptTable } from '../vizier.js';
import { type CallRow, type CallTable, clockOf, compareRows, decodeTable } from './rows.js';

/** How far behind the newest row a table is read again: rows of other CPUs and late pushes carry older times. */
export const overlapNs = 2.5e9;

export interface PollerOptions {
  /** When the watch began, on the node's clock: nothing older is ever asked for. */
  readonly sinceUnixNs: bigint;
  /** The most rows that a table of an answer can have. */
  readonly rowCap: number;
}

/** What one answer taught. Times are ns on the node's clock since the watch began. */
export interface PollNews {
  /** Rows that no earlier answer had. */
  readonly fresh: readonly CallTable[];
  /** Tables that hold more than fitted: ask for these again at once. */
  readonly again: readonly ProbeName[];
  readonly gaps: readonly UnreadRows[];
  /** The node's clock; absent where the answer does not tell it. */
  readonly nodeNowNs: number | undefined;
  /** How much longer than usual rows are waited for, because they came late before. */
  readonly delayNs: number;
  /** The newest row of the answer. */
  readonly newestNs: number | undefined;
  /** Up to here every table was read, late rows included; a table that stays unread holds this back for half a minute. */
  readonly settledNs: number;
}

/** Rows of a table that there were, and that could not be read. */
export interface UnreadRows {
  readonly probe: ProbeName;
  readonly fromNs: number;
  readonly toNs: number;
  readonly reason: string;
}

/**
 * Knows what to read next, and what of an answer is new. Holds the rows of the overlap, up to a number.
 */
export class Poller {
  readonly #sinceUnixNs: bigint;
  readonly #rowCap: number;
  readonly #tables = new Map<ProbeName, Watermark>();
  /** Undefined: all of which there was an answer. */
  #watched: ReadonlySet<ProbeName> | undefined;
  #lastSettledNs = Number.NEGATIVE_INFINITY;
  #delayNs = 0;

  constructor({ sinceUnixNs, rowCap }: PollerOptions) {
    this.#sinceUnixNs = sinceUnixNs;
    this.#rowCap = rowCap;
  }

  /** The time from which to read a table next, included. */
  startUnixNs(probe: ProbeName): bigint {
    return this.#sinceUnixNs + BigInt(this.#tables.get(probe)?.startNs ?? 0);
  }

  /** These tables alone are read from now on: no other one holds anything back. One that comes back goes on where it was. */
  watch(probes: readonly ProbeName[]): void {
    this.#watched = new Set(probes);
  }

  learn(tables: readonly ScriptTable[]): PollNews {
    const clock = clockOf(tables);
    const decoded = tables
      .map((table) => decodeTable(table, this.#sinceUnixNs))
      .filter((table) => table !== undefined);
    const newestNs = newestOf(decoded);
    const nodeNowNs = clock === undefined ? undefined : Number(clock - this.#sinceUnixNs);
    // Without a clock the newest row is the latest time that the node is known to have reached.
    const nowNs = nodeNowNs ?? newestNs ?? 0;
    const gaps: UnreadRows[] = [];
    const again: ProbeName[] = [];
    const fresh = decoded.map((table) => {
      const state = this.#stateOf(table.probe);
      const rows = takeNew(state, table.rows);
      const gap = moveOn(state, { table, nowNs, isFull: table.rows.length >= this.#rowCap });
      if (gap !== undefined) gaps.push({ probe: table.probe, ...gap });
      if (state.resumeNs !== undefined) again.push(table.probe);
      forget(state);
      return { ...table, rows };
    });
    this.#waitForLateRows(fresh);
    const settledNs = this.#settledNs(nowNs);
    this.#lastSettledNs = Math.max(this.#lastSettledNs, settledNs);
    return { fresh, again, gaps, nodeNowNs, delayNs: this.#delayNs, newestNs, settledNs };
  }

  #stateOf(probe: ProbeName): Watermark {
    const known = this.#tables.get(probe);
    if (known !== undefined) return known;
    const state: Watermark = { startNs: 0, newestNs: 0, resumeNs: undefined, readUntilNs: 0, kept: [] };
    this.#tables.set(probe, state);
    return state;
  }

  /**
   * The clock that Pixie tells is its broker's: where the pod's node is behind it, or a PEM is slow to push, rows come after
   * what they belong to was settled. That is noticed by the first of them, and from then on waited for.
   */
  #waitForLateRows(fresh: readonly CallTable[]): void {
    const oldestNs = Math.min(...fresh.map(({ rows }) => rows[0]?.atNs ?? Number.POSITIVE_INFINITY));
    const lateNs = this.#lastSettledNs - oldestNs;
    if (lateNs >= 0) this.#delayNs = Math.min(longestDelayNs, this.#delayNs + lateNs + delaySlackNs);
  }

  #settledNs(nowNs: number): number {
    let settled = nowNs - overlapNs - this.#delayNs;
    for (const [probe, { resumeNs, readUntilNs }] of this.#tables) {
      if (this.#watched?.has(probe) === false) continue;
      settled = Math.min(
        settled,
        resumeNs === undefined ? readUntilNs - overlapNs - this.#delayNs : resumeNs - 1,
      );
    }
    return Math.max(settled, nowNs - maxLagNs);
  }
}

/** How much of one table has been read. */
interface Watermark {
  /** From where it is read next. */
  startNs: number;
  newestNs: number;
  /** An answer was full: where to go on at once. */
  resumeNs: number | undefined;
  /** The node's clock when the table was last read to its end. */
  readUntilNs: number;
  /** Rows that the next answer can hold again, in order. */
  kept: CallRow[];
}

type Unread = Omit<UnreadRows, 'probe'>;

/** So many rows of a table are remembered at most; a fuller overlap is cut shorter, and late rows before it stay unread. */
const mostKept = 100_000;
/** A table that is read slower than it fills, or not at all: beyond this it holds nothing back, and loses its oldest rows. */
const maxLagNs = 30e9;
/** So much longer than the overlap rows are waited for at most, and so much more than was needed. */
const longestDelayNs = 10e9;
const delaySlackNs = 500e6;
/** A row this far ahead of the node's clock was written before that clock was set back. */
const clockSlackNs = 5e9;

function newestOf(tables: readonly CallTable[]): number | undefined {
  const newest = tables.map(({ rows }) => rows.at(-1)?.atNs).filter((atNs) => atNs !== undefined);
  return newest.length === 0 ? undefined : Math.max(...newest);
}

/** The rows that were not there before; both lists are in order. Two rows that are the same in all are one. */
function takeNew(state: Watermark, rows: readonly CallRow[]): CallRow[] {
  const { kept, startNs } = state;
  const fresh: CallRow[] = [];
  const merged: CallRow[] = [];
  let next = 0;
  let last: CallRow | undefined;
  for (const row of rows) {
    // What was not asked for is not remembered either, so it could have been read before.
    if (row.atNs < startNs) continue;
    let old = kept[next];
    while (old !== undefined && compareRows(old, row) < 0) {
      merged.push(old);
      next++;
      old = kept[next];
    }
    const isKnown = old !== undefined && compareRows(old, row) === 0;
    if (isKnown || (last !== undefined && compareRows(last, row) === 0)) continue;
    last = row;
    merged.push(row);
    fresh.push(row);
  }
  for (const old of kept.slice(next)) merged.push(old);
  state.kept = merged;
  return fresh;
}

interface Answer {
  readonly table: CallTable;
  readonly nowNs: number;
  readonly isFull: boolean;
}

/** Moves the watermark past an answer; tells what has to be given up for that. */
function moveOn(state: Watermark, { table, nowNs, isFull }: Answer): Unread | undefined {
  const newestNs = table.rows.at(-1)?.atNs ?? 0;
  state.newestNs = Math.max(state.newestNs, newestNs);
  if (state.newestNs > nowNs + clockSlackNs) state.newestNs = Math.max(0, nowNs);
  const gap = isFull ? resume(state, { table, nowNs, newestNs }) : undefined;
  if (!isFull) {
    state.resumeNs = undefined;
    state.readUntilNs = nowNs;
  }
  state.startNs = state.resumeNs ?? Math.max(0, state.newestNs - overlapNs);
  return gap;
}

/** The oldest rows come first in a full answer, so the rest lies behind its last one. */
function resume(
  state: Watermark,
  { table: { lastNs = 0 }, nowNs, newestNs }: Omit<Answer, 'isFull'> & { readonly newestNs: number },
): Unread | undefined {
  const askedNs = state.startNs;
  if (newestNs <= askedNs) {
    state.resumeNs = newestNs + 1;
    return { fromNs: newestNs, toNs: newestNs + 1, reason: 'more calls in one instant than an answer holds' };
  }
  const resumeNs = lastNs > askedNs ? lastNs : newestNs;
  if (nowNs - resumeNs <= maxLagNs) {
    state.resumeNs = resumeNs;
    return undefined;
  }
  state.resumeNs = nowNs - overlapNs;
  return { fromNs: resumeNs, toNs: state.resumeNs, reason: 'more calls than could be read' };
}

/** Lets go of rows that no answer can hold again, and of the oldest where there are too many. */
function forget(state: Watermark): void {
  const fromNs = Math.min(state.startNs, Math.max(0, state.newestNs - overlapNs));
  let first = countBefore(state.kept, fromNs);
  if (state.kept.length - first > mostKept) {
    const oldest = state.kept[state.kept.length - mostKept - 1];
    if (oldest !== undefined) {
      first = countBefore(state.kept, oldest.atNs + 1);
      state.startNs = Math.max(state.startNs, oldest.atNs + 1);
    }
  }
  if (first > 0) state.kept = state.kept.slice(first);
}

function countBefore(rows: readonly CallRow[], atNs: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.atNs ?? atNs) < atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
