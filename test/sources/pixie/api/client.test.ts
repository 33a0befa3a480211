import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { GctopError } from '../../../../src/error.js';
import { PixieAPIClient, type PixieAPIClientContext } from '../../../../src/sources/pixie/api/client.js';
import { clientVizier } from '../../../../src/sources/pixie/api/client-vizier.js';
import type { ExecutionStateUpdate } from '../../../../src/sources/pixie/api/execution.js';
import { ClusterStatus } from '../../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import type { PixieOptions } from '../../../../src/sources/pixie/api/pixie-options.js';
import { systemClock } from '../../../../src/system/clock.js';
import { type PixieServer, type PixieServerOptions, startPixieServer } from './pixie-server.js';
import { batchOf, described, mutationInfo, queryId, rows, stats } from './script-answers.js';

const cluster = '00112233-4455-6677-8899-aabbccddeeff';
const key = 'px-api-secret-of-the-test';
const never = new AbortController().signal;

interface Made {
  readonly server: PixieServer;
  readonly client: PixieAPIClient;
}

async function connected(
  t: TestContext,
  server: PixieServerOptions,
  {
    options = {},
    context = {},
  }: { options?: Partial<PixieOptions>; context?: Partial<PixieAPIClientContext> } = {},
): Promise<Made> {
  const started = await startPixieServer(t, server);
  const client = PixieAPIClient.create(
    {
      mode: 'cloud',
      address: started.address,
      ...(server.plaintext === true ? {} : { tls: { ca: started.certificate, verify: true } }),
      credential: { name: 'pixie-api-key', value: key },
      encrypted: false,
      ...options,
    },
    { clock: systemClock(), ...context, patience: { retryMs: 20, ...context.patience } },
  );
  t.after(() => client.close());
  return { server: started, client };
}

async function updatesOf(updates: AsyncIterable<ExecutionStateUpdate>): Promise<ExecutionStateUpdate[]> {
  const all: ExecutionStateUpdate[] = [];
  for await (const update of updates) all.push(update);
  return all;
}

const failing = async (run: () => Promise<unknown>): Promise<GctopError> => {
  const error = await run().then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GctopError, String(error));
  assert.ok(!error.message.includes(key) && !String(error.hint).includes(key), 'the key is in the message');
  return error;
};

test('a script runs over TLS with its key, and its updates come in the order of the old package', async (t) => {
  const heard: (string | null)[] = [];
  const { client } = await connected(t, {
    async *script(request, { requestHeader }) {
      heard.push(requestHeader.get('pixie-api-key'), requestHeader.get('pixie-api-client'));
      heard.push(request.clusterId, request.queryStr, String(request.mutation));
      yield described('GC');
      yield rows(batchOf({ table: 'id of GC', times: [1n], numbers: [2n] }));
      yield stats;
    },
  });
  const updates = await updatesOf(client.executeScript(cluster, 'import px', { signal: never }));
  assert.deepEqual(heard, [key, 'gctop', cluster, 'import px', 'false']);
  assert.deepEqual(
    updates.map(({ event, completionReason }) => [event.type, completionReason]),
    [
      ['start', undefined],
      ['metadata', undefined],
      ['data', undefined],
      ['stats', 'complete'],
    ],
  );
  assert.equal(updates.at(-1)?.results.queryId, queryId);
  assert.equal(updates.at(-1)?.results.tables[0]?.data[0]?.numRows, 1n);
});

test('int64 keeps every bit, negative and beyond 2^53, and batches of a table are joined', async (t) => {
  const numbers = [2n ** 53n + 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)];
  const { client } = await connected(t, {
    async *script() {
      yield described('GC');
      yield described('sweep');
      yield rows(
        batchOf({
          table: 'id of GC',
          times: [1_700_000_000_123_456_789n, 2n],
          numbers: numbers.slice(0, 2),
          eos: false,
        }),
      );
      yield rows(batchOf({ table: 'id of sweep', times: [], numbers: [] }));
      yield rows(batchOf({ table: 'id of GC', times: [3n, 4n], numbers: numbers.slice(2) }));
      yield stats;
    },
  });
  const { tables, mutation } = await clientVizier(client, cluster).run('import px', { signal: never });
  assert.equal(mutation, undefined);
  assert.deepEqual(
    tables.map(({ name, rows }) => [name, rows]),
    [
      ['GC', 4],
      ['sweep', 0],
    ],
  );
  assert.deepEqual(tables[0]?.columns, [
    { name: 'time_', type: 'time64ns', values: [1_700_000_000_123_456_789n, 2n, 3n, 4n] },
    { name: 'n', type: 'int64', values: numbers },
  ]);
});

