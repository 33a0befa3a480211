import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GctopError } from '../../../../src/error.js';
import { PixieAPIClient } from '../../../../src/sources/pixie/api/client.js';
import { connectPixie } from '../../../../src/sources/pixie/api/connect.js';
import { ClusterStatus } from '../../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import type { PixieOptions, PixieTls } from '../../../../src/sources/pixie/api/pixie-options.js';
import { systemClock } from '../../../../src/system/clock.js';
import { startPixieServer } from './pixie-server.js';
import { stats } from './script-answers.js';

const never = new AbortController().signal;
const key = 'px-api-0123';

interface Told {
  readonly message: string;
  readonly hint: string;
}

/** What a user is told whose client asks that address for the clusters. */
async function told(t: TestContext, address: string, tls: PixieTls | undefined): Promise<Told> {
  const options: PixieOptions = {
    mode: 'cloud',
    address,
    ...(tls === undefined ? {} : { tls }),
    credential: { name: 'pixie-api-key', value: key },
    encrypted: false,
  };
  const client = PixieAPIClient.create(options, { clock: systemClock(), patience: { retryMs: 10 } });
  t.after(() => client.close());
  const error: unknown = await client.clusters(never).then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GctopError, String(error));
  assert.equal(error.code, 'PIXIE_UNREACHABLE');
  const { message, hint = '' } = error;
  assert.ok(message.startsWith(`GetClusterInfo at ${address} failed: `), message);
  assert.ok(!`${message} ${hint}`.includes(key));
  return { message: message.replace(/^.*? failed: /, ''), hint };
}

async function listening(t: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const at = server.address();
  assert.ok(at !== null && typeof at === 'object');
  return `127.0.0.1:${at.port}`;
}

const clusters = () => ({ clusters: [] });

test('a certificate of nobody known is refused, taken with its authority, and taken on demand', async (t) => {
  const { address, certificate } = await startPixieServer(t, { clusters });
  const { message, hint } = await told(t, address, { verify: true });
  assert.equal(
    message,
    'its certificate is not trusted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
  );
  assert.match(hint, /--pixie-ca FILE/);
  for (const tls of [{ ca: certificate, verify: true }, { verify: false }]) {
    const client = PixieAPIClient.create(
      { mode: 'cloud', address, tls, encrypted: false },
      { clock: systemClock() },
    );
    t.after(() => client.close());
    assert.deepEqual(await client.clusters(never), []);
  }
});

test('a certificate for another name is told as that', async (t) => {
  const { address, certificate } = await startPixieServer(t, { clusters });
  const port = address.replace(/^.*:/, '');
  const { message } = await told(t, `localhost:${port}`, { ca: certificate, verify: true });
  assert.match(message, /^its certificate is for another name: .*localhost/);
});

test('TLS to a server without it, and the other way round, are told apart', async (t) => {
  const plain = await startPixieServer(t, { plaintext: true, clusters });
  const first = await told(t, plain.address, { verify: true });
  assert.match(first.message, /^it does not speak TLS/);
  assert.match(first.hint, /--pixie-plaintext/);
  const secure = await startPixieServer(t, { clusters });
  const second = await told(t, secure.address, undefined);
  assert.match(second.message, /^the connection was cut/);
  assert.match(second.hint, /may want TLS: leave out --pixie-plaintext/);
});

test('a server of HTTP/1 ends neither the program nor in silence', async (t) => {
  const { certificate, key: serverKey } = await startPixieServer(t, { clusters });
  const secure = createHttpsServer({ cert: certificate, key: serverKey }, (_, response) =>
    response.end('hi'),
  );
  const { message } = await told(t, await listening(t, secure), { ca: certificate, verify: true });
  assert.match(message, /^it does not speak HTTP\/2/);
  const plain = createHttpServer((_, response) => response.end('hi'));
  const { message: other } = await told(t, await listening(t, plain), undefined);
  assert.match(other, /^it does not speak HTTP\/2/);
});

test('nobody there, and nobody of that name', async (t) => {
  assert.match((await told(t, '127.0.0.1:1', { verify: true })).message, /^nothing listens there/);
  const { message } = await told(t, 'no-such-host.invalid:443', { verify: true });
  assert.match(message, /no-such-host\.invalid/);
});

