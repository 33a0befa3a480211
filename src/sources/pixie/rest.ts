import type { Clock } from '../../system/clock.js';

/** Waits that can be cut short: a wake that nobody waits for yet ends the next wait at once. */
export class Rest {
  readonly #clock: Clock;
  #wakeNow: (() => void) | undefined;
  #isWoken = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#isWoken = true;
    this.#wakeNow?.();
  }

  /** Resolves when that time is over, when it is woken, or after an abort. */
  async for(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const end = () => over.abort();
    this.#wakeNow = end;
    signal.addEventListener('abort', end, { once: true });
    if (this.#isWoken || signal.aborted) end();
    await this.#clock.sleep(ms, over.signal).catch(() => {}); // woken, or aborted
    signal.removeEventListener('abort', end);
    this.#wakeNow = undefined;
    this.#isWoken = false;
  }
}
