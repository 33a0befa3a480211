import type { TrafficReport } from '../gc/stream.js';
import { type Nanos, nanos } from '../gc/units.js';
import { CallLog } from './call-log.js';
import { Fold } from './fold.js';
import type { GcShare, JournalEntry, PhaseEntry } from './journal-entry.js';
import { TimeRing } from './time-ring.js';

/** How many lines the overview's log keeps, and how many the unfolded one with its phase changes. */
export const journalCapacity = 2048;
export const unfoldedCapacity = 8192;

/**
 * The event log, kept twice: as the overview shows it, with alike cycles folded into one line and without phase
 * changes, and whole. What comes late goes to its own place in time.
 */
export class Journal {
  #lines = new TimeRing<Line>(journalCapacity, (line) => line.atNs);
  #whole = new TimeRing<JournalEntry>(unfoldedCapacity, (entry) => entry.atNs);
  /** What the program printed, kept apart: a chatty one would push everything else out of the overview. */
  #outputs = new TimeRing<JournalEntry>(outputCapacity, (entry) => entry.atNs);

  #calls = new CallLog();

  push(entry: JournalEntry): void {
    if (entry.type === 'call' || entry.type === 'call-sum') {
      this.#calls.push(entry);
      return;
    }
    this.#whole.insert(entry);
    if (entry.type === 'phase') return;
    if (entry.type === 'note' && entry.isOutput) {
      this.#outputs.insert(entry);
      return;
    }
    if (entry.type === 'probe' && this.#foldProbe(entry)) return;
    if (entry.type === 'cycle' && isOrdinary(entry)) this.#fold(entry);
    else this.#lines.insert({ atNs: entry.atNs, entry, fold: undefined });
  }

  /** Shows a phase change in the overview as well. */
  reveal(entry: JournalEntry): void {
    this.#lines.insert({ atNs: entry.atNs, entry, fold: undefined });
  }

  /** Says for good how long the collector ran during an answer that is in the log. */
  settle(report: TrafficReport, gcNs: GcShare): void {
    const isIt = (entry: JournalEntry | undefined) => entry?.type === 'answer' && entry.report === report;
    const settled: JournalEntry = { atNs: report.endedAtNs, type: 'answer', report, gcNs };
    for (let index = this.#lines.length - 1; index >= 0; index--) {
      const line = this.#lines.at(index);
      if (line === undefined || !isIt(line.entry)) continue;
      line.entry = { ...settled, atNs: line.atNs };
      break;
    }
    for (let index = this.#whole.length - 1; index >= 0; index--) {
      const entry = this.#whole.at(index);
      if (entry === undefined || !isIt(entry)) continue;
      this.#whole.replace(index, { ...settled, atNs: entry.atNs });
      break;
    }
  }

  /** The newest of them, oldest first: the overview's lines, or with `phases` everything, unfolded. */
  newest(count: number, { phases, upToNs }: NewestOptions = { phases: false }): readonly JournalEntry[] {
    const untilNs = upToNs ?? endOfTime;
    if (phases) return this.#newestOfAll(untilNs, count);
    const outputs = this.#outputs.newestUpTo(untilNs, outputCapacity);
    const calls = this.#calls.newestLines(untilNs, callLines);
    const lines = this.#lines.newestUpTo(untilNs, count).map(toEntry);
    return [...lines, ...outputs, ...calls].sort((a, b) => a.atNs - b.atNs).slice(-count);
  }

  /** The log as it is now; what is told later does not change it. */
  copy(): Journal {
    const copy = new Journal();
    copy.#lines = this.#lines.copy((line) => ({ ...line, entry: toEntry(line), fold: undefined }));
    copy.#whole = this.#whole.copy((entry) => entry);
    copy.#outputs = this.#outputs.copy((entry) => entry);
    copy.#calls = this.#calls.copy();
    return copy;
  }

  /** The newest phase changes of a cycle that were told while it ran, oldest first. */
  phasesOf(cycle: number | undefined): readonly PhaseEntry[] {
    const newest = this.#whole.newest(mostPhases);
    return newest.filter(
      (entry): entry is PhaseEntry =>
        entry.type === 'phase' && entry.cycle !== undefined && entry.cycle === cycle,
    );
  }

  /** How many there were up to an instant: lines of the overview, or with `phases` of the whole log. */
  totalUpTo(atNs: Nanos, { phases }: Pick<NewestOptions, 'phases'> = { phases: false }): number {
    if (phases) return toldUpTo(this.#whole, atNs) + this.#calls.totalUpTo(atNs, 'calls');
    const calls = this.#calls.totalUpTo(atNs, 'lines');
    return toldUpTo(this.#lines, atNs) + toldUpTo(this.#outputs, atNs) + calls;
  }

  /** How many lines and calls are no longer kept. */
  get gone(): number {
    return this.total - this.length + this.#calls.gone;
  }

  /** How many lines of the overview are kept, without the program's output. */
  get length(): number {
    return this.#lines.length;
  }

  /** How many lines of the overview there ever were. */
  get total(): number {
    return this.#lines.total;
  }

  /** Everything unfolded; of a thousand calls a second no more than half of what is asked for. */
  #newestOfAll(untilNs: Nanos, count: number): readonly JournalEntry[] {
    const entries = this.#whole.newestUpTo(untilNs, count);
    const milestones = this.#calls.newestMilestones(untilNs, count);
    const told = [...entries, ...milestones].sort((a, b) => a.atNs - b.atNs);
    const others = this.#calls.newestOthers(untilNs, Math.max(Math.floor(count / 2), count - told.length));
    if (others.length === 0) return told.slice(-count);
    const rest = told.slice(-Math.max(1, count - others.length));
    return [...rest, ...others].sort((a, b) => a.atNs - b.atNs).slice(-count);
  }

  /** Probes that come into a state together share a line; true where there is one to share. */
  #foldProbe({ atNs, probe, state, detail }: JournalEntry & { readonly type: 'probe' }): boolean {
    const end = this.#lines.countUpTo(atNs);
    for (let index = end - 1; index >= Math.max(0, end - togetherLines); index--) {
      const line = this.#lines.at(index);
      if (line === undefined || atNs - line.atNs > togetherNs) return false;
      const { entry } = line;
      if (entry.type !== 'probe' && entry.type !== 'probes') continue;
      if (entry.state !== state || entry.detail !== detail) continue;
      const probes = entry.type === 'probes' ? entry.probes : [entry.probe];
      if (probes.includes(probe)) return false;
      line.entry = { atNs: line.atNs, type: 'probes', state, probes: [...probes, probe], detail };
      return true;
    }
    return false;
  }

  #fold(entry: JournalEntry & { readonly type: 'cycle' }): void {
    const before = this.#lines.at(this.#lines.countUpTo(entry.atNs) - 1);
    if (before?.fold?.takes(entry.cycle) === true) {
      before.fold.add(entry.cycle);
      before.atNs = entry.atNs;
    } else {
      this.#lines.insert({ atNs: entry.atNs, entry, fold: new Fold(entry.cycle) });
    }
  }
}

