import type { ProbeName } from '../../src/gc/probe.js';
import type { CapturedCall } from './captured-call.js';

/** A probe that fired where a function is entered or returns. */
export interface Edge {
  readonly probe: ProbeName;
  readonly at: 'entry' | 'return';
  readonly atNs: number;
  readonly tid: number;
  readonly sp: bigint;
  /** Unknown where no register is known to hold g. */
  readonly caller: Caller | undefined;
  readonly args: Readonly<Record<string, number>>;
}

/** For whom a function runs, and how deep in the stack, which stays the same when the stack is moved. */
export interface Caller {
  /** 0 where the thread has no goroutine. */
  readonly goid: number;
  readonly depth: bigint;
}

export interface PairedCalls {
  /** In the order in which they returned. */
  readonly calls: readonly CapturedCall[];
  /** Calls that had not returned at the end, and returns of calls that began before: 0 in a good capture. */
  readonly open: number;
  readonly unmatched: number;
  /** Entries that came twice: the stack check had to grow the stack, or let another goroutine run, and began anew. */
  readonly restarts: number;
}

/**
 * Makes calls of entries and returns, which come in the order of time. A function may run within itself: where gcStart
 * allocates, it may come upon the trigger again.
 */
export function pairCalls(edges: readonly Edge[]): PairedCalls {
  const open = new Map<ProbeName, Edge[]>();
  const calls: CapturedCall[] = [];
  let unmatched = 0;
  let restarts = 0;
  for (const edge of edges) {
    const begun = open.get(edge.probe) ?? [];
    open.set(edge.probe, begun);
    const index =
      edge.at === 'entry' ? begun.findIndex((entry) => isSame(entry, edge)) : entryOf(begun, edge);
    const entry = index < 0 ? undefined : begun.splice(index, 1)[0];
    if (edge.at === 'entry') {
      if (entry !== undefined) restarts++;
      begun.push({ ...edge, atNs: entry?.atNs ?? edge.atNs });
    } else if (entry === undefined) unmatched++;
    else calls.push(callOf(entry, edge));
  }
  const left = [...open.values()].reduce((sum, { length }) => sum + length, 0);
  return { calls, open: left, unmatched, restarts };
}

/** A goroutine may change its thread within a call; what runs without a goroutine stays on its thread. */
const isSame = ({ caller: a, tid }: Edge, { caller: b, tid: otherTid }: Edge): boolean =>
  a?.goid === b?.goid && a?.depth === b?.depth && (a?.goid !== 0 || tid === otherTid);

/**
 * Where the caller is not known it is told by the stack pointer, which is the same at a function's first and last
 * instruction, unless the stack was moved: then there must be no other call.
 */
function entryOf(begun: readonly Edge[], edge: Edge): number {
  if (edge.caller !== undefined) return begun.findIndex((entry) => isSame(entry, edge));
  const same = begun.findIndex(({ sp }) => sp === edge.sp);
  return same < 0 && begun.length === 1 ? 0 : same;
}

const callOf = (entry: Edge, exit: Edge): CapturedCall => [
  entry.probe,
  entry.atNs,
  exit.atNs - entry.atNs,
  entry.caller?.goid ?? 0,
  { ...entry.args, ...exit.args },
];
