import type { CycleTrigger } from '../../../gc/cycle.js';
import type { ProbeName } from '../../../gc/probe.js';
import { beganNs, type CallRow, canShareGoroutine, unknownGoid } from './rows.js';

/** What stands behind a cycle, as far as its begin shows it. */
export interface Cause {
  readonly trigger: CycleTrigger;
  /** Not certain: a runtime.GC call that is still to return may cover the begin. */
  readonly isOpen: boolean;
}

/** A cycle's begin: the gcStart call that really started it, and since when no cycle ran where that is known. */
export interface CycleBegin {
  readonly call: CallRow;
  readonly beginNs: number;
  readonly lastEndNs: number | undefined;
}

/**
 * Why a cycle began. gcStart's own argument tells it: the number of the cycle that runtime.GC wants, the time when the
 * clock ran out, or neither (gcTrigger, runtime/mgc.go). Where it could not be read: runtime.GC waits for the cycle `n`
 * that may run (gcWaitOnMark(n)), and at once calls gcStart for cycle n + 1, so its goroutine's last wait tells a forced
 * cycle.
 */
export class Causes {
  #waits: CallRow[] = [];
  /** Calls of runtime.GC that returned. */
  #forced: CallRow[] = [];

  take(row: CallRow): void {
    if (row.probe === 'gcWaitOnMark') this.#waits = [...this.#waits, row].slice(-callsKept);
    if (row.probe === 'GC') this.#forced = [...this.#forced, row].slice(-callsKept);
  }

  of(begin: CycleBegin, running: ReadonlySet<ProbeName>): Cause {
    const told = toldTrigger(begin.call);
    if (told !== undefined) return { trigger: told, isOpen: false };
    if (this.#waitBefore(begin.call) !== undefined) return { trigger: 'forced', isOpen: false };
    if (isByTime(begin)) return { trigger: 'time', isOpen: false };
    if (running.has('gcWaitOnMark') && begin.call.goid !== unknownGoid) {
      return { trigger: 'heap', isOpen: false };
    }
    if (running.has('GC')) return { trigger: 'heap', isOpen: true };
    return { trigger: 'unknown', isOpen: false };
  }

  /** Whether a call of runtime.GC, which has returned by now, covers the begin. */
  isForced({ call }: CycleBegin): boolean {
    const beginNs = beganNs(call);
    return this.#forced.some(
      (row) => beganNs(row) <= beginNs && row.atNs >= call.atNs && canShareGoroutine(row.goid, call.goid),
    );
  }

  #waitBefore(call: CallRow): CallRow | undefined {
    const beginNs = beganNs(call);
    const withinNs = call.goid === unknownGoid ? strangersWaitNs : ownWaitNs;
    const wait = this.#waits.findLast(
      (row) =>
        row.atNs <= beginNs && row.atNs >= beginNs - withinNs && canShareGoroutine(row.goid, call.goid),
    );
    if (wait === undefined) return undefined;
    // After runtime.GC returned, the goroutine's cycles are its allocations' again.
    const isOver = this.#forced.some(
      (row) => row.atNs >= wait.atNs && row.atNs <= beginNs && canShareGoroutine(row.goid, wait.goid),
    );
    return isOver ? undefined : wait;
  }
}

/** Undefined where Pixie could not read the argument. */
function toldTrigger({ values: [now = Number.NaN, n = Number.NaN] }: CallRow): CycleTrigger | undefined {
  if (n > 0) return 'forced';
  if (now > 0) return 'time';
  return now === 0 && n === 0 ? 'heap' : undefined;
}

/** Calls of a goroutine each that may wait for one another. */
const callsKept = 64;
/** Between a goroutine's wait and its gcStart lies nothing, unless the thread itself had to wait. */
const ownWaitNs = 1e9;
/** Where no goroutine is known, nearness must do: others start cycles too. */
const strangersWaitNs = 50e3;
/** forcegcperiod, runtime/proc.go. */
const forcePeriodNs = 120e9;
/** forcegchelper, which alone starts cycles by time, is the second goroutine of every Go program (runtime/proc.go). */
const helperGoid = 2;

const isByTime = ({ call, beginNs, lastEndNs }: CycleBegin): boolean =>
  call.goid === helperGoid || (lastEndNs !== undefined && beginNs - lastEndNs >= forcePeriodNs);