test('functions of a script are asked for with their arguments', async (t) => {
  let asked: unknown;
  const { client } = await connected(t, {
    async *script({ execFuncs }) {
      asked = execFuncs.map(({ funcName, outputTablePrefix, argValues }) => [
        funcName,
        outputTablePrefix,
        argValues.map(({ name, value }) => [name, value]),
      ]);
      yield stats;
    },
  });
  const funcs = [{ name: 'pods', outputTablePrefix: 'out', args: [{ name: 'start_time', value: '-1m' }] }];
  await updatesOf(client.executeScript(cluster, 'import px', { signal: never, funcs }));
  assert.deepEqual(asked, [['pods', 'out', [['start_time', '-1m']]]]);
});

test('a mutation that is not in place yet is a result with code 14, whatever ends its stream', async (t) => {
  const ends = [
    new ConnectError('probe installation in progress', Code.Unavailable),
    new ConnectError('', Code.Canceled), // a standalone PEM
    new ConnectError('stream terminated by RST_STREAM', Code.Internal),
    undefined,
  ];
  const asked: boolean[] = [];
  const { client } = await connected(t, {
    async *script({ mutation, queryId }) {
      asked.push(mutation);
      assert.equal(queryId, '', 'a mutation that is pending is never resumed');
      yield mutationInfo(14, 'probe installation in progress', [
        ['one', 1],
        ['two', 3],
        ['three', 99],
      ]);
      const end = ends[asked.length - 1];
      if (end !== undefined) throw end;
    },
  });
  for (const _ of ends) {
    const result = await clientVizier(client, cluster).run('import pxtrace', {
      signal: never,
      mutation: true,
    });
    assert.deepEqual(result, {
      tables: [],
      mutation: {
        code: 14,
        message: 'probe installation in progress',
        states: [
          { id: 'id of one', name: 'one', state: 'pending' },
          { id: 'id of two', name: 'two', state: 'failed' },
          { id: 'id of three', name: 'three', state: 'unknown' },
        ],
      },
    });
  }
  assert.deepEqual(asked, [true, true, true, true]);
});

