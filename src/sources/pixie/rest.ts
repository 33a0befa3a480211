import { abortScope } from '../../system/abort-scope.js';
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
    const scope = abortScope(signal);
    this.#wakeNow = () => scope.abort();
    if (this.#isWoken) scope.abort();
    await this.#clock.sleep(ms, scope.signal).catch(() => {}); // woken, or aborted
    scope.end();
    this.#wakeNow = undefined;
    this.#isWoken = false;
  }
}
