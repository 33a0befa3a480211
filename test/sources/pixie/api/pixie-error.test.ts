import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import type { ErrorCode } from '../../../../src/error.js';
import { StatusSchema } from '../../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import { type FailedCall, pixieError } from '../../../../src/sources/pixie/api/pixie-error.js';
import type { TransportFailure } from '../../../../src/sources/pixie/api/transport-failure.js';

const key = 'px-api-0123';
const script = {
  call: 'ExecuteScript',
  address: 'work.test:443',
  mode: 'cloud',
  plaintext: false,
  secrets: [key],
} as const;
const list = { ...script, call: 'GetClusterInfo' } as const;
const direct = { ...script, mode: 'direct', address: 'pem:12345', plaintext: true } as const;

const said = (code: number, message: string): { readonly failure: TransportFailure } => ({
  failure: { kind: 'status', code, message },
});
const local = (failure: TransportFailure) => ({ failure });
const unconnected = (code: string, message = code) => local({ kind: 'not-connected', code, message });
const compiler = (...errors: readonly [bigint, bigint, string][]) => ({
  status: create(StatusSchema, {
    code: 3,
    errorDetails: errors.map(([line, column, message]) => ({
      error: { case: 'compilerError' as const, value: { line, column, message } },
    })),
  }),
});

interface Expected {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: RegExp;
}

