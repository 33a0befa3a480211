import { setTimeout as delay } from 'node:timers/promises';
import { type Nanos, nanos } from '../gc/units.js';

/** Time as a value that is passed in, so that tests own it. */
export interface Clock {
  /** Now, since the session's origin. */
  nowNs(): Nanos;
  /** Wall clock of the session's origin, ms since 1970. */
  readonly originUnixMs: number;
  /** How far local time is ahead of UTC. */
  readonly utcOffsetMinutes: number;
  /** CLOCK_MONOTONIC of the session's origin, ns: what the Go runtime's nanotime counts from as well. */
  readonly originMonotonicNs: bigint;
  /** Waits; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The wall clock, ms since 1970. */
export const nowUnixMs = (clock: Pick<Clock, 'originUnixMs' | 'nowNs'>): number =>
  clock.originUnixMs + clock.nowNs() / 1e6;

/** A moment of the wall clock in the session's time; undefined: unknown, or more than 104 days (2^53 ns) away. */
export function sessionTime(unixMs: number | undefined, { originUnixMs }: Clock): Nanos | undefined {
  const sinceNs = unixMs === undefined ? Number.NaN : Math.round((unixMs - originUnixMs) * 1e6);
  return Number.isSafeInteger(sinceNs) ? nanos(sinceNs) : undefined;
}

/** Timers of Node count in 32 bits; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The real clock; its origin is the moment of the call. process.hrtime is CLOCK_MONOTONIC on Linux. */
export function systemClock(): Clock {
  const originMonotonicNs = process.hrtime.bigint();
  const originUnixMs = Date.now();
  return {
    originUnixMs,
    utcOffsetMinutes: -new Date(originUnixMs).getTimezoneOffset(),
    originMonotonicNs,
    nowNs: () => nanos(Number(process.hrtime.bigint() - originMonotonicNs)),
    async sleep(ms, signal) {
      let left = ms;
      for (; left > longestTimerMs; left -= longestTimerMs)
        await delay(longestTimerMs, undefined, { signal });
      await delay(left, undefined, { signal });
    },
  };
}
