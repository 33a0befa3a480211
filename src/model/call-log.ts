import type { ProbeName } from '../gc/probe.js';
import { type Nanos, nanos } from '../gc/units.js';
import type { CallEntry, CallSumEntry, JournalEntry } from './journal-entry.js';
import { TimeRing } from './time-ring.js';

/** How many calls are kept: of the functions that run a few times a cycle, their folded lines, and all others. */
export const callCapacity = { milestones: 2048, lines: 256, others: 2048 } as const;

/** The functions that mark a cycle's way; all others are called too often for the overview. */
const milestones: ReadonlySet<string> = new Set<ProbeName>(['GC', 'gcWaitOnMark', 'gcSweep']);

/** Calls of one function follow each other in one line unless they are further apart. */
const neighbourNs = 2e9;

type Told = CallEntry | CallSumEntry;

/** The calls that were told one by one or added up, each kind bounded by itself, so that a flood of one leaves the others alone. */
export class CallLog {
  #milestones = new TimeRing<Told>(callCapacity.milestones, timeOf);
  #others = new TimeRing<Told>(callCapacity.others, timeOf);
  #lines = new TimeRing<CallLine>(callCapacity.lines, timeOf);

  push(entry: Told): void {
    if (!milestones.has(entry.probe)) {
      this.#others.insert(entry);
      return;
    }
    this.#milestones.insert(entry);
    const before = this.#lines.at(this.#lines.countUpTo(entry.atNs) - 1);
    if (before?.first.probe === entry.probe && entry.atNs - before.atNs < neighbourNs) {
      before.atNs = entry.atNs;
      before.count += countOf(entry);
      before.longestNs = longer(before.longestNs, longestOf(entry));
    } else {
      const line = { first: entry, count: countOf(entry), longestNs: longestOf(entry) };
      this.#lines.insert({ atNs: entry.atNs, ...line });
    }
  }

  /** The newest lines of the overview, oldest first. */
  newestLines(untilNs: Nanos, count: number): readonly JournalEntry[] {
    return this.#lines.newestUpTo(untilNs, count).map(toEntry);
  }

  /** The newest calls that mark a cycle's way, and of all others, each a line. */
  newestMilestones = (untilNs: Nanos, count: number): readonly Told[] =>
    this.#milestones.newestUpTo(untilNs, count);
  newestOthers = (untilNs: Nanos, count: number): readonly Told[] => this.#others.newestUpTo(untilNs, count);

  /** How many there were up to an instant: lines of the overview, or all calls. */
  totalUpTo(atNs: Nanos, what: 'lines' | 'calls'): number {
    const rings = what === 'lines' ? [this.#lines] : [this.#milestones, this.#others];
    return rings.reduce((sum, ring) => sum + ring.total - ring.length + ring.countUpTo(atNs), 0);
  }

  /** How many calls are no longer kept. */
  get gone(): number {
    return [this.#milestones, this.#others].reduce((sum, ring) => sum + ring.total - ring.length, 0);
  }

  /** The log as it is now; what is told later does not change it. */
  copy(): CallLog {
    const copy = new CallLog();
    copy.#milestones = this.#milestones.copy((entry) => entry);
    copy.#others = this.#others.copy((entry) => entry);
    copy.#lines = this.#lines.copy((line) => ({ ...line }));
    return copy;
  }
}

interface CallLine {
  /** Of the newest that is told in it. */
  atNs: Nanos;
  readonly first: Told;
  count: number;
  longestNs: Nanos | undefined;
}

function timeOf({ atNs }: { readonly atNs: Nanos }): Nanos {
  return atNs;
}

const toEntry = ({ atNs, first, count, longestNs }: CallLine): JournalEntry =>
  count === countOf(first) ? first : { atNs, type: 'calls', probe: first.probe, count, longestNs };

const countOf = (entry: Told): number => (entry.type === 'call' ? 1 : entry.calls);
const longestOf = (entry: Told): Nanos | undefined =>
  entry.type === 'call' ? entry.durationNs : entry.longestNs;

const longer = (a: Nanos | undefined, b: Nanos | undefined): Nanos | undefined =>
  a === undefined || b === undefined ? (a ?? b) : nanos(Math.max(a, b));