test('a stream that ends without its statistics is no result', async (t) => {
  const { client } = await connected(t, {
    async *script() {
      yield described('GC');
    },
  });
  const error = await failing(() => clientVizier(client, cluster).run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_FAILED');
  assert.match(error.message, /ended before its results were complete/);
});

test('of a status and the error after it the status is told, with line and column', async (t) => {
  const { client, server } = await connected(t, {
    async *script() {
      yield {
        status: {
          code: 3,
          message: '',
          errorDetails: [
            {
              error: {
                case: 'compilerError',
                value: { line: 4n, column: 6n, message: "Table 'gctop_x' not found." },
              },
            },
          ],
        },
      };
      throw new ConnectError('something vague', Code.FailedPrecondition);
    },
  });
  const error = await failing(() => clientVizier(client, cluster).run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_SCRIPT');
  assert.equal(
    error.message,
    `ExecuteScript at ${server.address} failed: there is no table 'gctop_x' (line 4, column 6: Table 'gctop_x' not found)`,
  );
});

test('clusters are listed and found by id, with the halves of their ids put together', async (t) => {
  const asked: unknown[] = [];
  const info = {
    id: { highBits: 0x0011223344556677n, lowBits: 0x8899aabbccddeeffn },
    status: ClusterStatus.CS_HEALTHY,
    clusterName: 'prod',
    clusterUid: 'uid',
    vizierVersion: '0.14.15',
  };
  const { client } = await connected(t, {
    clusters: ({ id }) => {
      asked.push(id?.highBits);
      return { clusters: [info] };
    },
  });
  const [only] = await client.clusters(never);
  assert.equal(only?.id, cluster);
  assert.equal(only?.status, 'healthy');
  assert.equal((await client.cluster(cluster.toUpperCase(), never))?.name, 'prod');
  assert.equal(await client.cluster('prod', never), undefined);
  assert.deepEqual(asked, [undefined, 0x0011223344556677n]);
});

test('health tells what the Vizier tells, and a standalone PEM that says nothing is well', async (t) => {
  const { client } = await connected(t, {
    async *health() {
      yield { status: { code: 0 } };
      yield { status: { code: 14 } };
    },
  });
  const codes: number[] = [];
  for await (const { code } of client.health(cluster, never)) codes.push(code);
  assert.deepEqual(codes, [0, 14]);

  const { client: silent } = await connected(t, { async *health() {} }, { options: { mode: 'direct' } });
  const told: number[] = [];
  for await (const { code } of silent.health('', never)) told.push(code);
  assert.deepEqual(told, [0]);
});

test('a message of 8 MiB is read, and one that is larger than gctop takes is told as such', async (t) => {
  const values = (length: number) => Array.from({ length }, () => -1n);
  let count = 838_000; // ten bytes each: 8 MiB
  const { client } = await connected(t, {
    async *script() {
      yield described('GC');
      yield rows(batchOf({ table: 'id of GC', times: values(count / 2), numbers: values(count / 2) }));
      yield stats;
    },
  });
  const { tables } = await clientVizier(client, cluster).run('import px', { signal: never });
  assert.equal(tables[0]?.rows, 419_000);
  count = 1_800_000;
  const error = await failing(() => clientVizier(client, cluster).run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_FAILED');
  assert.match(error.message, /an answer is larger than gctop takes/);
});

test('direct calls carry the key of the Vizier alone, without TLS when that was asked for', async (t) => {
  const heard: (string | null)[] = [];
  const { client } = await connected(
    t,
    {
      plaintext: true,
      async *script(_, { requestHeader }) {
        for (const name of ['x-direct-vizier-key', 'pixie-api-key', 'pixie-api-client', 'authorization']) {
          heard.push(requestHeader.get(name));
        }
        yield stats;
      },
    },
    { options: { mode: 'direct', credential: { name: 'x-direct-vizier-key', value: key } } },
  );
  await clientVizier(client, '').run('import px', { signal: never });
  assert.deepEqual(heard, [key, null, null, null]);
});

test('a standalone PEM that says why in a status without a code is quoted', async (t) => {
  const { client } = await connected(
    t,
    {
      async *script() {
        yield { status: { code: 0, message: 'no such udf' } };
        throw new ConnectError('', Code.Canceled);
      },
    },
    { options: { mode: 'direct' } },
  );
  const error = await failing(() => clientVizier(client, '').run('import px', { signal: never }));
  assert.equal(error.code, 'PIXIE_FAILED');
  assert.match(error.message, /gave the script up \(no such udf\)/);
});

test('rows that are not what their table was said to be are no result', async (t) => {
  const answers = [
    rows(batchOf({ table: 'id of another', times: [1n], numbers: [1n] })),
    rows(batchOf({ table: 'id of GC', times: [1n], numbers: [] })),
    rows({ ...batchOf({ table: 'id of GC', times: [1n], numbers: [1n] }), cols: [] }),
  ];
  let at = 0;
  const { client } = await connected(t, {
    async *script() {
      yield described('GC');
      yield answers[at++] ?? stats;
      yield stats;
    },
  });
  for (const why of [/never described/, /has other values in column 'n'/, /0 columns came and not 2/]) {
    const error = await failing(() => clientVizier(client, cluster).run('import px', { signal: never }));
    assert.equal(error.code, 'PIXIE_FAILED');
    assert.match(error.message, why);
  }
});

test('a reader that leaves early ends the call at the server', async (t) => {
  let ended = false;
  const { client } = await connected(t, {
    async *script(_, { signal }) {
      yield described('GC');
      await once(signal, 'abort');
      ended = true;
    },
  });
  for await (const { event } of client.executeScript(cluster, 'import px', { signal: never })) {
    if (event.type === 'metadata') break;
  }
  for (let tries = 0; !ended; tries += 1) {
    assert.ok(tries < 100, 'the call goes on');
    await delay(10);
  }
});

test('an execution that is aborted says so in its last update, and a failed one carries its error', async (t) => {
  const { client } = await connected(t, {
    async *script({ queryStr }) {
      yield described('GC');
      if (queryStr === 'hang') await new Promise(() => {});
      throw new ConnectError('no', Code.PermissionDenied);
    },
  });
  const controller = new AbortController();
  const seen: string[] = [];
  for await (const update of client.executeScript(cluster, 'hang', { signal: controller.signal })) {
    seen.push(`${update.event.type} ${update.completionReason}`);
    if (update.event.type === 'metadata') controller.abort();
  }
  assert.deepEqual(seen, ['start undefined', 'metadata undefined', 'cancel cancelled']);
  const updates = await updatesOf(client.executeScript(cluster, 'import px', { signal: never }));
  const last = updates.at(-1);
  assert.deepEqual(
    [last?.event.type, last?.completionReason, last?.error?.code],
    ['error', 'error', 'PIXIE_REFUSED'],
  );
});