/** Among so many of the newest entries the phase changes of the newest cycle are looked for. */
const mostPhases = 32;

/** Probes within this time, among so many lines, came into their state together. */
const togetherNs = 3e9;
const togetherLines = 8;

/** How many lines of calls the overview shows: those of one forced cycle and one more. */
const callLines = 5;

/** How many of its lines the overview shows. */
const outputCapacity = 2;

const toldUpTo = (ring: TimeRing<Line> | TimeRing<JournalEntry>, atNs: Nanos): number =>
  ring.total - ring.length + ring.countUpTo(atNs);

interface NewestOptions {
  readonly phases: boolean;
  /** Leaves out what is newer: what a frozen screen shows. */
  readonly upToNs?: Nanos;
}

interface Line {
  /** Of the newest that is told in it. */
  atNs: Nanos;
  /** The first that is told in it. */
  entry: JournalEntry;
  readonly fold: Fold | undefined;
}

const endOfTime = nanos(Number.MAX_SAFE_INTEGER);

const isOrdinary = ({ cycle, remark }: JournalEntry & { readonly type: 'cycle' }): boolean =>
  remark === undefined && (cycle.trigger === 'heap' || cycle.trigger === 'unknown');

const toEntry = ({ atNs, entry, fold }: Line): JournalEntry =>
  fold === undefined || fold.count === 1 ? entry : { atNs, type: 'cycles', alike: fold.alike() };
