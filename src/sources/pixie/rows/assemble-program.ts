import type { ProbeName } from '../../../gc/probe.js';
import { callOf } from './assemble-call.js';
import { Cycles } from './assemble-cycles.js';
import { Pace } from './assemble-pace.js';
import type { LostRows, Telling } from './assemble-telling.js';
import { WorkSums } from './assemble-work.js';
import type { CallRow } from './rows.js';

/** The rows of one process, in order, and what they say. */
export class ProgramRows {
  readonly #telling: Telling;
  readonly #work: WorkSums;
  readonly #pace: Pace;
  readonly #cycles: Cycles;

  constructor(telling: Telling) {
    this.#telling = telling;
    this.#work = new WorkSums(telling);
    this.#pace = new Pace(telling);
    this.#cycles = new Cycles(telling);
  }

  take(row: CallRow, running: ReadonlySet<ProbeName>): void {
    this.advance(row.atNs);
    if (!this.#work.take(row) && !this.#pace.take(row, running) && isTold(row.probe)) {
      this.#telling.event(callOf(row, this.#telling));
    }
    this.#cycles.take(row, running);
  }

  /** No row from before `nowNs` is to come. */
  advance(nowNs: number): void {
    // One after the other, as they would be with a row in between: what is told must not hang on where a poll ended.
    for (let dueNs = this.#dueNs(); dueNs < nowNs; dueNs = this.#dueNs()) {
      this.#work.advance(dueNs + 1);
      this.#cycles.advance(dueNs + 1);
    }
  }

  #dueNs(): number {
    return Math.min(this.#work.dueNs, this.#cycles.dueNs);
  }

  /** Rows were lost between these times. */
  cut(lost: LostRows): void {
    this.#work.cut();
    this.#cycles.cut(lost);
  }

  /** No more rows are to come. */
  end(): void {
    this.advance(Number.POSITIVE_INFINITY);
    this.#cycles.end();
  }
}

/** A gcStart is told by the cycle that it starts: most calls of it start none. Stops are told as pauses. */
const isTold = (probe: ProbeName): boolean =>
  probe === 'GC' || probe === 'gcWaitOnMark' || probe === 'gcSweep' || probe === 'gcMarkTermination';
