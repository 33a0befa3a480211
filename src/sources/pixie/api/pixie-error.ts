import { type ErrorCode, GctopError } from '../../../error.js';
import { compileErrors } from './compile-errors.js';
import { connectionProblem } from './connection-problem.js';
import type { Status } from './gen/vizierapi_pb.js';
import { codeOf, codeWord, grpcCode, withoutPrefix } from './grpc-code.js';
import {
  type CalledPlace,
  lookAtVizier,
  noCollector,
  noCollectorPattern,
  notServed,
  type Problem,
} from './problem.js';
import type { TransportFailure } from './transport-failure.js';

/** Why a call failed: what the answer's own status said, else how the call ended. */
export type FailedCall = CalledPlace & {
  readonly status?: Pick<Status, 'code' | 'message' | 'errorDetails'> | undefined;
  readonly failure?: TransportFailure | undefined;
  /** What is wrong with a result that came. */
  readonly broken?: string | undefined;
};

/** The sentence for a call that failed: which call to which address, why, and what to try. */
export function pixieError(failed: FailedCall, cause?: unknown): GctopError {
  const { code, why, hint } = problem(failed);
  const hide = hider(failed.secrets);
  // Hidden before it is cut, which could leave a part of a secret that is not known any more.
  const message = `${failed.call} at ${failed.address} failed: ${tidy(hide(why))}`;
  return new GctopError(code, message, {
    hint: hide(hint),
    ...(cause === undefined || hide(String(cause)) !== String(cause) ? {} : { cause }),
  });
}

function problem(failed: FailedCall): Problem {
  const { status, failure, broken } = failed;
  if (broken !== undefined) return { code: 'PIXIE_FAILED', why: broken, hint: 'send the script again' };
  if (status !== undefined) {
    const compiler = compileErrors(status);
    if (compiler !== undefined) return compiler;
    return statusProblem(status, failed);
  }
  if (failure === undefined) return { code: 'PIXIE_FAILED', why: 'no reason was given', hint: again };
  if (failure.kind === 'status') return statusProblem(failure, failed);
  return connectionProblem(failure, failed);
}

interface Said {
  readonly code: number;
  readonly message: string;
}

function statusProblem(said: Said, place: CalledPlace): Problem {
  const text = withoutPrefix(said.message).replace(/\.+$/, '');
  // What a relay calls UNKNOWN can carry the true code in its text.
  const code = codeOf(said.message) ?? said.code;
  const known = knownTexts.find(({ pattern }) => pattern.test(text));
  if (known !== undefined) return { code: known.code, why: known.why(text), hint: known.hint };
  const compiler = compileErrors({ code, message: text, errorDetails: [] });
  if (compiler !== undefined) return compiler;
  return byCode(code, text, place);
}

interface KnownText {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly why: (text: string) => string;
  readonly hint: string;
}

const again = 'try again; if it stays so, see px get viziers and px debug pods';

const knownTexts: readonly KnownText[] = [
  {
    // The cloud says INTERNAL of a key that it does not know (shared/services/server/grpc_server.go).
    pattern: /Auth middleware failed/,
    code: 'PIXIE_REFUSED',
    why: (text) => `the credentials were not accepted (${text})`,
    hint: 'check the key (px api-key list), or make one with px api-key create; PX_API_KEY goes before px auth login',
  },
  {
    pattern: /cluster is not in a healthy state/,
    code: 'CLUSTER_UNHEALTHY',
    why: () => 'the cluster is not in a healthy state, so the cloud passes no script on to it',
    hint: `${lookAtVizier}, or choose another with --pixie-cluster`,
  },
  {
    pattern: /not ready yet/,
    code: 'CLUSTER_UNHEALTHY',
    why: () => "the cluster's Vizier has only just started and is not ready yet",
    hint: 'try again in a minute',
  },
  {
    pattern: /missing\/malformed cluster_id/,
    code: 'NO_SUCH_CLUSTER',
    why: () => 'the cloud wants the UUID of a cluster and got none that it can read',
    hint: 'name the cluster with --pixie-cluster NAME|ID; px get viziers lists them',
  },
  {
    pattern: /Script modification has been disabled/,
    code: 'PIXIE_REFUSED',
    why: () => 'this cloud runs none but its own scripts (script modification has been disabled)',
    hint: 'ask its administrator to allow it, or reach the Vizier without the cloud, with --pixie-direct',
  },
  {
    pattern: /failed to (fetch|generate) creds for cluster/,
    code: 'PIXIE_REFUSED',
    why: (text) => `the cloud found no credentials for the cluster (${text})`,
    hint: 'the key may be of another organisation, or the cluster may be gone: px get viziers lists what it may use',
  },
  {
    pattern: /Large data batch rejected/,
    code: 'PIXIE_FAILED',
    why: () => 'the result has a batch of rows that is larger than the cloud passes on',
    hint: 'ask for fewer rows (head) or columns, or for a shorter time',
  },
  {
    pattern: /not registered in query forwarder/,
    code: 'PIXIE_FAILED',
    why: () => 'the query was given up by the Vizier while its stream was cut',
    hint: 'send the script again',
  },
  { pattern: noCollectorPattern, ...noCollector },
];

function byCode(code: number, text: string, place: CalledPlace): Problem {
  const said = text === '' ? codeWord(code) : text;
  switch (code) {
    case grpcCode.UNAUTHENTICATED:
      return {
        code: 'PIXIE_REFUSED',
        why: `the credentials were not accepted (${said})`,
        hint: keyHint(place),
      };
    case grpcCode.PERMISSION_DENIED:
      return {
        code: 'PIXIE_REFUSED',
        why: `the credentials do not allow it (${said})`,
        hint: 'use a key of the organisation that the cluster belongs to',
      };
    case grpcCode.UNIMPLEMENTED:
      return notServed(place, said);
    case grpcCode.NOT_FOUND:
      return place.call === 'GetClusterInfo'
        ? { code: 'NO_SUCH_CLUSTER', why: said, hint: 'px get viziers lists the clusters' }
        : { code: 'PIXIE_FAILED', why: said, hint: again };
    case grpcCode.INVALID_ARGUMENT:
      return {
        code: place.call === 'ExecuteScript' ? 'PIXIE_SCRIPT' : 'PIXIE_FAILED',
        why: said,
        hint: 'the script is at fault, not the connection',
      };
    case grpcCode.UNAVAILABLE:
      return { code: 'PIXIE_UNREACHABLE', why: `the service is not available (${said})`, hint: again };
    case grpcCode.CANCELLED:
      return { code: 'PIXIE_FAILED', why: `the Vizier gave the script up (${said})`, hint: again };
    default:
      return {
        code: 'PIXIE_FAILED',
        why: `${said}${text === '' ? '' : ` (${codeWord(code)})`}`,
        hint: again,
      };
  }
}

const keyHint = ({ mode }: CalledPlace): string =>
  mode === 'direct'
    ? 'check PX_DIRECT_VIZIER_KEY'
    : 'check PX_API_KEY or PX_API_KEY_FILE (px api-key create makes a key, a deploy key does not do), or run px auth login again';

/** A text that ends without a full stop, for a hint follows, and is no longer than a person reads. */
const longest = 600;
function tidy(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(/[.\s]+$/, '');
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
}

const hider =
  (secrets: readonly string[]) =>
  (text: string): string =>
    secrets
      .filter((secret) => secret !== '')
      .reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text);
