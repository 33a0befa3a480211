import assert from 'node:assert/strict';
import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { RowBatchDataSchema, SemanticType } from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { PixieServerOptions } from './options.js';
import { latency, read, upsert } from './scripts.js';
import { someCalls } from './some-calls.js';
import { courseOf, type Stand, stand } from './test-client.js';

/** A cluster in which allocations are watched since a while. */
async function watching(t: TestContext, options: PixieServerOptions = {}): Promise<Stand> {
  const here = await stand(t, options);
  here.server.addPod({ name: 'gc-1', node: 'node-2', calls: someCalls() });
  await here.clock.advance(10_000);
  await here.mutate(upsert({}));
  await here.clock.advance(20_000);
  return here;
}

/** What the node's clock shows, ns since 1970. */
const nodeNow = ({ clock }: Stand, offsetMs = 0): bigint =>
  BigInt(clock.originUnixMs + offsetMs) * 1_000_000n + BigInt(clock.nowNs());

test('a table of a probe has upid, time_, goid_ and then its own columns', async (t) => {
  const here = await watching(t);
  const { messages } = await here.run(read('alloc', "'-2s'"));
  const metadata = messages[0]?.result;
  assert.equal(metadata?.case, 'metaData');
  const columns = metadata.value.relation?.columns ?? [];
  assert.deepEqual(
    columns.map(({ columnName, columnType }) => `${columnName} ${columnType}`),
    ['upid 3', 'time_ 6', 'goid_ 2', 'npages 2', 'latency 2'],
  );
  assert.equal(columns[4]?.columnSemanticType, SemanticType.ST_DURATION_NS);
});

test('a row is dated by when its call returned, by the clock of the node', async (t) => {
  const offsetMs = 7_000;
  const here = await watching(t, { clockOffsetMs: offsetMs });
  const pod = here.server.vizier.pods.all[0];
  const { tables } = await here.run(read('alloc', '0'));
  const rows = tables.rows ?? [];
  assert.ok(rows.length > 50);
  const beginNs = BigInt(here.clock.originUnixMs + offsetMs) * 1_000_000n;
  for (const { time_: time, latency: latencyNs, npages, upid } of rows) {
    assert.ok(typeof time === 'bigint' && typeof latencyNs === 'bigint' && typeof npages === 'bigint');
    // The tenth of a second in which the call began says how many pages it asked for.
    assert.equal((time - latencyNs - beginNs) % 1_000_000_000n, (npages - 1n) * 100_000_000n);
    assert.ok(typeof upid === 'object' && upid !== null && 'high' in upid);
    assert.equal(upid.high, (3n << 32n) | BigInt(pod?.pid ?? 0));
  }
});

test('a call can be read once it was drained and pushed, no sooner', async (t) => {
  const here = await watching(t);
  const newest = async (): Promise<bigint> => {
    const rows = (await here.run(read('alloc', "'-10s'"))).tables.rows ?? [];
    return BigInt(String(rows.at(-1)?.time_));
  };
  const before = await newest();
  await here.clock.advance(900);
  assert.equal(await newest(), before);
  await here.clock.advance(100);
  assert.ok((await newest()) > before);
  assert.ok((await newest()) <= nodeNow(here));
});

test('start_time is inclusive, and may be a number, a duration before now or a date', async (t) => {
  const here = await watching(t);
  const { tables } = await here.run(read('alloc', '0'));
  const times = (tables.rows ?? []).map(({ time_: time }) => BigInt(String(time)));
  const third = times[2] ?? 0n;
  const from = async (startTime: string) => (await here.run(read('alloc', startTime))).tables.rows?.length;
  assert.equal(await from(String(third)), times.length - 2);
  assert.equal(await from(String(third + 1n)), times.length - 3);
  const recent = times.filter((time) => time >= nodeNow(here) - 3_000_000_000n).length;
  assert.equal(await from("'-3s'"), recent);
  assert.equal(await from('px.now() - px.seconds(3)'), recent);
  const seconds = new Date(here.clock.originUnixMs + 27_000).toISOString().slice(0, 19).replace('T', ' ');
  assert.equal(await from(`'${seconds}.00 +0000'`), recent);
});

