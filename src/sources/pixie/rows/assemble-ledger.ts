import type { Evidence, GcCycle } from '../../../gc/cycle.js';
import type { ProbeName } from '../../../gc/probe.js';
import { type Bytes, bytes, durationNs, type Nanos, nanos } from '../../../gc/units.js';
import { type Cause, Causes, type CycleBegin } from './assemble-cause.js';
import { CycleNumbers } from './assemble-numbers.js';
import type { Stop } from './assemble-stops.js';
import { countOf, type LostRows, type Telling } from './assemble-telling.js';
import { beganNs, type CallRow } from './rows.js';

/** A cycle that began: its first stop, and what is behind it. */
export interface Begun extends CycleBegin {
  readonly stop: Stop;
  readonly cause: Cause;
}

/** What is known of a cycle when it ends. */
export interface Ended {
  readonly begun: Begun | undefined;
  /** Its last stop; absent where that was lost. */
  readonly stop?: Stop;
  readonly endNs: number;
  readonly commit: CallRow | undefined;
  readonly running: ReadonlySet<ProbeName>;
}

/** Counts the cycles, words what is known of each, and tells them in order. */
export class CycleLedger {
  readonly #telling: Telling;
  readonly #causes = new Causes();
  /** Cycles, and gaps between them, that wait to be told in order: where a cause is open, and what is behind it. */
  #held: (Held | LostRows)[] = [];
  readonly #numbers = new CycleNumbers();
  /** The end of the last cycle; undefined where one may have been missed since. */
  #lastEndNs: number | undefined;
  /** The highest number that was told. */
  #told = 0;
  #toldEndNs: Nanos | undefined;

  constructor(telling: Telling) {
    this.#telling = telling;
  }

