import { type PauseFigures, PauseWindow, pauseWindowNs } from '../gc/pause.js';
import { durationNs, type Nanos, nanos } from '../gc/units.js';
import type { Stop } from './model.js';
import { TimeRing } from './time-ring.js';

/** How many stops are kept: two for each cycle that is. */
export const stopCapacity = 16_384;

/** The stops of the last 60 s, or since gctop came where that is shorter. */
export interface PauseSummary {
  readonly count: number;
  readonly lastNs: Nanos | undefined;
  readonly p50Ns: Nanos | undefined;
  readonly p99Ns: Nanos | undefined;
  readonly maxNs: Nanos | undefined;
  readonly sumNs: Nanos;
  /** How long the window is. */
  readonly windowNs: Nanos;
}

/** The stops of the world, whoever asked for them. */
export class StopLog {
  #stops = new TimeRing<Stop>(stopCapacity, (stop) => stop.atNs);
  /** A copy has none: all that it is asked for lies behind. */
  #window: PauseWindow | undefined = new PauseWindow();
  readonly #sinceNs: Nanos;
  /** A window that the live one has left behind: what a frozen screen shows. */
  #past: { readonly endNs: Nanos; readonly figures: PauseFigures } | undefined;

  /** `sinceNs`: from when on stops are seen. */
  constructor(sinceNs: Nanos = nanos(0)) {
    this.#sinceNs = sinceNs;
  }

  push(stop: Stop): void {
    this.#stops.insert(stop);
    this.#window?.record(stop.atNs, stop.durationNs);
    if (this.#past !== undefined && stop.atNs <= this.#past.endNs) this.#past = undefined;
  }

  /** The log as it was at an instant up to which everything was told; what is told later does not change it. */
  copy(atNs: Nanos): StopLog {
    const copy = new StopLog(this.#sinceNs);
    copy.#stops = this.#stops.copy((stop) => stop);
    copy.#window = undefined;
    copy.#past = { endNs: atNs, figures: this.#figures(atNs) };
    return copy;
  }

  get length(): number {
    return this.#stops.length;
  }

  get total(): number {
    return this.#stops.total;
  }

  get last(): Stop | undefined {
    return this.#stops.last;
  }

  /** All from one instant to another, both included, oldest first. */
  between(fromNs: Nanos, toNs: Nanos): readonly Stop[] {
    return this.#stops.between(fromNs, toNs);
  }

  /** The figures of the 60 s that end at `nowNs`. */
  summary(nowNs: Nanos): PauseSummary {
    const figures = this.#figures(nowNs);
    return {
      count: figures.count,
      lastNs: this.#stops.at(this.#stops.countUpTo(nowNs) - 1)?.durationNs,
      p50Ns: figures.p50Ns,
      p99Ns: figures.p99Ns,
      maxNs: figures.maxNs,
      sumNs: figures.sumNs,
      windowNs: durationNs(Math.max(0, Math.min(pauseWindowNs, nowNs - this.#sinceNs))),
    };
  }

  /** The longest stop of the last 60 s, and of how many it is. */
  longest(nowNs: Nanos): { readonly count: number; readonly maxNs: number } {
    if (this.#window !== undefined) return this.#window.longest(nowNs);
    const { count, maxNs = 0 } = this.#pastFigures(nowNs);
    return { count, maxNs };
  }

  #figures(nowNs: Nanos): PauseFigures {
    const isPast = this.#past?.endNs === nowNs;
    return (isPast ? undefined : this.#window?.figures(nowNs)) ?? this.#pastFigures(nowNs);
  }

  #pastFigures(nowNs: Nanos): PauseFigures {
    // A picture that follows the time at a distance needs them anew once a second, not with every frame.
    if (this.#past !== undefined && isSameSecond(this.#past.endNs, nowNs)) return this.#past.figures;
    const window = new PauseWindow();
    for (const stop of this.between(nanos(nowNs - pauseWindowNs), nowNs)) {
      window.record(stop.atNs, stop.durationNs);
    }
    const figures = window.figures(nowNs) ?? noPauses;
    this.#past = { endNs: nowNs, figures };
    return figures;
  }
}

const isSameSecond = (a: Nanos, b: Nanos): boolean => Math.floor(a / 1e9) === Math.floor(b / 1e9);

const noPauses: PauseFigures = {
  count: 0,
  sumNs: durationNs(0),
  maxNs: undefined,
  p50Ns: undefined,
  p99Ns: undefined,
};
