import type { ProbeName } from '../../gc/probe.js';

/** A probe that fired where a function is entered or returns. */
export interface Edge {
  readonly probe: ProbeName;
  readonly at: 'entry' | 'return';
  /** ns. */
  readonly atNs: number;
  readonly tid: number;
  readonly sp: bigint;
  /** Unknown where no register is known to hold g. */
  readonly caller: Caller | undefined;
  /** What was read: arguments at an entry, results at a return. */
  readonly values: Readonly<Record<string, number>>;
}

/** For whom a function runs, and how deep in the stack, which stays the same when the stack is moved. */
export interface Caller {
  /** 0 where the thread has no goroutine. */
  readonly goid: number;
  readonly depth: bigint;
}

/** A call of which both ends were seen. */
export interface PairedCall {
  readonly entry: Edge;
  readonly exit: Edge;
}

/**
 * Makes calls of entries and returns, which come in the order of time. A function may run within itself: where gcStart
 * allocates, it may come upon the trigger again.
 */
export class CallPairs {
  readonly #open = new Map<ProbeName, Edge[]>();
  /** The last entries that were asked about. */
  readonly #alone = new Map<ProbeName, Edge>();
  /** Returns of calls whose entry was not seen. */
  unmatched = 0;
  /** Entries that came twice: the stack check had to grow the stack, or let another goroutine run, and began anew. */
  restarts = 0;

  /** Takes the next edge; gives the call that it ends. */
  take(edge: Edge): PairedCall | undefined {
    const begun = this.#open.get(edge.probe) ?? [];
    this.#open.set(edge.probe, begun);
    const index =
      edge.at === 'entry' ? begun.findIndex((entry) => isSame(entry, edge)) : entryOf(begun, edge);
    const entry = index < 0 ? undefined : begun.splice(index, 1)[0];
    if (edge.at === 'entry') {
      if (entry !== undefined) this.restarts++;
      begun.push({ ...edge, atNs: entry?.atNs ?? edge.atNs });
      if (begun.length > mostOpen) begun.shift();
      return undefined;
    }
    if (entry === undefined) this.unmatched++;
    return entry && { entry, exit: edge };
  }

  /**
   * Whether an entry, of which no return is to be seen, begins the call before it anew: its stack was moved meanwhile, and is
   * as deep as it was.
   */
  isRestart(edge: Edge): boolean {
    const last = this.#alone.get(edge.probe);
    this.#alone.set(edge.probe, edge);
    const isAgain =
      last?.caller !== undefined &&
      isSame(last, edge) &&
      last.sp !== edge.sp &&
      edge.atNs - last.atNs < moveNs;
    if (isAgain) this.restarts++;
    return isAgain;
  }

  /** How many calls have not returned. */
  get open(): number {
    return [...this.#open.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Nothing is known any more of calls that are under way. */
  forget(probe: ProbeName): void {
    this.#open.delete(probe);
  }
}

/** To copy a stack takes microseconds. */
const moveNs = 1e6;

/** Of one function at a time: as many threads are never in it, so the oldest one's return was lost. */
const mostOpen = 1024;

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