test('an ingress that knows one of the two services is told by the call that failed', async (t) => {
  const { address, certificate } = await startPixieServer(t, { async *health() {} });
  const { message, hint } = await told(t, address, { ca: certificate, verify: true });
  assert.match(message, /^what answers there does not know GetClusterInfo \(HTTP 404\)$/);
  assert.match(hint, /\/px\.cloudapi\.\*/);
});

test('a web page where gRPC should be', async (t) => {
  const { address, certificate } = await startPixieServer(t, {
    raw(stream) {
      stream.respond({ ':status': 200, 'content-type': 'text/html' });
      stream.end('<html>Welcome</html>');
      return true;
    },
  });
  const { message } = await told(t, address, { ca: certificate, verify: true });
  assert.match(message, /does not know GetClusterInfo \(unsupported content type text\/html\)/);
});

test('two calls that start at once share one connection, and a lost one is made again', async (t) => {
  const server = await startPixieServer(t, { clusters });
  const client = PixieAPIClient.create(
    {
      mode: 'cloud',
      address: server.address,
      tls: { ca: server.certificate, verify: true },
      encrypted: false,
    },
    { clock: systemClock(), patience: { retryMs: 10 } },
  );
  t.after(() => client.close());
  await Promise.all([client.clusters(never), client.clusters(never), client.clusters(never)]);
  assert.equal(server.connections(), 1);
  server.cutConnections();
  await client.clusters(never);
  assert.equal(server.connections(), 1);
});

test('a server that says goodbye finishes what it does, and the next call takes another connection', async (t) => {
  let slow = held();
  let calls = 0;
  const server = await startPixieServer(t, {
    clusters: async () => {
      calls += 1;
      if (calls === 1) await slow.promise;
      return { clusters: [] };
    },
  });
  const client = PixieAPIClient.create(
    {
      mode: 'cloud',
      address: server.address,
      tls: { ca: server.certificate, verify: true },
      encrypted: false,
    },
    { clock: systemClock(), patience: { tries: 1 } },
  );
  t.after(() => client.close());
  const first = client.clusters(never);
  await until(() => calls === 1);
  server.sayGoodbye();
  await delay(50);
  await client.clusters(never);
  assert.equal(server.connections(), 2);
  slow.finish();
  await first;
  slow = held();
  calls = 0;
  const ended = assert.rejects(client.clusters(never), /the connection was cut/);
  await until(() => calls === 1);
  server.sayGoodbye();
  await delay(50);
  client.close();
  await ended;
  await until(() => server.connections() === 0);
});

test('a client that was closed makes no connection any more', async (t) => {
  const server = await startPixieServer(t, { clusters });
  const client = PixieAPIClient.create(
    {
      mode: 'cloud',
      address: server.address,
      tls: { ca: server.certificate, verify: true },
      encrypted: false,
    },
    { clock: systemClock(), patience: { retryMs: 10 } },
  );
  await client.clusters(never);
  client.close();
  await assert.rejects(client.clusters(never), /gctop has closed the connection/);
  await until(() => server.connections() === 0);
});

test('connecting chooses the cluster, and closes the connection when there is none', async (t) => {
  const info = { id: { highBits: 1n, lowBits: 2n }, status: ClusterStatus.CS_HEALTHY, clusterName: 'prod' };
  const server = await startPixieServer(t, {
    clusters: () => ({ clusters: [info] }),
    async *script({ clusterId }) {
      assert.equal(clusterId, '00000000-0000-0001-0000-000000000002');
      yield stats;
    },
  });
  const options: PixieOptions = {
    mode: 'cloud',
    address: server.address,
    tls: { ca: server.certificate, verify: true },
    encrypted: false,
  };
  const context = { clock: systemClock(), signal: never };
  const { client, vizier, cluster } = await connectPixie(options, context);
  t.after(() => client.close());
  assert.equal(cluster?.name, 'prod');
  assert.deepEqual(await vizier.run('import px', { signal: never }), { tables: [] });
  await assert.rejects(connectPixie({ ...options, cluster: 'test' }, context), /no cluster is called 'test'/);
  await until(() => server.connections() === 1);
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 100, 'it did not come to pass within a second');
    await delay(10);
  }
}

/** A wait that the test ends. */
function held() {
  let finish = () => {};
  const promise = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { promise, finish: () => finish() };
}