test('rows beyond the cap are left out, the newest first, and nothing tells of it', async (t) => {
  const here = await watching(t);
  const all = (await here.run(read('alloc', '0'))).tables.rows ?? [];
  const script = `#px:set max_output_rows_per_table=7\n${read('alloc', '0')}`;
  assert.deepEqual((await here.run(script)).tables.rows, all.slice(0, 7));
  const head = read('alloc', '0').replace('px.display(df', 'px.display(df.head(3)');
  assert.deepEqual((await here.run(head)).tables.rows, all.slice(0, 3));
});

test('without a word about it the cap is 10,000 rows', async (t) => {
  const here = await stand(t);
  const calls = Array.from(
    { length: 12_000 },
    (_, index) => ['allocSpan', index * 8e4, 100, 1, { npages: 1 }] as const,
  );
  here.server.addPod({ name: 'gc-1', calls: { goVersion: 'go1.26.8', durationNs: 1e9, calls } });
  await here.clock.advance(10_000);
  await here.mutate(upsert({}));
  await here.clock.advance(15_000);
  assert.equal((await here.run(read('alloc', '0'))).tables.rows?.length, 10_000);
});

for (const [setting, words] of [
  ['#px:set max_output_rows_per_table = 7', 'Config setting is malformed'],
  ['#px:set rows=7', 'rows is not a valid flag'],
] as const) {
  test(`'${setting}' fails: ${words}`, async (t) => {
    const { run } = await stand(t);
    const { failure } = await run(`${setting}\nimport px\npx.display(px.Version())\n`);
    assert.equal(failure?.rawMessage, `rpc error: code = Unknown desc = ${words}`);
  });
}

test('a large result comes in batches, and the last says so; then the statistics', async (t) => {
  const here = await watching(t, { rowsPerBatch: 20 });
  const { messages, tables } = await here.run(read('alloc', '0'));
  const batches = messages.flatMap(({ result }) =>
    result.case === 'data' && result.value.batch ? [result.value.batch] : [],
  );
  assert.equal(batches.length, Math.ceil((tables.rows?.length ?? 0) / 20));
  assert.deepEqual(batches.map(({ eos, eow }) => eos && eow).indexOf(true), batches.length - 1);
  const last = messages.at(-1)?.result;
  assert.ok(last?.case === 'data' && last.value.executionStats !== undefined);
  assert.equal(new Set(messages.map(({ queryId }) => queryId)).size, 1);
});

test('a table without rows still has one batch, which ends it', async (t) => {
  const here = await watching(t);
  const { messages, tables } = await here.run(read('alloc', String(nodeNow(here) + 1n)));
  assert.deepEqual(tables.rows, []);
  const batch = messages[1]?.result;
  assert.ok(batch?.case === 'data');
  const { numRows, eos, eow } = batch.value.batch ?? {};
  assert.deepEqual([numRows, eos, eow], [0n, true, true]);
});

test('rows are chosen by their pod, cut to columns, and dated by the query', async (t) => {
  const here = await watching(t);
  const script = (pod: string) => `import px
df = px.DataFrame('alloc', start_time=0, select=['upid', 'time_', 'npages'])
df = df[df.ctx['pod'] == '${pod}' and df.npages > 8]
df.pid = px.upid_to_pid(df.upid)
df.now = px.now()
px.display(df[['npages', 'pid', 'now']], 'x')
`;
  const { tables } = await here.run(script('default/gc-1'));
  const pid = BigInt(here.server.vizier.pods.all[0]?.pid ?? 0);
  assert.deepEqual(tables.x?.[0], { npages: 9n, pid, now: nodeNow(here) });
  assert.deepEqual(new Set(tables.x?.map(({ npages }) => npages)), new Set([9n, 10n]));
  assert.deepEqual((await here.run(script('default/gc-2'))).tables.x, []);
});

test('rows are grouped and added up', async (t) => {
  const here = await watching(t);
  const { tables } = await here.run(`import px
df = px.DataFrame('alloc', start_time=0)
df = df.groupby('npages').agg(calls=('latency', px.count), ns=('latency', px.sum))
px.display(df, 'x')
`);
  assert.equal(tables.x?.length, 10);
  for (const { calls, ns } of tables.x ?? []) assert.equal(ns, BigInt(String(calls)) * 2_000n);
});

