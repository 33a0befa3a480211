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

/** The real clock; its origin is the moment of the call. process.hrtime is CLOCK_MONOTONIC on Linux. */
export function systemClock(): Clock {
  const originMonotonicNs = process.hrtime.bigint();
  const originUnixMs = Date.now();
  return {
    originUnixMs,
    utcOffsetMinutes: -new Date(originUnixMs).getTimezoneOffset(),
    originMonotonicNs,
    nowNs: () => nanos(Number(process.hrtime.bigint() - originMonotonicNs)),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
  };
}