const table: readonly [string, FailedCall, Expected][] = [
  [
    'a wrong key',
    { ...list, ...said(16, 'invalid auth token') },
    {
      code: 'PIXIE_REFUSED',
      message:
        'GetClusterInfo at work.test:443 failed: the credentials were not accepted (invalid auth token)',
      hint: /^check PX_API_KEY or PX_API_KEY_FILE/,
    },
  ],
  [
    'a wrong key of a Vizier',
    { ...direct, ...said(16, '') },
    {
      code: 'PIXIE_REFUSED',
      message: 'ExecuteScript at pem:12345 failed: the credentials were not accepted (unauthenticated)',
      hint: /^check PX_DIRECT_VIZIER_KEY$/,
    },
  ],
  [
    'a wrong key that a relay calls unknown',
    {
      ...script,
      ...said(2, 'rpc error: code = Unknown desc = rpc error: code = Unauthenticated desc = no auth.'),
    },
    {
      code: 'PIXIE_REFUSED',
      message: 'ExecuteScript at work.test:443 failed: the credentials were not accepted (no auth)',
      hint: /PX_API_KEY/,
    },
  ],
  [
    "another organisation's cluster",
    { ...script, ...said(7, 'permission denied for access to cluster') },
    {
      code: 'PIXIE_REFUSED',
      message:
        'ExecuteScript at work.test:443 failed: the credentials do not allow it (permission denied for access to cluster)',
      hint: /organisation/,
    },
  ],
  [
    'a cluster without credentials',
    { ...script, ...said(13, 'failed to fetch creds for cluster') },
    {
      code: 'PIXIE_REFUSED',
      message:
        'ExecuteScript at work.test:443 failed: the cloud found no credentials for the cluster (failed to fetch creds for cluster)',
      hint: /another organisation.*px get viziers/,
    },
  ],
  [
    'an unhealthy cluster',
    { ...script, ...said(14, 'cluster is not in a healthy state') },
    {
      code: 'CLUSTER_UNHEALTHY',
      message:
        'ExecuteScript at work.test:443 failed: the cluster is not in a healthy state, so the cloud passes no script on to it',
      hint: /kubectl get pods -n pl.*--pixie-cluster/,
    },
  ],
  [
    'a Vizier that has just started',
    { ...script, ...said(14, 'rpc error: code = Unavailable desc = not ready yet') },
    {
      code: 'CLUSTER_UNHEALTHY',
      message:
        "ExecuteScript at work.test:443 failed: the cluster's Vizier has only just started and is not ready yet",
      hint: /in a minute/,
    },
  ],
  [
    'any other UNAVAILABLE',
    { ...script, ...said(14, 'upstream connect error') },
    {
      code: 'PIXIE_UNREACHABLE',
      message: 'ExecuteScript at work.test:443 failed: the service is not available (upstream connect error)',
      hint: /^try again/,
    },
  ],
  [
    'a malformed cluster id',
    { ...script, ...said(3, 'missing/malformed cluster_id') },
    {
      code: 'NO_SUCH_CLUSTER',
      message:
        'ExecuteScript at work.test:443 failed: the cloud wants the UUID of a cluster and got none that it can read',
      hint: /--pixie-cluster NAME\|ID/,
    },
  ],
  [
    'a cloud that runs its own scripts alone',
    { ...script, ...said(3, 'Script modification has been disabled') },
    {
      code: 'PIXIE_REFUSED',
      message:
        'ExecuteScript at work.test:443 failed: this cloud runs none but its own scripts (script modification has been disabled)',
      hint: /administrator.*--pixie-direct/,
    },
  ],
  [
    'a batch that is too large for the cloud',
    { ...script, ...said(13, 'Large data batch rejected by passthrough proxy limits. The Pixie team ...') },
    {
      code: 'PIXIE_FAILED',
      message:
        'ExecuteScript at work.test:443 failed: the result has a batch of rows that is larger than the cloud passes on',
      hint: /fewer rows \(head\) or columns/,
    },
  ],
  [
    'a script that does not compile',
    { ...script, ...compiler([3n, 5n, "name 'dx' is not defined.."], [4n, 1n, 'too bad']) },
    {
      code: 'PIXIE_SCRIPT',
      message:
        "ExecuteScript at work.test:443 failed: the script does not compile: line 3, column 5: name 'dx' is not defined; line 4, column 1: too bad",
      hint: /as it was sent/,
    },
  ],
  [
    'a table that is not there',
    { ...script, ...compiler([4n, 6n, "Table 'gctop_GC_12ab' not found.."]) },
    {
      code: 'PIXIE_SCRIPT',
      message:
        "ExecuteScript at work.test:443 failed: there is no table 'gctop_GC_12ab' (line 4, column 6: Table 'gctop_GC_12ab' not found)",
      hint: /probe is not in place/,
    },
  ],
  [
    'a table that is always there',
    { ...script, ...compiler([1n, 2n, "Table 'process_stats' not found."]) },
    {
      code: 'CLUSTER_UNHEALTHY',
      message:
        "ExecuteScript at work.test:443 failed: table 'process_stats', which every Pixie has, is missing (line 1, column 2: Table 'process_stats' not found): no data collector (PEM) of the cluster works",
      hint: /vizier-pem/,
    },
  ],
  [
    'no data collector',
    {
      ...script,
      status: create(StatusSchema, {
        code: 3,
        message: 'Distributed state does not have a Carnot instance that satisifies the condition 2',
      }),
    },
    {
      code: 'CLUSTER_UNHEALTHY',
      message:
        "ExecuteScript at work.test:443 failed: none of the cluster's data collectors (PEMs) can run this script (Distributed state does not have a Carnot instance that satisifies the condition 2)",
      hint: /one vizier-pem must run on every node/,
    },
  ],
  [
    'a script that shows nothing',
    { ...script, ...said(3, 'query does not output a result, please add a px.display() call') },
    {
      code: 'PIXIE_SCRIPT',
      message:
        'ExecuteScript at work.test:443 failed: query does not output a result, please add a px.display() call',
      hint: /script is at fault/,
    },
  ],
  [
    'tracepoints that cannot be registered',
    { ...script, ...said(2, 'rpc error: code = Unknown desc = failed to register tracepoints') },
    {
      code: 'PIXIE_FAILED',
      message: 'ExecuteScript at work.test:443 failed: failed to register tracepoints (unknown)',
      hint: /try again/,
    },
  ],
  [
    'a script that a standalone PEM cannot compile',
    { ...direct, ...said(3, "Failed to compile script with error='Table 'x' not found.'") },
    {
      code: 'PIXIE_SCRIPT',
      message: "ExecuteScript at pem:12345 failed: there is no table 'x' (Table 'x' not found)",
      hint: /probe/,
    },
  ],
  [
    'a standalone PEM that does not say why',
    { ...direct, ...said(3, "Failed to compile script with error=''") },
    {
      code: 'PIXIE_SCRIPT',
      message: 'ExecuteScript at pem:12345 failed: the script does not compile: the Vizier does not say why',
      hint: /as it was sent/,
    },
  ],
  [
    'tracepoints that a standalone PEM cannot compile',
    { ...direct, ...said(3, 'Failed to compile trace') },
    {
      code: 'PIXIE_SCRIPT',
      message:
        'ExecuteScript at pem:12345 failed: the script does not compile: its tracepoints do not, and a standalone PEM does not say why (it knows no PodProcess, a UPID it does)',
      hint: /as it was sent/,
    },
  ],
  [
    'an ingress that passes on scripts alone',
    { ...list, ...local({ kind: 'http', status: 404, message: 'HTTP 404' }) },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'GetClusterInfo at work.test:443 failed: what answers there does not know GetClusterInfo (HTTP 404)',
      hint: /--pixie-cloud.*ingress must pass \/px\.cloudapi\.\* on as gRPC/,
    },
  ],
  [
    'an ingress that passes on the list of clusters alone',
    { ...script, ...said(12, 'unknown service px.api.vizierpb.VizierService') },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'ExecuteScript at work.test:443 failed: what answers there does not know ExecuteScript (unknown service px.api.vizierpb.VizierService)',
      hint: /ingress must pass \/px\.api\.\* on as gRPC/,
    },
  ],
  [
    'a web page',
    { ...list, ...local({ kind: 'http', status: 200, message: 'unsupported content type text/html' }) },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'GetClusterInfo at work.test:443 failed: what answers there does not know GetClusterInfo (unsupported content type text/html)',
      hint: /--pixie-cloud/,
    },
  ],
  [
    'a direct address that is no Vizier',
    { ...direct, ...said(12, '') },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'ExecuteScript at pem:12345 failed: what answers there is no Vizier: it does not know ExecuteScript (unimplemented)',
      hint: /--pixie-direct/,
    },
  ],
  [
    'a proxy that wants a login',
    { ...list, ...local({ kind: 'http', status: 403, message: 'HTTP 403' }) },
    {
      code: 'PIXIE_REFUSED',
      message: 'GetClusterInfo at work.test:443 failed: something in front of it refused the call (HTTP 403)',
      hint: /proxy/,
    },
  ],
  [
    'a proxy whose service is down',
    { ...list, ...local({ kind: 'http', status: 503, message: 'HTTP 503' }) },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'GetClusterInfo at work.test:443 failed: a proxy or an ingress answered that the service is down (HTTP 503)',
      hint: /try again/,
    },
  ],
  [
    'nobody there',
    { ...list, ...unconnected('ECONNREFUSED') },
    {
      code: 'PIXIE_UNREACHABLE',
      message: 'GetClusterInfo at work.test:443 failed: nothing listens there (ECONNREFUSED)',
      hint: /--pixie-cloud or PX_CLOUD_ADDR/,
    },
  ],
  [
    'no such host',
    { ...direct, ...unconnected('ENOTFOUND') },
    {
      code: 'PIXIE_UNREACHABLE',
      message: "ExecuteScript at pem:12345 failed: no host is called 'pem' (ENOTFOUND)",
      hint: /--pixie-direct or PX_DIRECT_VIZIER_ADDR/,
    },
  ],
  [
    'no name server',
    { ...list, ...unconnected('EAI_AGAIN') },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        "GetClusterInfo at work.test:443 failed: no name server could be asked for 'work.test' (EAI_AGAIN)",
      hint: /network/,
    },
  ],
  [
    'a firewall',
    { ...list, ...unconnected('ETIMEDOUT', 'no connection within 10 s') },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'GetClusterInfo at work.test:443 failed: it cannot be reached: no connection within 10 s (ETIMEDOUT)',
      hint: /firewall/,
    },
  ],
  [
    'an unknown authority',
    { ...list, ...unconnected('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate') },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'GetClusterInfo at work.test:443 failed: its certificate is not trusted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
      hint: /--pixie-ca FILE.*--pixie-insecure/,
    },
  ],
  [
    "another's certificate",
    { ...list, ...unconnected('ERR_TLS_CERT_ALTNAME_INVALID', "Host: a. is not in the cert's altnames: b.") },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        "GetClusterInfo at work.test:443 failed: its certificate is for another name: Host: a. is not in the cert's altnames: b",
      hint: /--pixie-insecure/,
    },
  ],
  [
    'an old certificate',
    { ...list, ...unconnected('CERT_HAS_EXPIRED') },
    {
      code: 'PIXIE_UNREACHABLE',
      message: 'GetClusterInfo at work.test:443 failed: its certificate is out of date (CERT_HAS_EXPIRED)',
      hint: /clocks/,
    },
  ],
  [
    'no TLS there',
    { ...list, ...unconnected('ERR_SSL_WRONG_VERSION_NUMBER') },
    {
      code: 'PIXIE_UNREACHABLE',
      message: 'GetClusterInfo at work.test:443 failed: it does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)',
      hint: /--pixie-plaintext/,
    },
  ],
  [
    'no HTTP/2 there',
    { ...list, ...unconnected('NO_HTTP2', 'the server does not speak HTTP/2') },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'GetClusterInfo at work.test:443 failed: it does not speak HTTP/2, which gRPC needs (NO_HTTP2)',
      hint: /proxy/,
    },
  ],
  [
    'TLS where plaintext was asked for',
    { ...direct, ...local({ kind: 'cut', message: 'http/2 stream closed' }) },
    {
      code: 'PIXIE_UNREACHABLE',
      message: 'ExecuteScript at pem:12345 failed: the connection was cut (http/2 stream closed)',
      hint: /may want TLS: leave out --pixie-plaintext/,
    },
  ],
  [
    'a cut',
    { ...script, ...local({ kind: 'cut', message: 'missing status' }) },
    {
      code: 'PIXIE_UNREACHABLE',
      message: 'ExecuteScript at work.test:443 failed: the connection was cut (missing status)',
      hint: /proxy/,
    },
  ],
  [
    'silence',
    { ...script, ...local({ kind: 'silence', message: 'no word for 60 s' }) },
    {
      code: 'PIXIE_UNREACHABLE',
      message: 'ExecuteScript at work.test:443 failed: no word for 60 s',
      hint: /network/,
    },
  ],
  [
    'an answer that is too large for gctop',
    { ...script, ...local({ kind: 'too-large', message: 'size 20 is larger than 16' }) },
    {
      code: 'PIXIE_FAILED',
      message:
        'ExecuteScript at work.test:443 failed: an answer is larger than gctop takes (size 20 is larger than 16)',
      hint: /fewer rows/,
    },
  ],
  [
    'an answer that is no answer',
    { ...script, ...local({ kind: 'garbled', message: 'parse binary: premature EOF' }) },
    {
      code: 'PIXIE_UNREACHABLE',
      message:
        'ExecuteScript at work.test:443 failed: what came back cannot be read (parse binary: premature EOF)',
      hint: /address of a Pixie cloud/,
    },
  ],
  [
    'a code that nobody knows',
    { ...script, ...said(42, 'rpc error: code = Foo desc = boo') },
    {
      code: 'PIXIE_FAILED',
      message: 'ExecuteScript at work.test:443 failed: boo (code 42)',
      hint: /try again/,
    },
  ],
  [
    'a server that repeats the key',
    { ...script, ...said(16, `no such key ${key}`) },
    {
      code: 'PIXIE_REFUSED',
      message:
        'ExecuteScript at work.test:443 failed: the credentials were not accepted (no such key (hidden))',
      hint: /PX_API_KEY/,
    },
  ],
];

for (const [what, failed, expected] of table) {
  test(`${what} is told by call, address, reason and what to try`, () => {
    const error = pixieError(failed);
    assert.equal(error.message, expected.message);
    assert.equal(error.code, expected.code);
    assert.match(error.hint ?? '', expected.hint);
  });
}

test('a cause that repeats the key is not kept', () => {
  const error = pixieError({ ...script, ...said(16, 'no') }, new Error(`bad key ${key}`));
  assert.equal(error.cause, undefined);
  const harmless = new Error('bad key');
  assert.equal(pixieError({ ...script, ...said(16, 'no') }, harmless).cause, harmless);
});

test('a text without end is cut short', () => {
  const { message } = pixieError({ ...script, ...said(2, 'x'.repeat(10_000)) });
  assert.ok(message.length < 700);
});

test('no part of the key is left where the text is cut, wherever that is', () => {
  for (let before = 500; before <= 600; before += 1) {
    const { message } = pixieError({
      ...script,
      ...said(2, `${'x'.repeat(before)}${key}${'y'.repeat(100)}`),
    });
    assert.doesNotMatch(message, /xp/, `the key begins at ${before}`);
  }
});