  /** Rows of all probes, in order. */
  take(row: CallRow): void {
    this.#causes.take(row);
    if (row.probe === 'gcWaitOnMark') this.#learnNumber(row);
    if (row.probe === 'GC' && this.#held.length > 0) this.#release(row.atNs);
  }

  begin(call: CallRow, stop: Stop, running: ReadonlySet<ProbeName>): Begun {
    const [, told] = call.values;
    this.#missedBefore(stop.beginNs, this.#numbers.began(stop.stoppedNs, told));
    const begin = { call, beginNs: stop.beginNs, lastEndNs: this.#lastEndNs };
    return { ...begin, stop, cause: this.#causes.of(begin, running) };
  }

  finish(ended: Ended): void {
    const { begun, endNs } = ended;
    const isWatched = ended.running.has('gcStart');
    // A cycle whose begin was not seen: others may have gone unseen before it.
    const isFirst = this.#lastEndNs === undefined && this.#numbers.last === undefined;
    if (begun === undefined && isWatched && !isFirst) {
      this.missed({ fromNs: this.#lastEndNs ?? endNs, toNs: endNs, reason: missedCycle });
    }
    const number = begun === undefined ? undefined : this.#numbers.last;
    this.#held.push({ ended, number, heldUntilNs: endNs + causeWithinNs });
    this.#lastEndNs = endNs;
    this.#release(endNs);
  }

  /** Cycles may have gone unseen here: what follows has no number until runtime.GC tells one. */
  missed(lost: LostRows): void {
    this.#held.push(lost);
    this.forget(lost.toNs);
    this.#release(Number.NEGATIVE_INFINITY);
  }

  /** The same before any cycle was told: nothing was promised yet that a gap would have to take back. */
  forget(untilNs: number): void {
    this.#numbers.lose(untilNs);
    this.#lastEndNs = undefined;
  }

  /** A cause is decided as soon as no row from up to then is to come. */
  get dueNs(): number {
    const first = this.#held[0];
    return first !== undefined && isCycle(first) ? first.heldUntilNs : Number.POSITIVE_INFINITY;
  }

  /** No row from before `nowNs` is to come. */
  advance(nowNs: number): void {
    if (nowNs > this.dueNs) this.#release(nowNs);
  }

  /** No more rows are to come. */
  end(): void {
    this.#release(Number.POSITIVE_INFINITY);
  }

  #learnNumber(wait: CallRow): void {
    this.#missedBefore(beganNs(wait), this.#numbers.learn(wait));
  }

  /** So many cycles ended before this of which no row came. */
  #missedBefore(toNs: number, lost: number): void {
    if (lost === 0) return;
    this.#held.push({ fromNs: Math.min(this.#lastEndNs ?? toNs, toNs), toNs, lost, reason: missedCycle });
    this.#release(Number.NEGATIVE_INFINITY);
  }

  #release(nowNs: number): void {
    for (;;) {
      const first = this.#held[0];
      if (first === undefined) return;
      if (!isCycle(first)) {
        this.#held.shift();
        this.#telling.gap(first);
        continue;
      }
      const trigger = this.#triggerOf(first, nowNs);
      if (trigger === undefined) return;
      this.#held.shift();
      this.#tell(first, trigger);
    }
  }

  /** Undefined where it is still open. */
  #triggerOf({ ended: { begun }, heldUntilNs }: Held, nowNs: number): GcCycle['trigger'] | undefined {
    if (begun === undefined) return 'unknown';
    if (!begun.cause.isOpen) return begun.cause.trigger;
    if (this.#causes.isForced(begun)) return 'forced';
    return nowNs > heldUntilNs ? begun.cause.trigger : undefined;
  }

  #tell({ ended, number }: Held, trigger: GcCycle['trigger']): void {
    const { begun, stop, endNs, commit } = ended;
    const cycle: Writable<GcCycle> = { trigger, endAtNs: nanos(0), evidence: evidenceOf(ended) };
    // A number that was told before would be a second cycle of that name.
    if (number !== undefined && number > this.#told) {
      cycle.number = number;
      this.#told = number;
    }
    const at = this.#mapping(begun?.stop.beginNs ?? stop?.beginNs ?? endNs);
    if (begun !== undefined) {
      cycle.sweepTermAtNs = at(begun.stop.beginNs);
      cycle.markAtNs = at(begun.stop.endNs);
    }
    if (stop !== undefined) cycle.markTermAtNs = at(stop.beginNs);
    cycle.endAtNs = at(endNs);
    if (begun !== undefined && stop !== undefined) {
      cycle.pauseNs = durationNs(lengthOf(begun.stop) + lengthOf(stop));
    }
    Object.assign(cycle, heapOf(commit));
    this.#toldEndNs = cycle.endAtNs;
    this.#telling.event({ kind: 'cycle', cycle });
  }

  /** Node time as session time; a clock that was set back between two cycles must not make them overlap. */
  #mapping(firstNs: number): (nodeNs: number) => Nanos {
    const overlapNs = Math.max(0, (this.#toldEndNs ?? -Infinity) - this.#telling.toSessionNs(firstNs));
    return (nodeNs) => nanos(this.#telling.toSessionNs(nodeNs) + overlapNs);
  }
}

interface Held {
  readonly ended: Ended;
  readonly number: number | undefined;
  readonly heldUntilNs: number;
}

const isCycle = (held: Held | LostRows): held is Held => 'ended' in held;

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** runtime.GC returns when the sweep that follows its cycle is done; where that alone tells the cause, it is awaited. */
const causeWithinNs = 2e9;
/** The reason of the gap where a cycle is missing, or its begin or its end. */
export const missedCycle = 'a cycle was not seen whole';

const lengthOf = (stop: Stop): number => stop.endNs - stop.beginNs;

/** Whole as far as probes run that could tell it. */
function evidenceOf({ begun, stop, running }: Ended): Evidence {
  const beginIsMissing = begun === undefined && running.has('gcStart');
  return stop === undefined || beginIsMissing ? 'partial' : 'derived';
}

/**
 * endCycle stores the goal of the ending cycle as lastHeapGoal, and gcMark what it marked, before the pacer commits
 * (runtime/mgcpacer.go, mgc.go).
 */
function heapOf(commit: CallRow | undefined): Pick<GcCycle, 'heapMarked' | 'heapGoal'> {
  if (commit === undefined) return {};
  const [marked, goal] = commit.values;
  const known: { heapMarked?: Bytes; heapGoal?: Bytes | 'none' } = {};
  const heapMarked = countOf(marked);
  if (heapMarked !== undefined) known.heapMarked = bytes(heapMarked);
  if (goal !== undefined && !Number.isNaN(goal)) {
    const heapGoal = countOf(goal);
    known.heapGoal = heapGoal === undefined ? 'none' : bytes(heapGoal);
  }
  return known;
}
