import { gctraceSpanNs } from '../../gc/gctrace-cycle.js';
import type { GctraceLine } from '../../gc/gctrace-line.js';
import { durationNs, type Nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import type { CycleItem } from './narrator.js';

const settleMs = 250;
const longestHoldMs = 10_000;
/** Of more than these the oldest go: the screen keeps fewer. */
const mostHeld = 20_000;

/**
 * What a pipe begins with: `kubectl logs -f` gives what was printed long ago, all at once, before what is being printed.
 * Cycles are held until they come no faster than time passes.
 */
export class Backlog {
  readonly #clock: Clock;
  #cycles: CycleItem[] = [];
  #sinceNs: Nanos | undefined;
  #looked: { readonly atNs: Nanos; readonly endNs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#cycles.length === 0;
  }

  push(cycles: readonly CycleItem[]): void {
    for (const cycle of cycles) this.#cycles.push(cycle);
    if (this.#cycles.length > 2 * mostHeld) this.#cycles.splice(0, this.#cycles.length - mostHeld);
    if (cycles.length > 0) this.#sinceNs ??= this.#clock.nowNs();
  }

  /** Whether what comes now is being printed now. */
  isSettled(): boolean {
    const last = this.#cycles.at(-1);
    if (last === undefined || this.#sinceNs === undefined) return false;
    const nowNs = this.#clock.nowNs();
    if (nowNs - this.#sinceNs > longestHoldMs * 1e6) return true;
    const before = this.#looked ?? { atNs: this.#sinceNs, endNs: Number.NaN };
    if (nowNs - before.atNs < settleMs * 1e6) return false;
    const endNs = endOf(last.line);
    this.#looked = { atNs: nowNs, endNs };
    const passedNs = nowNs - before.atNs;
    // Of the first look nobody knows how fast it came; what came of it later is one look more.
    return Number.isNaN(before.endNs) ? this.#cycles.length < fewCycles : endNs - before.endNs < 2 * passedNs;
  }

  /** How long the time is that it spans, each program after the one before it. */
  get lengthNs(): Nanos {
    let length = 0;
    let first: GctraceLine | undefined;
    this.#cycles.forEach(({ line }, index) => {
      const before = this.#cycles[index - 1]?.line;
      if (before === undefined || line.number <= before.number) first = line;
      const after = this.#cycles[index + 1]?.line;
      const isLast = after === undefined || after.number <= line.number;
      if (isLast && first !== undefined) length += endOf(line) - first.sinceStartMs * 1e6;
    });
    return durationNs(Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, length)));
  }

  take(): readonly CycleItem[] {
    const taken = this.#cycles;
    this.#cycles = [];
    return taken;
  }
}

/** So few cycles in the first look are no flood. */
const fewCycles = 2;

const endOf = (line: GctraceLine): number => line.sinceStartMs * 1e6 + gctraceSpanNs(line);
