import type { GcCycle } from '../../src/gc/cycle.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { type LocalSourceOptions, localSource } from '../../src/sources/local/source.js';
import { systemClock } from '../../src/system/clock.js';
import { byTarget, collect } from '../contract/source.js';

/** A watch in the background. */
export interface Watch {
  /** What was said so far. */
  readonly messages: readonly SourceMessage[];
  /** Resolves with the first message that fits, at once if it came before. */
  until(fits: (message: SourceMessage) => boolean): Promise<void>;
  /** Ends the watch and gives all that was said. */
  stop(): Promise<readonly SourceMessage[]>;
  /** All that was said, once the watch has ended by itself. */
  readonly ended: Promise<readonly SourceMessage[]>;
}

/** Watches a process with the local source. */
export function watchProcess(pid: number, options: Pick<LocalSourceOptions, 'tier'> = {}): Watch {
  const abort = new AbortController();
  const messages: SourceMessage[] = [];
  const waiting = new Set<() => void>();
  const source = localSource({ pid, clock: systemClock(), ...options });
  const ended = collect(source, abort.signal, {
    onMessage: (message) => {
      messages.push(message);
      for (const check of waiting) check();
    },
  });
  return {
    messages,
    ended,
    until: (fits) =>
      Promise.race([
        ended.then(() => {}),
        new Promise<void>((resolve) => {
          const check = () => {
            if (!messages.some(fits)) return;
            waiting.delete(check);
            resolve();
          };
          waiting.add(check);
          check();
        }),
      ]),
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}

/** All cycles of a stream with one target. */
export const cyclesOf = (stream: readonly SourceMessage[]): readonly GcCycle[] =>
  [...byTarget(stream).values()].flat().flatMap((event) => (event.kind === 'cycle' ? [event.cycle] : []));

/** Whether a message tells of the cycle of this number or of a later one. */
export const tellsOfCycle =
  (number: number) =>
  (message: SourceMessage): boolean =>
    message.type === 'events' &&
    message.events.some((event) => event.kind === 'cycle' && (event.cycle.number ?? 0) >= number);
