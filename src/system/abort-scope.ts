import type { Clock } from './clock.js';

/** An abort of one's own that follows other signals as well; `end` aborts it and leaves no listener behind. */
export interface AbortScope {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  end(): void;
}

/** Begins what is over when `end` is called, or one of these signals is aborted. */
// Not AbortSignal.any: on a signal that lives as long as the program, Node 20 keeps a trace of every call.
export function abortScope(...outer: readonly AbortSignal[]): AbortScope {
  const own = new AbortController();
  const follow = ({ target }: Pick<Event, 'target'>) => {
    if (target instanceof AbortSignal) own.abort(target.reason);
  };
  for (const signal of outer) {
    if (signal.aborted) own.abort(signal.reason);
    else signal.addEventListener('abort', follow, { once: true });
  }
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    end() {
      for (const signal of outer) signal.removeEventListener('abort', follow);
      own.abort();
    },
  };
}

/** What a wait that took too long is rejected with. */
export class Silence extends Error {
  readonly waitedMs: number;

  constructor(waitedMs: number) {
    super(`no word for ${waitedMs / 1000} s`);
    this.name = 'Silence';
    this.waitedMs = waitedMs;
  }
}

/** The promise's outcome; rejects with a `Silence` when it takes longer than that. */
export async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, silence(ms, clock, timer.signal)]);
  } finally {
    timer.abort();
  }
}

async function silence(ms: number, clock: Clock, signal: AbortSignal): Promise<never> {
  await clock.sleep(ms, signal);
  throw new Silence(ms);
}

/** The promise's outcome, or the signal's reason as soon as it is aborted; what goes on then ends by itself. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
