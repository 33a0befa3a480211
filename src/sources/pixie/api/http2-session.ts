import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { Silence, within } from '../../../system/abort-scope.js';
import type { Clock } from '../../../system/clock.js';
import type { PixieTls } from './pixie-options.js';

/** No connection was made: `code` is Node's word for why, where it has one. */
export class NotConnected extends Error {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'NotConnected';
    this.code = code;
  }
}

export interface SessionOptions {
  /** host:port */
  readonly address: string;
  /** Absent: plaintext. */
  readonly tls: PixieTls | undefined;
  readonly clock: Clock;
  /** How long making a connection may take. */
  readonly connectMs: number;
}

/**
 * Node starts with windows of 64 KiB, which over 100 ms of round trip is 640 KB/s: less than a busy program's rows. This
 * holds the largest message twice.
 */
const windowBytes = 16 * 1024 * 1024;

/**
 * One HTTP/2 connection, made when first asked for and again after it was lost. It takes the place of the manager that
 * comes with connect-node, which waits for ever on a stream that is closed before it was answered, and lets an error
 * of a connection that it no longer looks at end the program (connect-node 2.1.2, seen with Node 20).
 */
export class Http2Session {
  readonly authority: string;
  readonly #options: SessionOptions;
  #connection: Connection | undefined;
  /** Every connection that is not over: one that the server said goodbye on still carries calls. */
  readonly #open = new Set<ClientHttp2Session>();
  #ended = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.authority = new URL(`${options.tls === undefined ? 'http' : 'https'}://${options.address}`).origin;
  }

  async request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    options: ClientSessionRequestOptions,
  ): Promise<ClientHttp2Stream> {
    const connection = await this.#ready();
    const stream = connection.session.request({ ...headers, ':method': method, ':path': path }, options);
    tellUnanswered(stream);
    keepAwake(connection, stream);
    return stream;
  }

  notifyResponseByteRead(): void {} // it keeps the other manager's pings away, and there are none here

  /** Ends the connection and every call on it at once, and makes no other. */
  end(): void {
    this.#ended = true;
    this.#connection = undefined;
    for (const session of this.#open) session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }

  /** Ends the connection and every call on it at once; the next call makes a new one. */
  drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }

  /** Ends a connection that is still being made: nobody waits for it any more. */
  dropUnready(): void {
    if (this.#connection?.session.connecting === true) this.drop();
  }

  async #ready(): Promise<Connection> {
    if (this.#ended) throw new NotConnected('gctop has closed the connection', 'CLOSED');
    const known = this.#connection;
    const connection = known === undefined || isOver(known.session) ? this.#connect() : known;
    this.#connection = connection;
    try {
      await connection.ready;
    } catch (error) {
      if (this.#connection === connection) this.#connection = undefined;
      throw error;
    }
    if (isOver(connection.session)) throw new NotConnected('the connection was closed at once', 'ECONNRESET');
    return connection;
  }

  #connect(): Connection {
    const { tls, clock, connectMs } = this.#options;
    const session = connect(this.authority, {
      settings: { initialWindowSize: windowBytes, enablePush: false },
      ...(tls === undefined ? {} : { ca: tls.ca, rejectUnauthorized: tls.verify }),
    });
    this.#open.add(session);
    session.once('close', () => this.#open.delete(session));
    session.on('error', () => {}); // the streams tell it; without a listener it would end the program
    const ready = within(opened(session), connectMs, clock).catch((error: unknown) => {
      session.destroy();
      throw error instanceof Silence
        ? new NotConnected(`no connection within ${connectMs / 1000} s`, 'ETIMEDOUT')
        : error;
    });
    ready.catch(() => {}); // told to whoever asks
    return { session, ready, streams: 0 };
  }
}

interface Connection {
  readonly session: ClientHttp2Session;
  readonly ready: Promise<void>;
  streams: number;
}

const isOver = ({ closed, destroyed }: ClientHttp2Session): boolean => closed || destroyed;

/** Resolves when the session can be used; rejects with a `NotConnected`. */
function opened(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.once('connect', () => {
      if (session.encrypted === true && session.alpnProtocol !== 'h2') {
        reject(new NotConnected('the server does not speak HTTP/2', 'NO_HTTP2'));
        return;
      }
      session.setLocalWindowSize(windowBytes);
      resolve();
    });
    session.once('error', (error: NodeJS.ErrnoException) => {
      reject(new NotConnected(error.message, error.code, error));
    });
    session.once('close', () => reject(new NotConnected('the connection was closed at once', 'ECONNRESET')));
  });
}

/** A connection keeps the process alive while it carries a call, and not when it is idle. */
function keepAwake(connection: Connection, stream: ClientHttp2Stream): void {
  connection.streams += 1;
  connection.session.ref();
  stream.once('close', () => {
    connection.streams -= 1;
    if (connection.streams === 0) connection.session.unref();
  });
}

/** A stream that is closed without an error and without an answer would be waited for in vain. */
function tellUnanswered(stream: ClientHttp2Stream): void {
  let answered = false;
  stream.once('response', () => {
    answered = true;
  });
  stream.once('close', () => {
    if (answered || stream.listenerCount('error') === 0) return;
    stream.emit('error', new Error('the stream was closed before it was answered'));
  });
}
