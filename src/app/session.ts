import type { SourceControl } from '../gc/source-control.js';
import type { News, SourceMessage } from '../gc/stream.js';
import { type Nanos, nanos } from '../gc/units.js';
import type { Source } from '../sources/source.js';
import { Channel } from '../system/channel.js';
import type { Clock } from '../system/clock.js';

/** What the source says and what gctop's own effects add, as one stream that keeps the stream's order. */
export interface Session {
  /** Read once. Rejects with what the source failed with. */
  readonly messages: AsyncIterable<SourceMessage>;
  /** Adds news; before the stream is open they wait, after its end they are dropped. */
  tell(news: News): void;
  control(control: SourceControl): void;
  /** Resolves when the source has ended, however it did. */
  readonly ended: Promise<void>;
}

export interface SessionOptions {
  readonly source: Source;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Sees every message before it is read: the recorder. */
  readonly tap?: (message: SourceMessage) => void;
}

/** A source is not asked for more while this many messages wait for a slow reader. */
const mostWaiting = 256;

/** Opens the source at once; its messages wait until they are read. */
export function startSession({ source, clock, signal, tap }: SessionOptions): Session {
  const merged = new Channel<SourceMessage>();
  const controls = new Channel<SourceControl>();
  const early: News[] = [];
  let state: 'opening' | 'open' | 'closed' = 'opening';
  let lastNs = nanos(0);

  const hand = (message: SourceMessage) => {
    lastNs = later(lastNs, message.atNs);
    const inOrder = { ...message, atNs: lastNs };
    tap?.(inOrder);
    merged.push(inOrder);
  };
  const tell = (news: News) => {
    if (state === 'opening') early.push(news);
    if (state === 'open') hand({ ...news, atNs: clock.nowNs() });
  };
  const pump = async () => {
    for await (const message of source.open(signal, controls)) {
      if (message.type === 'closed') state = 'closed';
      hand(message);
      await merged.room(mostWaiting, signal);
      if (state === 'opening') {
        state = 'open';
        early.splice(0).forEach(tell);
      }
    }
  };
  const pumped = pump().finally(() => {
    state = 'closed';
    controls.close();
    merged.close();
  });
  const ended = pumped.catch(() => {}); // told to the reader of `messages`

  return {
    messages: (async function* () {
      yield* merged;
      await pumped;
    })(),
    tell,
    control: (control) => controls.push(control),
    ended,
  };
}

const later = (a: Nanos, b: Nanos): Nanos => (a > b ? a : b);
