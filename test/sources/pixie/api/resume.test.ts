import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { GctopError } from '../../../../src/error.js';
import type { Patience } from '../../../../src/sources/pixie/api/call.js';
import { PixieAPIClient } from '../../../../src/sources/pixie/api/client.js';
import { clientVizier } from '../../../../src/sources/pixie/api/client-vizier.js';
import type { ExecuteScriptRequest } from '../../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { PixieOptions } from '../../../../src/sources/pixie/api/pixie-options.js';
import type { ScriptResult, Vizier } from '../../../../src/sources/pixie/vizier.js';
import { systemClock } from '../../../../src/system/clock.js';
import { type PixieServer, startPixieServer } from './pixie-server.js';
import { batchOf, described, encrypted, mutationInfo, queryId, rows, stats } from './script-answers.js';

const cluster = '00112233-4455-6677-8899-aabbccddeeff';
const never = new AbortController().signal;
const internalError = 2;
const noError = 0;
const cancel = 8;

interface Setting {
  readonly options?: Partial<PixieOptions>;
  readonly patience?: Partial<Patience>;
}

function clientOf(
  t: TestContext,
  { address, certificate }: PixieServer,
  { options, patience }: Setting = {},
) {
  const client = PixieAPIClient.create(
    { mode: 'cloud', address, tls: { ca: certificate, verify: true }, encrypted: false, ...options },
    { clock: systemClock(), patience: { retryMs: 20, ...patience } },
  );
  t.after(() => client.close());
  return client;
}

const first = rows(batchOf({ table: 'id of GC', times: [1n], numbers: [1n], eos: false }));
const second = rows(batchOf({ table: 'id of GC', times: [2n], numbers: [2n] }));
const numbersOf = ({ tables }: ScriptResult) => tables[0]?.columns[1]?.values;

/** Waits for ever, as a query whose rows are still to come. */
const hang = () => new Promise<never>(() => {});

type Cut = (server: PixieServer) => void;
const cuts: Readonly<Record<string, Cut>> = {
  'by a lost connection': (server) => server.cutConnections(),
  'by RST_STREAM with an error': (server) => server.resetStreams(internalError),
  'by RST_STREAM without an error': (server) => server.resetStreams(noError),
  'by RST_STREAM that cancels': (server) => server.resetStreams(cancel),
};

for (const [how, cut] of Object.entries(cuts)) {
  test(`a stream that is cut ${how} goes on with its query's id alone, and no row is lost`, async (t) => {
    const asked: ExecuteScriptRequest[] = [];
    const server = await startPixieServer(t, {
      async *script(request) {
        asked.push(request);
        if (asked.length === 1) {
          yield described('GC');
          yield first;
          await delay(50);
          cut(server);
          await hang();
        }
        yield second;
        yield stats;
      },
    });
    const result = await clientVizier(clientOf(t, server), cluster).run('import px', { signal: never });
    assert.deepEqual(numbersOf(result), [1n, 2n]);
    assert.deepEqual(
      asked.map(({ clusterId, queryStr, queryId }) => [clusterId, queryStr, queryId]),
      [
        [cluster, 'import px', ''],
        [cluster, '', queryId],
      ],
    );
  });
}

for (const message of [
  'stream terminated by RST_STREAM with error code: INTERNAL_ERROR',
  'server closed the stream without sending trailers',
]) {
  test(`a relay that says '${message}' means a cut stream`, async (t) => {
    let calls = 0;
    const server = await startPixieServer(t, {
      async *script() {
        calls += 1;
        if (calls === 1) {
          yield described('GC');
          throw new ConnectError(message, Code.Internal);
        }
        yield second;
        yield stats;
      },
    });
    const result = await clientVizier(clientOf(t, server), cluster).run('import px', { signal: never });
    assert.deepEqual(numbersOf(result), [2n]);
  });
}

test('a stream that ends without trailers is taken up again as often as it is cut', async (t) => {
  let calls = 0;
  const server = await startPixieServer(t, {
    raw(stream) {
      calls += 1;
      if (calls > 4) return false;
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      // One message that holds the query's id and nothing else: field 2 of ExecuteScriptResponse.
      stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, 38, 0x12, 36]), Buffer.from(queryId)]));
      return true;
    },
    async *script(request) {
      assert.equal(request.queryId, queryId);
      yield described('GC');
      yield second;
      yield stats;
    },
  });
  const result = await clientVizier(clientOf(t, server), cluster).run('import px', { signal: never });
  assert.deepEqual(numbersOf(result), [2n]);
  assert.equal(calls, 5);
});

