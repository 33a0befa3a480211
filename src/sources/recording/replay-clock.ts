import { type Nanos, nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';

/** A clock that shows where in a recording the replay stands. It starts at the recording's origin. */
export interface ReplayClock extends Clock {
  /** Waits until the replay has reached that instant of the recording. */
  until(atNs: Nanos, signal: AbortSignal): Promise<void>;
}

/** Runs `speed` times as fast as the real clock, from the moment of the call. */
export function replayClock(real: Clock, speed: number): ReplayClock {
  const startNs = real.nowNs();
  const nowNs = () => nanos(Math.round((real.nowNs() - startNs) * speed));
  const sleep = (ms: number, signal: AbortSignal) => real.sleep(ms / speed, signal);
  return {
    ...real,
    nowNs,
    sleep,
    async until(atNs, signal) {
      const leftMs = (atNs - nowNs()) / 1e6;
      if (leftMs > 0) await sleep(leftMs, signal);
    },
  };
}