test('a column is given another name, tables are put one below the other, and side by side', async (t) => {
  const here = await watching(t);
  const { tables } = await here.run(`import px
def calls(what):
    df = px.DataFrame('alloc', start_time=0)
    df.pages = df.npages
    df.what = what
    return df[['what', 'pages', 'goid_']].head(2)
px.display(calls('a').append([calls('b')]), 'below')
other = calls('c')
px.display(calls('a').merge(other, how='inner', left_on='pages', right_on='pages', suffixes=['', '_c']), 'beside')
`);
  assert.deepEqual(
    tables.below?.map(({ what, pages }) => `${what}${pages}`),
    ['a1', 'a2', 'b1', 'b2'],
  );
  assert.deepEqual(Object.keys(tables.beside?.[0] ?? {}), [
    'what',
    'pages',
    'goid_',
    'what_c',
    'pages_c',
    'goid__c',
  ]);
  assert.deepEqual(
    tables.beside?.map(({ what_c: what, pages_c: pages }) => `${what}${pages}`),
    ['c1', 'c2'],
  );
});

test('a table that is not there is an error of the compiler, with its place, and fails the whole script', async (t) => {
  const here = await watching(t);
  const script = `import px\npx.display(px.DataFrame('alloc'), 'a')\ndf = px.DataFrame('nope')\npx.display(df, 'b')\n`;
  const { messages, failure, tables } = await here.run(script);
  assert.deepEqual(tables, {});
  assert.equal(messages.length, 1);
  assert.equal(messages[0]?.status?.code, 3);
  const { line, column, message } = messages[0]?.status?.errorDetails[0]?.error.value ?? {};
  assert.deepEqual([line, column, message], [3n, 6n, "Table 'nope' not found."]);
  assert.equal(failure?.code, Code.InvalidArgument);
});

test('after its pod is gone no more rows come; the tracepoint goes on saying that it runs', async (t) => {
  const here = await watching(t);
  here.server.removePod('default/gc-1');
  await here.clock.advance(2_000);
  const count = async () => (await here.run(read('alloc', '0'))).tables.rows?.length;
  const before = await count();
  await here.clock.advance(30_000);
  assert.equal(await count(), before);
  assert.equal(here.server.tracepoints()[0]?.state, 'running');
});

test('a probe sits in a binary: another pod of the same image on the same node writes rows as well', async (t) => {
  const here = await stand(t);
  const [image, calls] = ['gc-service', someCalls()];
  here.server.addPod({ name: 'gc-1', node: 'node-2', image, calls });
  here.server.addPod({ name: 'gc-2', node: 'node-2', image, calls });
  here.server.addPod({ name: 'gc-3', node: 'node-1', image, calls });
  await here.clock.advance(10_000);
  await here.mutate(upsert({}));
  await here.clock.advance(20_000);
  const script = read('alloc', '0').replace('px.display', "df.pod = df.ctx['pod']\npx.display");
  const pods = new Set((await here.run(script)).tables.rows?.map(({ pod }) => pod));
  assert.deepEqual(pods, new Set(['default/gc-1', 'default/gc-2']));
});

test('a table that is full loses its oldest rows', async (t) => {
  const here = await watching(t, { tableBytes: 2_000 });
  const rows = (await here.run(read('alloc', '0'))).tables.rows ?? [];
  assert.ok(rows.length > 0 && rows.length <= 2_000 / 48);
});

test('two probes may write into one table when they have the same columns', async (t) => {
  const here = await watching(t);
  await here.mutate(upsert({ name: 'alloc_2' }));
  await here.clock.advance(15_000);
  const rows = (await here.run(read('alloc', "'-3s'"))).tables.rows ?? [];
  assert.equal(new Set(rows.map(({ time_: time }) => time)).size * 2, rows.length);
});

test('the agents, the tables and the version are there to be asked for', async (t) => {
  const here = await watching(t);
  const { tables } = await here.run(`import px
px.display(px.GetAgentStatus(include_kelvin=False), 'agents')
px.display(px.GetTables(), 'tables')
px.display(px.Version(), 'version')
`);
  assert.deepEqual(
    tables.agents?.map(({ hostname }) => hostname),
    ['node-1', 'node-2', 'node-3'],
  );
  assert.deepEqual(
    tables.tables?.map(({ table_name: name }) => name),
    ['process_stats', 'alloc'],
  );
  assert.deepEqual(tables.version, [{ asid: 1n, version: '0.14.16-pre-main.0' }]);
});

