import type { ProbeName } from '../../../gc/probe.js';
import type { Nanos } from '../../../gc/units.js';
import { type Chapter, Chapters } from './assemble-chapters.js';
import { ProgramRows } from './assemble-program.js';
import type { LostRows, Telling } from './assemble-telling.js';
import { ProcessFollower } from './follow-process.js';
import { beganNs, type CallRow, type CallTable, compareRows } from './rows.js';

export interface AssemblerOptions {
  /** The probes that run, from the first rows on. */
  readonly probes: readonly ProbeName[];
  /** Node time, ns since the watch began, as a point of the session. */
  readonly toSessionNs: (nodeNs: number) => Nanos;
}

/** Rows that were left out since the watch began. */
export interface LeftOut {
  /** With a latency that cannot be: entry and return were of two calls. */
  readonly absurd: number;
  /** Of other processes that run the same file. */
  readonly foreign: number;
  /** Of the collector's steps, after what followed them had been told. */
  readonly late: number;
}

/**
 * Makes events of the rows of all tables. Rows are held until they are settled, then go in the order of time through
 * parts of which each decides by what came before alone: however the rows are split into polls, the same comes out.
 */
export class RowAssembler {
  readonly #follower = new ProcessFollower();
  readonly #chapters = new Chapters();
  readonly #telling: Telling;
  #running: ReadonlySet<ProbeName>;
  #program: ProgramRows;
  #process: string | undefined;
  #pending: CallRow[] = [];
  /** Where rows were lost, in order. */
  #cuts: LostRows[] = [];
  #isSorted = true;
  #settledNs = Number.NEGATIVE_INFINITY;
  #absurd = 0;
  #late = 0;

  constructor({ probes, toSessionNs }: AssemblerOptions) {
    this.#running = new Set(probes);
    this.#telling = {
      event: (event) => this.#chapters.event(this.#process, event),
      gap: ({ fromNs, toNs, ...rest }) =>
        this.#chapters.gap(this.#process, {
          type: 'gap',
          fromNs: toSessionNs(fromNs),
          toNs: toSessionNs(Math.max(fromNs, toNs)),
          ...rest,
        }),
      toSessionNs,
    };
    this.#program = new ProgramRows(this.#telling);
  }

  get leftOut(): LeftOut {
    return { absurd: this.#absurd, foreign: this.#follower.foreign, late: this.#late };
  }

  /** The probes that run from here on. */
  run(probes: readonly ProbeName[]): void {
    this.#running = new Set(probes);
  }

  /** Takes rows in; none of them twice. */
  add(tables: readonly CallTable[]): void {
    for (const { rows } of tables) {
      if (rows.length === 0) continue;
      this.#isSorted = false;
      for (const row of rows) this.#pending.push(row);
    }
  }

  /** Rows of some table could not be read: what hangs on them is not told. */
  lose({ probe, ...lost }: LostRows & { readonly probe?: ProbeName }): void {
    if (probe !== undefined && isFrequent(probe)) this.#telling.gap(lost);
    else this.#cuts = [...this.#cuts, lost].sort((a, b) => a.fromNs - b.fromNs);
  }

  /** The node's clock was set: what is under way cannot be timed, and time may begin again before what was told. */
  cut(lost: LostRows): void {
    this.#consume(Number.MAX_SAFE_INTEGER);
    this.#program.end();
    this.#program.cut(lost);
    this.#settledNs = Number.NEGATIVE_INFINITY;
  }

  /** Tells what is known for certain up to a time on the node's clock, of one process after the other. */
  settle(untilNs: number): readonly Chapter[] {
    this.#consume(untilNs);
    this.#settledNs = Math.max(this.#settledNs, untilNs);
    this.#program.advance(this.#settledNs + 1);
    return this.#chapters.take();
  }

  /** The watch is over: tells all that there is. */
  end(): readonly Chapter[] {
    this.#consume(Number.MAX_SAFE_INTEGER);
    this.#program.end();
    return this.#chapters.take();
  }

  #consume(untilNs: number): void {
    for (const row of this.#takeSettled(untilNs)) {
      this.#cutUpTo(row.atNs);
      if (!isPlausible(row)) this.#absurd++;
      else if (row.atNs <= this.#settledNs && !isFrequent(row.probe)) this.#tellLate(row);
      else this.#follower.take(row, (each) => this.#handle(each));
    }
    this.#cutUpTo(untilNs);
  }

  #cutUpTo(nowNs: number): void {
    for (let cut = this.#cuts[0]; cut !== undefined && cut.fromNs <= nowNs; cut = this.#cuts[0]) {
      this.#cuts = this.#cuts.slice(1);
      this.#program.cut(cut);
    }
  }

  #takeSettled(untilNs: number): readonly CallRow[] {
    if (!this.#isSorted) this.#pending.sort(inStreamOrder);
    this.#isSorted = true;
    const first = this.#pending.findIndex(({ atNs }) => atNs > untilNs);
    if (first === 0) return [];
    const settled = first === -1 ? this.#pending : this.#pending.slice(0, first);
    this.#pending = first === -1 ? [] : this.#pending.slice(first);
    return settled;
  }

  #handle(row: CallRow): void {
    if (row.process !== '' && row.process !== this.#process) {
      if (this.#process !== undefined) {
        this.#program.end();
        this.#program = new ProgramRows(this.#telling);
      }
      this.#process = row.process;
    }
    this.#program.take(row, this.#running);
  }

  /** What follows from it has been told otherwise by now. */
  #tellLate(row: CallRow): void {
    this.#late++;
    this.#telling.gap({
      fromNs: beganNs(row),
      toNs: row.atNs,
      reason: 'a call of the collector came too late',
    });
  }
}

/** No call of the runtime lasts longer: more is the latency of a wrong pair of entry and return. */
const longestCallNs = 3600e9;

const isPlausible = ({ latencyNs }: CallRow): boolean => latencyNs >= 0 && latencyNs <= longestCallNs;

/** Calls that are summed: none of them depends on another. */
const isFrequent = (probe: ProbeName): boolean =>
  probe === 'allocSpan' || probe === 'sweepone' || probe === 'gcDrainN' || probe === 'gcAssistAlloc1';

/** Of calls that return in the same instant the inner, shorter one comes first. */
const inStreamOrder = (a: CallRow, b: CallRow): number =>
  compareRows(a, b) || (a.probe < b.probe ? -1 : a.probe > b.probe ? 1 : 0);
