import { type Nanos, nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';

/** The time of a session that begins where a text does: it can stand, and run on from there. */
export interface TextClock extends Clock {
  /** Stands at this instant until it is told to run; never goes back. */
  standAt(atNs: Nanos): void;
  run(): void;
}

/** Runs from the moment of the call, or stands at its begin, which has that date. */
export function textClock(real: Clock, standing?: { readonly originUnixMs: number }): TextClock {
  let markNs = nanos(0);
  let runsSinceNs = standing === undefined ? real.nowNs() : undefined;
  const beganAtNs = real.nowNs();
  const nowNs = () => (runsSinceNs === undefined ? markNs : nanos(markNs + real.nowNs() - runsSinceNs));
  return {
    ...real,
    nowNs,
    get originUnixMs() {
      if (standing !== undefined) return standing.originUnixMs;
      // What was skipped lies before the moment at which it began.
      return real.originUnixMs + (real.nowNs() - nowNs()) / 1e6;
    },
    originMonotonicNs: real.originMonotonicNs + BigInt(beganAtNs),
    standAt(atNs) {
      markNs = later(nowNs(), atNs);
      runsSinceNs = undefined;
    },
    run() {
      markNs = nowNs();
      runsSinceNs = real.nowNs();
    },
  };
}

const later = (a: Nanos, b: Nanos): Nanos => (a > b ? a : b);
