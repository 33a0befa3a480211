import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Nanos, nanos } from '../../../src/gc/units.js';
import type { Clock } from '../../../src/system/clock.js';

interface Sleeper {
  readonly untilNs: number;
  readonly wake: () => void;
}

/** Time that passes only when a test says so: what takes Pixie a minute is over at once, and in the same order each time. */
export class ManualClock implements Clock {
  readonly originUnixMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  readonly utcOffsetMinutes = 0;
  readonly originMonotonicNs = 86_400_000_000_000n;
  #nowNs = 0;
  #sleepers: Sleeper[] = [];

  nowNs(): Nanos {
    return nanos(this.#nowNs);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper = {
        untilNs: this.#nowNs + ms * 1e6,
        wake: () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** Lets time pass, and whatever waited for it happen, one after the other. */
  async advance(ms: number): Promise<void> {
    const endNs = this.#nowNs + ms * 1e6;
    for (;;) {
      const [next] = this.#sleepers
        .filter(({ untilNs }) => untilNs <= endNs)
        .sort((a, b) => a.untilNs - b.untilNs);
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#nowNs = next.untilNs;
      next.wake();
      await nextTurn();
    }
    this.#nowNs = endNs;
  }
}
