import type { Clock } from '../../../src/system/clock.js';

/** The clock of a node, which may be ahead of this machine's or behind. */
export class AgentClock {
  readonly #clock: Clock;
  readonly #offsetNs: bigint;

  constructor(clock: Clock, offsetMs: number) {
    this.#clock = clock;
    this.#offsetNs = BigInt(Math.round(offsetMs * 1e6));
  }

  /** What it shows, or showed, at a moment since the origin: ns since 1970. */
  unixNs(ns: number = this.#clock.nowNs()): bigint {
    return BigInt(this.#clock.originUnixMs) * 1_000_000n + BigInt(Math.round(ns)) + this.#offsetNs;
  }
}
