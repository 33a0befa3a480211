import { type CalledPlace, notServed, type Problem, whereToSet } from './problem.js';
import type { TransportFailure } from './transport-failure.js';

/** Why no answer came through, for every way in which that happens below gRPC. */
export function connectionProblem(
  failure: Exclude<TransportFailure, { kind: 'status' }>,
  place: CalledPlace,
): Problem {
  switch (failure.kind) {
    case 'not-connected':
      return notConnected(failure.code ?? '', failure.message, place);
    case 'http':
      return http(failure.status, failure.message, place);
    case 'cut':
      return {
        code: 'PIXIE_UNREACHABLE',
        why: `the connection was cut (${failure.message})`,
        hint: place.plaintext
          ? `the server may want TLS: leave out --pixie-plaintext${place.mode === 'direct' ? ' (PX_DISABLE_TLS)' : ''}`
          : 'a proxy in between may end long calls; try again',
      };
    case 'silence':
      return {
        code: 'PIXIE_UNREACHABLE',
        why: failure.message,
        hint: 'is the network up, and the Vizier? see px get viziers',
      };
    case 'too-large':
      return {
        code: 'PIXIE_FAILED',
        why: `an answer is larger than gctop takes (${failure.message})`,
        hint: 'ask for fewer rows (head) or columns, or for a shorter time',
      };
    case 'garbled':
      return {
        code: 'PIXIE_UNREACHABLE',
        why: `what came back cannot be read (${failure.message})`,
        hint: `is that the address of ${place.mode === 'direct' ? 'a Vizier' : 'a Pixie cloud'}? ${whereToSet(place)}`,
      };
  }
}

function http(status: number, message: string, place: CalledPlace): Problem {
  if (status === 401 || status === 403) {
    return {
      code: 'PIXIE_REFUSED',
      why: `something in front of it refused the call (${message})`,
      hint: 'does a proxy or an ingress there ask for a login of its own?',
    };
  }
  if (status >= 500) {
    return {
      code: 'PIXIE_UNREACHABLE',
      why: `a proxy or an ingress answered that the service is down (${message})`,
      hint: 'try again; in a self-hosted cloud look at its pods',
    };
  }
  return notServed(place, message);
}

function notConnected(code: string, message: string, place: CalledPlace): Problem {
  const host = place.address.replace(/:\d+$/, '');
  const problem = (why: string, hint: string): Problem => ({ code: 'PIXIE_UNREACHABLE', why, hint });
  if (isUntrusted(code)) {
    return problem(
      `its certificate is not trusted: ${message.replace(/\.+$/, '')} (${code})`,
      "pass the certificate of its authority with --pixie-ca FILE; --pixie-insecure trusts anybody's",
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return problem(
      `its certificate is for another name: ${message.replace(/\.+$/, '')}`,
      `name it as its certificate does, ${whereToSet(place)}; --pixie-insecure looks at no name`,
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return problem(
      `its certificate is out of date (${code})`,
      'compare the clocks, then renew it; --pixie-insecure takes it all the same',
    );
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') {
    return problem(
      `it does not speak TLS (${code})`,
      `--pixie-plaintext is for a server without TLS; else check the port, ${whereToSet(place)}`,
    );
  }
  if (noHttp2Codes.has(code)) {
    return problem(
      `it does not speak HTTP/2, which gRPC needs (${code})`,
      `a proxy in between may not pass it; ${whereToSet(place)}`,
    );
  }
  if (code.startsWith('ERR_SSL_')) return problem(`TLS failed (${code})`, whereToSet(place)); // its text is OpenSSL's
  switch (code) {
    case 'ECONNREFUSED':
      return problem(`nothing listens there (${code})`, whereToSet(place));
    case 'ENOTFOUND':
      return problem(`no host is called '${host}' (${code})`, whereToSet(place));
    case 'EAI_AGAIN':
      return problem(`no name server could be asked for '${host}' (${code})`, 'is the network up?');
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return problem(
        `it cannot be reached: ${message} (${code})`,
        `is a VPN or a firewall in the way? ${whereToSet(place)}`,
      );
    default:
      return problem(`${message}${code === '' ? '' : ` (${code})`}`, whereToSet(place));
  }
}

const noHttp2Codes: ReadonlySet<string> = new Set([
  'NO_HTTP2',
  'ERR_HTTP2_ERROR',
  'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
]);

const isUntrusted = (code: string): boolean =>
  /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|CERT_REJECTED|INVALID_CA/.test(
    code,
  );
