import { nanos } from '../../../../src/gc/units.js';
import type { Clock } from '../../../../src/system/clock.js';

interface Sleeper {
  readonly atNs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to go on; then it wakes the sleepers one after the other. */
export class SteppedClock implements Clock {
  readonly originUnixMs = Date.UTC(2026, 0, 1);
  readonly utcOffsetMinutes = 0;
  readonly originMonotonicNs = 0n;
  #nowNs = 0;
  readonly #sleepers = new Set<Sleeper>();

  nowNs() {
    return nanos(this.#nowNs);
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper = { atNs: this.#nowNs + Math.ceil(ms * 1e6), wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets so many seconds pass, and all happen that happens in them. */
  async pass(seconds: number): Promise<void> {
    const goalNs = this.#nowNs + seconds * 1e9;
    for (;;) {
      await settle();
      const next = [...this.#sleepers].sort((a, b) => a.atNs - b.atNs)[0];
      if (next === undefined || next.atNs > goalNs) break;
      this.#nowNs = Math.max(this.#nowNs, next.atNs);
      this.#sleepers.delete(next);
      next.wake();
    }
    this.#nowNs = goalNs;
    await settle();
  }
}

/** Lets promises that can go on go on. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
}
