import { Code, ConnectError } from '@connectrpc/connect';
import { Silence } from '../../../system/abort-scope.js';
import { NotConnected } from './http2-session.js';

/** How a call ended that did not end well, in the words of this source instead of a library's. */
export type TransportFailure =
  /** The server said so, with a code of google.rpc. */
  | { readonly kind: 'status'; readonly code: number; readonly message: string }
  /** Something in between answered with HTTP alone: a proxy, an ingress, a web page. */
  | { readonly kind: 'http'; readonly status: number; readonly message: string }
  | { readonly kind: 'not-connected'; readonly code: string | undefined; readonly message: string }
  /** The connection or the stream ended before the call did. */
  | { readonly kind: 'cut'; readonly message: string }
  | { readonly kind: 'silence'; readonly message: string }
  | { readonly kind: 'too-large'; readonly message: string }
  | { readonly kind: 'garbled'; readonly message: string };

/** What a thrown value of the gRPC library stands for. */
export function transportFailure(error: unknown): TransportFailure {
  if (error instanceof Silence) return { kind: 'silence', message: error.message };
  const notConnected = causes(error).find((cause) => cause instanceof NotConnected);
  if (notConnected !== undefined) {
    return { kind: 'not-connected', code: notConnected.code, message: notConnected.message };
  }
  const noHttp2 = causes(error).find((cause) => 'code' in cause && cause.code === 'ERR_HTTP2_ERROR');
  if (noHttp2 !== undefined) return { kind: 'not-connected', code: 'NO_HTTP2', message: noHttp2.message };
  if (!(error instanceof ConnectError)) return { kind: 'garbled', message: textOf(error) };
  const { code, rawMessage: message } = error;
  if (saidByServer(error)) {
    return isCutStatus(code, message) ? { kind: 'cut', message } : { kind: 'status', code, message };
  }
  const http = /^HTTP (\d+)$/.exec(message)?.[1];
  if (http !== undefined) return { kind: 'http', status: Number(http), message };
  if (message.startsWith('unsupported content type')) return { kind: 'http', status: 200, message };
  if (code === Code.ResourceExhausted && message.includes('readMaxBytes'))
    return { kind: 'too-large', message };
  if (message.startsWith('parse binary') || message.includes('URI malformed'))
    return { kind: 'garbled', message };
  return { kind: 'cut', message };
}

/** Whether trying again may help: nothing was said about the call itself. */
export function isPassing(failure: TransportFailure): boolean {
  switch (failure.kind) {
    case 'cut':
      return true;
    case 'not-connected':
      return failure.code === undefined || passingCodes.has(failure.code);
    case 'http':
      return failure.status >= 502 && failure.status <= 504;
    default:
      return false;
  }
}

const passingCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
]);

/** A status comes in headers or trailers, which the error keeps; the library's own errors have none. */
const saidByServer = ({ metadata }: ConnectError): boolean =>
  metadata.has('grpc-status') || metadata.has('grpc-status-details-bin');

/** What proxies, and gRPC in Go and C, say of a stream that something in between has cut. */
const isCutStatus = (code: number, message: string): boolean =>
  code === Code.Internal && /RST_STREAM|server closed the stream without sending trailers/.test(message);

function causes(error: unknown): readonly Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && !found.includes(at); at = at.cause) found.push(at);
  return found;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
