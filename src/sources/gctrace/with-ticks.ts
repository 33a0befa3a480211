import type { Clock } from '../../system/clock.js';
import type { Batch } from './text.js';

export interface TickOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** The batches, and `quiet` each time that none has come for so long. */
export async function* withTicks(
  batches: AsyncIterable<Batch>,
  { clock, everyMs, signal }: TickOptions,
): AsyncGenerator<Batch | 'quiet'> {
  const iterator = batches[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const came = new AbortController();
      const wake = AbortSignal.any([signal, came.signal]);
      const tick = clock.sleep(everyMs, wake).then(
        () => 'quiet' as const,
        () => next, // something came, or an abort ends the batches
      );
      const first = await Promise.race([next, tick]);
      came.abort();
      if (first === 'quiet') {
        yield first;
        continue;
      }
      if (first.done === true) return;
      yield first.value;
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}
