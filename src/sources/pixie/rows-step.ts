import type { GctopError } from '../../error.js';
import type { Nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import type { Draft } from '../order.js';

/** How often the rate of rows is told while it changes. */
const tellEveryNs = 2e9;
/** A new table takes Pixie some seconds to know: until then one that is missing is no trouble. */
const quietTries = 3;

/** Tells how the reading of rows stands, and only when there is something new. */
export class RowsStep {
  readonly #clock: Clock;
  readonly #tell: (draft: Draft) => void;
  #rows = 0;
  #since: Nanos | undefined;
  #failing = false;
  #told: string | undefined;

  constructor(clock: Clock, tell: (draft: Draft) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** There is nothing to read yet, or no more. */
  none(): void {
    if (this.#told === undefined) return;
    this.#since = undefined;
    this.#rows = 0;
    this.#say('waiting', 'none', 'no probe is in place');
  }

  /** An answer had so many new rows; `leftOut` of all so far were of other processes that run the same file. */
  count(rows: number, leftOut: number): void {
    const nowNs = this.#clock.nowNs();
    if (this.#failing) {
      this.#failing = false;
      this.#note('info', 'rows are read again; what was missed meanwhile is read now');
      this.#since = undefined;
      this.#told = undefined;
    }
    this.#since ??= nowNs;
    this.#rows += rows;
    const spanNs = nowNs - this.#since;
    if (spanNs < tellEveryNs) return;
    const rate = `${Math.round((this.#rows / spanNs) * 1e9).toLocaleString('en-US')} rows/s`;
    const others = `${leftOut.toLocaleString('en-US')} of other processes left out`;
    this.#say('up', rate, leftOut === 0 ? undefined : others);
    this.#rows = 0;
    this.#since = nowNs;
  }

  /** Rows could not be read, so many times in a row. */
  fail(error: GctopError, tries: number): void {
    if (error.code === 'PIXIE_SCRIPT' && tries <= quietTries) return;
    if (!this.#failing) this.#note('warning', `rows cannot be read: ${error.message}`);
    this.#failing = true;
    this.#say('failed', 'not read', error.message);
  }

  #say(state: 'up' | 'waiting' | 'failed', word: string, remark?: string): void {
    const said = JSON.stringify([state, word, remark]);
    if (said === this.#told) return;
    this.#told = said;
    this.#tell({ type: 'step', step: 'rows', state, word, ...(remark === undefined ? {} : { remark }) });
  }

  #note(level: 'info' | 'warning', text: string): void {
    this.#tell({ type: 'note', level, code: 'pixie.rows', text });
  }
}