test('a resumed script is encrypted for the same key', async (t) => {
  const keys: (string | undefined)[] = [];
  const server = await startPixieServer(t, {
    async *script(request) {
      keys.push(request.encryptionOptions?.jwkKey);
      if (keys.length === 1) {
        yield described('GC');
        await delay(20);
        server.cutConnections();
        await hang();
      }
      yield await encrypted(request, batchOf({ table: 'id of GC', times: [2n], numbers: [7n] }));
      yield stats;
    },
  });
  const client = clientOf(t, server, { options: { encrypted: true } });
  const result = await clientVizier(client, cluster).run('import px', { signal: never });
  assert.deepEqual(numbersOf(result), [7n]);
  assert.equal(typeof keys[0], 'string');
  assert.equal(keys[1], keys[0]);
});

test('a table whose end was lost with the cut is no result', async (t) => {
  let calls = 0;
  const server = await startPixieServer(t, {
    async *script() {
      calls += 1;
      if (calls === 1) {
        yield described('GC');
        yield first;
        await delay(20);
        server.cutConnections();
        await hang();
      }
      yield stats;
    },
  });
  const error = await failing(clientVizier(clientOf(t, server), cluster).run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_FAILED');
  assert.match(error.message, /rows were lost while the stream was cut/);
});

test('a mutation whose stream is cut after it said pending is not asked for again', async (t) => {
  let calls = 0;
  const server = await startPixieServer(t, {
    async *script() {
      calls += 1;
      yield mutationInfo(14, 'probe installation in progress', [['one', 1]]);
      await delay(20);
      server.cutConnections();
      await hang();
    },
  });
  const run = { signal: never, mutation: true };
  const { mutation } = await clientVizier(clientOf(t, server), cluster).run('import pxtrace', run);
  assert.equal(mutation?.code, 14);
  assert.equal(calls, 1);
});

test('a cut stream is given up when it cannot be taken up again in time, and the sentence says both', async (t) => {
  const server = await startPixieServer(t, {
    async *script() {
      yield described('GC');
      await delay(20);
      server.close();
      await hang();
    },
  });
  const client = clientOf(t, server, { patience: { resumeMs: 300 } });
  const startedAt = performance.now();
  const error = await failing(clientVizier(client, cluster).run('import px', { signal: never }));
  const tookMs = performance.now() - startedAt;
  assert.equal(error.code, 'PIXIE_UNREACHABLE');
  assert.match(
    error.message,
    /the connection was cut \(.*CANCEL.*could not be taken up again: .*ECONNREFUSED/,
  );
  assert.ok(tookMs > 200 && tookMs < 2_000, `${tookMs} ms`);
});

test('a query that the Vizier gave up meanwhile is told as that', async (t) => {
  let calls = 0;
  const server = await startPixieServer(t, {
    async *script() {
      calls += 1;
      if (calls > 1) {
        throw new ConnectError(
          `rpc error: code = Unknown desc = error in StreamResults: Query ${queryId} not registered in query forwarder`,
          Code.Unknown,
        );
      }
      yield described('GC');
      await delay(20);
      server.cutConnections();
      await hang();
    },
  });
  const error = await failing(clientVizier(clientOf(t, server), cluster).run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_FAILED');
  assert.match(error.message, /given up by the Vizier while its stream was cut$/);
});

test('a Vizier without a cloud keeps no queries: what was cut is asked for anew only while nothing came', async (t) => {
  const asked: string[] = [];
  let comesFirst = false;
  const server = await startPixieServer(t, {
    plaintext: true,
    async *script(request) {
      asked.push(request.queryStr);
      if (comesFirst) yield described('GC');
      if (comesFirst || asked.length === 1) {
        await delay(20);
        server.cutConnections();
        await hang();
      }
      yield described('GC');
      yield second;
      yield stats;
    },
  });
  const client = PixieAPIClient.create(
    { mode: 'direct', address: server.address, encrypted: false },
    { clock: systemClock(), patience: { retryMs: 20 } },
  );
  t.after(() => client.close());
  const vizier = clientVizier(client, '');
  assert.deepEqual(numbersOf(await vizier.run('import px', { signal: never })), [2n]);
  assert.deepEqual(asked, ['import px', 'import px']);
  comesFirst = true;
  const error = await failing(vizier.run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_UNREACHABLE');
  assert.equal(asked.length, 3);
});

test('a call that nothing answers is made three times, and one whose stream is closed unanswered does not hang', async (t) => {
  let calls = 0;
  const server = await startPixieServer(t, {
    raw(stream) {
      calls += 1;
      stream.close(noError);
      return true;
    },
  });
  const client = clientOf(t, server);
  const error = await failing(client.clusters(never));
  assert.equal(error.code, 'PIXIE_UNREACHABLE');
  assert.match(
    error.message,
    /^GetClusterInfo at 127\.0\.0\.1:\d+ failed: the connection was cut \(.*before it was answered/,
  );
  assert.equal(calls, 3);
  calls = 0;
  await failing(clientVizier(client, cluster).run('import px', { signal: never }));
  assert.equal(calls, 3);
});

test('a connection that goes silent is given up and the next call makes a new one', async (t) => {
  let calls = 0;
  const server = await startPixieServer(t, {
    async *script() {
      calls += 1;
      if (calls === 1) await hang();
      yield stats;
    },
  });
  const client = clientOf(t, server, { patience: { silenceMs: 150 } });
  const vizier = clientVizier(client, cluster);
  const error = await failing(vizier.run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_UNREACHABLE');
  assert.match(error.message, /no word for 0\.15 s$/);
  await vizier.run('import px', { signal: never });
});

const abortedWithin = async (t: TestContext, vizier: Vizier, waitMs: number): Promise<void> => {
  const controller = new AbortController();
  const reason = new Error('the user quits');
  const running = vizier.run('import px', { signal: controller.signal });
  await delay(waitMs);
  const startedAt = performance.now();
  controller.abort(reason);
  await assert.rejects(running, (error) => error === reason);
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs < 1_000, `${tookMs} ms`);
  t.diagnostic(`aborted in ${tookMs.toFixed(1)} ms`);
};

test('an abort in the middle of a stream tells the server and leaves nothing when the client is closed', async (t) => {
  let cancelled = false;
  const server = await startPixieServer(t, {
    async *script(_, { signal }) {
      yield described('GC');
      await once(signal, 'abort');
      cancelled = true;
    },
  });
  const client = clientOf(t, server);
  await abortedWithin(t, clientVizier(client, cluster), 100);
  await until(() => cancelled);
  assert.equal(server.connections(), 1); // kept for the next call
  client.close();
  await until(() => server.connections() === 0);
});

test('an abort while a connection is being made, or between tries, leaves nothing', async (t) => {
  const mute = createServer().listen(0, '127.0.0.1'); // takes connections and says nothing
  t.after(() => mute.close());
  let open = 0;
  mute.on('connection', (socket) => {
    open += 1;
    socket.on('error', () => {});
    socket.on('close', () => {
      open -= 1;
    });
    socket.resume();
  });
  await once(mute, 'listening');
  const at = mute.address();
  assert.ok(at !== null && typeof at === 'object');
  const connecting = PixieAPIClient.create(
    { mode: 'cloud', address: `127.0.0.1:${at.port}`, tls: { verify: true }, encrypted: false },
    { clock: systemClock() },
  );
  await abortedWithin(t, clientVizier(connecting, cluster), 100);
  await until(() => open === 0);

  const refused = PixieAPIClient.create(
    { mode: 'cloud', address: '127.0.0.1:1', tls: { verify: true }, encrypted: false },
    { clock: systemClock(), patience: { retryMs: 60_000 } },
  );
  await abortedWithin(t, clientVizier(refused, cluster), 100);
});

test('a server that takes connections and never greets is given up', async (t) => {
  const mute = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  t.after(() => mute.close());
  await once(mute, 'listening');
  const at = mute.address();
  assert.ok(at !== null && typeof at === 'object');
  const client = PixieAPIClient.create(
    { mode: 'cloud', address: `127.0.0.1:${at.port}`, tls: { verify: true }, encrypted: false },
    { clock: systemClock(), patience: { connectMs: 100, tries: 1 } },
  );
  const error = await failing(client.clusters(never));
  assert.equal(error.code, 'PIXIE_UNREACHABLE');
  assert.match(error.message, /cannot be reached: no connection within 0\.1 s/);
});

async function failing(run: Promise<unknown>): Promise<GctopError> {
  const error: unknown = await run.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GctopError, String(error));
  return error;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 100, 'it did not come to pass within a second');
    await delay(10);
  }
}
