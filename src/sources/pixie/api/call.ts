import { abortScope, unlessAborted, within } from '../../../system/abort-scope.js';
import type { Clock } from '../../../system/clock.js';
import { grpcCode } from './grpc-code.js';
import type { Http2Session } from './http2-session.js';
import { isPassing, type TransportFailure, transportFailure } from './transport-failure.js';

/** How patient calls are. */
export interface Patience {
  /** How long making a connection may take. @default 10 s */
  readonly connectMs: number;
  /** How long a call may say nothing before it is given up. @default 30 s */
  readonly silenceMs: number;
  /** How long a cut stream is taken up again, since its last message. @default 30 s */
  readonly resumeMs: number;
  /** How long to wait between tries. @default 1 s */
  readonly retryMs: number;
  /** How often a call is made that no answer came to. @default 3 */
  readonly tries: number;
}

/** What Pixie's own clients do, where they do something. */
export const defaultPatience: Patience = Object.freeze({
  connectMs: 10_000,
  silenceMs: 30_000,
  resumeMs: 30_000,
  retryMs: 1_000,
  tries: 3,
});

/** What a call needs besides itself. */
export interface CallContext {
  readonly session: Http2Session;
  readonly clock: Clock;
  readonly patience: Patience;
  /** How long this call may say nothing; absent: as long as it likes. */
  readonly silenceMs: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * The messages of one streaming call. However it ends, nothing of it is left on the connection, and a connection that
 * went silent is dropped. Throws what the library throws, a `Silence`, and the signal's reason.
 */
export async function* messages<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  { session, clock, silenceMs, signal }: CallContext,
): AsyncGenerator<T, void, undefined> {
  const scope = abortScope(signal);
  let answered = false;
  try {
    signal.throwIfAborted();
    const stream = open(scope.signal)[Symbol.asyncIterator]();
    while (true) {
      const coming = unlessAborted(stream.next(), scope.signal);
      const next = await (silenceMs === undefined ? coming : within(coming, silenceMs, clock));
      answered = true;
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (transportFailure(error).kind === 'silence') session.drop();
    throw error;
  } finally {
    scope.end();
    if (!answered) session.dropUnready();
  }
}

/** One answer to one call, tried again while nothing answers. Throws as `messages`. */
export async function answer<T>(ask: (signal: AbortSignal) => Promise<T>, context: CallContext): Promise<T> {
  const { clock, patience, signal } = context;
  for (let tried = 1; ; tried += 1) {
    try {
      for await (const only of messages(single(ask), context)) return only;
    } catch (error) {
      signal.throwIfAborted();
      if (tried >= patience.tries || !isPassing(transportFailure(error))) throw error;
      await clock.sleep(patience.retryMs, signal);
    }
  }
}

const single = <T>(ask: (signal: AbortSignal) => Promise<T>) =>
  async function* (signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    yield await ask(signal);
  };

/** What a resumed stream needs to know of its call. */
export interface Resumable<T> {
  /** Makes the call; with an id, goes on with that query. */
  readonly open: (queryId: string | undefined, signal: AbortSignal) => AsyncIterable<T>;
  readonly queryIdOf: (message: T) => string;
  /** Whether the call has told all that it will: then a cut is its end, and to go on is pointless. */
  readonly isOver: () => boolean;
  /** A standalone PEM keeps no queries: a stream of which something came is lost when it is cut. */
  readonly canResume: boolean;
  /** Called when a stream of which something came is taken up again. */
  readonly onResume: () => void;
}

/** A stream that was cut and could not be taken up again: why it was cut, beside why not. */
class NotResumed extends Error {
  readonly cut: TransportFailure;

  constructor(cut: TransportFailure, cause: unknown) {
    super(`the stream was cut and could not be taken up again`, { cause });
    this.name = 'NotResumed';
    this.cut = cut;
  }
}

/** How a call failed whose error is one of those that these functions throw. */
export function callFailure(error: unknown): TransportFailure {
  if (!(error instanceof NotResumed)) return transportFailure(error);
  const failure = transportFailure(error.cause);
  if (failure.kind === 'status') return failure; // the server was reached, and says why
  return { kind: 'cut', message: `${error.cut.message}; it could not be taken up again: ${failure.message}` };
}

/**
 * The messages of a call whose stream is taken up again when it is cut: by its id where it has told one, from the start
 * where nothing came. Throws as `messages`; `callFailure` tells why.
 */
export async function* resumed<T>(
  call: Resumable<T>,
  context: CallContext,
): AsyncGenerator<T, void, undefined> {
  const { clock, patience, signal } = context;
  let queryId: string | undefined;
  let lastMessageNs: number = clock.nowNs();
  let came = false;
  let firstCut: TransportFailure | undefined;
  for (let tried = 1; ; tried += 1) {
    try {
      for await (const message of messages((own) => call.open(queryId, own), context)) {
        came = true;
        lastMessageNs = clock.nowNs();
        queryId ??= call.queryIdOf(message) || undefined;
        firstCut = undefined;
        yield message;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      const failure = transportFailure(error);
      const mayPass = isPassing(failure) || (firstCut !== undefined && isUnavailable(failure));
      const mayStartAnew = !came && tried < patience.tries;
      const mayResume =
        queryId !== undefined && call.canResume && clock.nowNs() - lastMessageNs < patience.resumeMs * 1e6;
      if (call.isOver() || !mayPass || !(mayStartAnew || mayResume)) {
        throw firstCut === undefined ? error : new NotResumed(firstCut, error);
      }
      if (came) {
        firstCut ??= failure;
        call.onResume();
      }
      await clock.sleep(patience.retryMs, signal);
    }
  }
}

/** While what was cut comes back, the cloud says so of the cluster as well. */
const isUnavailable = (failure: TransportFailure): boolean =>
  failure.kind === 'status' && failure.code === grpcCode.UNAVAILABLE;