test('functions are run with their arguments, and then px.display shows nothing', async (t) => {
  const here = await watching(t);
  const script = `import px
def rows(start_time: str, most: int):
    return px.DataFrame('alloc', start_time=start_time).head(most)
px.display(px.Version(), 'version')
`;
  const argValues = [
    { name: 'start_time', value: '-5s' },
    { name: 'most', value: '4' },
  ];
  const execFuncs = [{ funcName: 'rows', argValues, outputTablePrefix: 'out' }];
  const { tables } = await here.run(script, { execFuncs });
  assert.deepEqual(
    Object.entries(tables).map(([name, rows]) => [name, rows.length]),
    [['out', 4]],
  );
  const wrong = await here.run(script, { execFuncs: [{ ...execFuncs[0], argValues: argValues.slice(1) }] });
  assert.equal(wrong.messages[0]?.status?.code, 3);
});

for (const compressionAlg of ['DEF', ''])
  test(`rows and nothing else are encrypted for a key, ${compressionAlg ? 'compressed' : 'as they are'}`, async (t) => {
    const here = await watching(t);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwkKey = JSON.stringify(publicKey.export({ format: 'jwk' }));
    const encryptionOptions = { jwkKey, keyAlg: 'RSA-OAEP-256', contentAlg: 'A256GCM', compressionAlg };
    const { messages } = await here.run(read('alloc', "'-5s'"), { encryptionOptions });
    const plain = await here.run(read('alloc', "'-5s'"));
    const [metadata, rows, stats] = messages.map(({ result }) => result);
    assert.equal(metadata?.case, 'metaData');
    assert.ok(stats?.case === 'data' && stats.value.executionStats !== undefined);
    assert.ok(rows?.case === 'data' && rows.value.batch === undefined);
    const [header = '', ...parts] = new TextDecoder().decode(rows.value.encryptedBatch).split('.');
    const [wrapped, nonce, text, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
    assert.ok(wrapped && nonce && text && tag);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const contentKey = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, wrapped);
    const decipher = createDecipheriv('aes-256-gcm', contentKey, nonce)
      .setAAD(Buffer.from(header))
      .setAuthTag(tag);
    const content = Buffer.concat([decipher.update(text), decipher.final()]);
    const batch = fromBinary(RowBatchDataSchema, compressionAlg ? inflateRawSync(content) : content);
    assert.equal(Number(batch.numRows), plain.tables.rows?.length);
  });

test('an algorithm that Pixie does not know is refused', async (t) => {
  const { run } = await stand(t);
  const encryptionOptions = { jwkKey: '{}', keyAlg: 'RSA1_5', contentAlg: 'A256GCM' };
  const { failure } = await run('import px\npx.display(px.Version())\n', { encryptionOptions });
  assert.match(failure?.rawMessage ?? '', /invalid jwa.KeyEncryptionAlgorithm value/);
});

test('a result that was cut off is taken up again where it was, and once', async (t) => {
  const here = await watching(t, { rowsPerBatch: 10 });
  const whole = await here.run(read('alloc', '0'));
  here.server.cutNextScript(4);
  const cut = await here.run(read('alloc', '0'));
  assert.equal(cut.failure?.code, Code.Internal);
  assert.equal(cut.messages.length, 4);
  const queryId = cut.messages[0]?.queryId ?? '';
  const ask = { clusterId: here.server.clusterId, queryId };
  const rest = await courseOf(here.vizier.executeScript(ask, { headers: here.headers }));
  assert.equal(rest.failure, undefined);
  assert.equal(rest.messages.length, whole.messages.length - 4);
  const again = await courseOf(here.vizier.executeScript(ask, { headers: here.headers }));
  assert.match(again.failure?.rawMessage ?? '', /Query .* not registered in query forwarder$/);
});

test('a result that nobody takes up is dropped', async (t) => {
  const here = await watching(t, { rowsPerBatch: 10 });
  here.server.cutNextScript(2);
  const cut = await here.run(read('alloc', '0'));
  await here.clock.advance(181_000);
  const ask = { clusterId: here.server.clusterId, queryId: cut.messages[0]?.queryId ?? '' };
  const late = await courseOf(here.vizier.executeScript(ask, { headers: here.headers }));
  assert.match(late.failure?.rawMessage ?? '', /not registered in query forwarder$/);
});

test('an upsert of a probe that takes nothing but time has that column alone', async (t) => {
  const here = await watching(t);
  await here.mutate(upsert({ name: 'start', symbol: 'gcStart', columns: latency, table: 'start' }));
  await here.clock.advance(15_000);
  const row = (await here.run(read('start', "'-3s'"))).tables.rows?.[0];
  assert.deepEqual(Object.keys(row ?? {}), ['upid', 'time_', 'goid_', 'latency']);
});
