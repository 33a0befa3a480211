import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { LifeCycleState } from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { PixieServerOptions } from './options.js';
import { latency, listing, npages, read, remove, upsert } from './scripts.js';
import { someCalls } from './some-calls.js';
import { type Course, type Stand, stand } from './test-client.js';

/** A cluster whose agents have known a pod for long. */
async function withPod(t: TestContext, options: PixieServerOptions = {}): Promise<Stand> {
  const here = await stand(t, options);
  here.server.addPod({ name: 'gc-1', node: 'node-2', calls: someCalls() });
  await here.clock.advance(10_000);
  return here;
}

const states = ({ mutation }: Course): string[] =>
  mutation?.states.map(({ name, state }) => `${name} ${LifeCycleState[state]}`) ?? [];

const idOf = ({ mutation }: Course): string | undefined => mutation?.states[0]?.id;

const status = async ({ run }: Stand): Promise<Readonly<Record<string, unknown>> | undefined> =>
  (await run(listing)).tables.status?.[0];

test('a tracepoint is pending, then failed on the nodes without its pod, then running; then its table must be known', async (t) => {
  const { clock, mutate } = await withPod(t);
  const seen: string[] = [];
  for (let second = 0; second <= 14; second += 1) {
    const course = await mutate(upsert({}));
    assert.equal(course.messages.filter(({ mutationInfo }) => mutationInfo !== undefined).length, 1);
    const line = `${states(course)}, ${course.mutation?.status?.code} ${course.mutation?.status?.message}`;
    if (seen.at(-1) !== line) seen.push(line);
    if (course.mutation?.status?.code !== 0) assert.equal(course.failure?.code, Code.Unavailable);
    await clock.advance(1_000);
  }
  assert.deepEqual(seen, [
    'alloc_1 PENDING_STATE, 14 probe installation in progress',
    'alloc_1 FAILED_STATE, 14 probe installation in progress',
    'alloc_1 RUNNING_STATE, 14 Schema is not ready yet',
    'alloc_1 RUNNING_STATE, 0 ',
  ]);
});

test('a mutation that is not ready runs no query, and the call fails as the cloud words it', async (t) => {
  const { mutate } = await withPod(t);
  const { messages, failure } = await mutate(upsert({}));
  assert.equal(messages.length, 1);
  assert.equal(failure?.rawMessage, 'rpc error: code = Unavailable desc = probe installation in progress');
});

test('a mutation that is ready runs its query, which must display something', async (t) => {
  const { clock, mutate } = await withPod(t);
  await mutate(upsert({}));
  await clock.advance(15_000);
  const ready = await mutate(upsert({}));
  assert.equal(ready.failure, undefined);
  assert.equal(ready.tables.status?.[0]?.state, 'running');
  const mute = await mutate(upsert({}).replace(/^px\.display.*$/m, ''));
  assert.equal(mute.mutation?.status?.code, 0);
  assert.equal(mute.failure?.code, Code.InvalidArgument);
  const wanted = 'query does not output a result, please add a px.display() statement';
  assert.equal(mute.messages.at(-1)?.status?.message, wanted);
});

test('an agent that does not know the pod yet fails that tracepoint for good; a new name is a new try', async (t) => {
  const { server, clock, mutate } = await stand(t, { times: { metadataLagMs: 20_000 } });
  server.addPod({ name: 'gc-1', node: 'node-2', calls: someCalls() });
  await clock.advance(10_000);
  const first = await mutate(upsert({}));
  await clock.advance(60_000);
  const second = await mutate(upsert({}));
  assert.equal(idOf(second), idOf(first));
  assert.deepEqual(states(second), ['alloc_1 FAILED_STATE']);
  await mutate(upsert({ name: 'alloc_2' }));
  await clock.advance(15_000);
  assert.deepEqual(states(await mutate(upsert({ name: 'alloc_2' }))), ['alloc_2 RUNNING_STATE']);
});

test('an agent without the target says so, and its words are shown while none has worse to say', async (t) => {
  const here = await withPod(t);
  await here.mutate(upsert({ pod: 'default/gone' }));
  await here.clock.advance(5_000);
  const row = await status(here);
  assert.equal(row?.state, 'failed');
  assert.deepEqual(JSON.parse(String(row?.status)), [
    "Target binary/UPID not found, error message: Failed Precondition : Could not find Pod for name 'default/gone'",
  ]);
  assert.deepEqual(JSON.parse(String(row?.output_tables)), ['alloc']);
});

test('a symbol that the program lacks fails, and is shown in place of the nodes without the pod', async (t) => {
  const here = await withPod(t);
  await here.mutate(upsert({ symbol: 'runtime.gcSetTriggerRatio', columns: latency }));
  await here.clock.advance(10_000);
  const row = await status(here);
  assert.equal(row?.state, 'failed');
  assert.deepEqual(JSON.parse(String(row?.status)), ['Could not find symbol']);
});

for (const [what, probe, words] of [
  ['only the end of a word', { symbol: 'Sweep', columns: latency }, 'Could not find valid symbol match'],
  ['an argument that there is not', { columns: "{'x': pxtrace.ArgExpr('x')}" }, 'Could not find argument x'],
] as const) {
  test(`a probe that names ${what} fails: ${words}`, async (t) => {
    const here = await withPod(t);
    await here.mutate(upsert(probe));
    await here.clock.advance(10_000);
    assert.deepEqual(JSON.parse(String((await status(here))?.status)), [words]);
  });
}

test('Go 1.16 has a trigger ratio to read, a float; later releases pass it where Pixie cannot read', async (t) => {
  const { server, clock, mutate, run } = await stand(t);
  server.addPod({ name: 'old', calls: someCalls({ goVersion: 'go1.16.15' }) });
  await clock.advance(10_000);
  const columns = "{'triggerRatio': pxtrace.ArgExpr('triggerRatio')}";
  await mutate(upsert({ symbol: 'gcSetTriggerRatio', columns, pod: 'default/old', table: 'ratio' }));
  await clock.advance(15_000);
  assert.equal((await run(read('ratio', "'-3s'"))).tables.rows?.[0]?.triggerRatio, 0.875);
});

test('the same name with the same program lives on as it is, whatever its pod', async (t) => {
  const { server, clock, mutate } = await withPod(t);
  const first = await mutate(upsert({}));
  await clock.advance(15_000);
  const other = await mutate(upsert({ pod: 'default/another' }));
  assert.equal(idOf(other), idOf(first));
  assert.deepEqual(
    server.tracepoints().map(({ pod, state }) => `${pod} ${state}`),
    ['default/gc-1 running'],
  );
});

test('the same name with another program is another tracepoint, and the reaper comes for the old one', async (t) => {
  const { server, clock, mutate } = await withPod(t);
  const first = await mutate(upsert({}));
  await clock.advance(15_000);
  const second = await mutate(upsert({ table: 'alloc_npages', columns: npages }));
  assert.notEqual(idOf(second), idOf(first));
  assert.deepEqual(
    server.tracepoints().map(({ id, leaving }) => ({ id, leaving })),
    [
      { id: idOf(first), leaving: true },
      { id: idOf(second), leaving: false },
    ],
  );
  await clock.advance(40_000);
  assert.deepEqual(
    server.tracepoints().map(({ id, state }) => ({ id, state })),
    [{ id: idOf(second), state: 'running' }],
  );
});

test('other columns in a table that is there already fail', async (t) => {
  const here = await withPod(t);
  await here.mutate(upsert({}));
  await here.clock.advance(15_000);
  await here.mutate(upsert({ name: 'alloc_2', columns: npages }));
  await here.clock.advance(10_000);
  const rows = (await here.run(listing)).tables.status ?? [];
  assert.deepEqual(JSON.parse(String(rows[1]?.status)), [
    'Tracepoint is not compatible with the schema of the specified output table. [table_name=alloc]',
  ]);
});

test('one name twice in a script is refused, and nothing is placed', async (t) => {
  const { server, mutate } = await withPod(t);
  const { failure, messages } = await mutate(upsert({}, { table: 'other' }));
  assert.equal(failure?.code, Code.Unknown);
  assert.match(failure?.rawMessage ?? '', /tracepoint with name 'alloc_1', already used$/);
  assert.deepEqual([messages.length, server.tracepoints().length], [0, 0]);
});

test('a deleted tracepoint is gone after the reaper came, and its table is still read', async (t) => {
  const { server, clock, mutate, run } = await withPod(t);
  await mutate(upsert({}));
  await clock.advance(19_000);
  const deletion = await mutate(remove('alloc_1'));
  assert.deepEqual(states(deletion), ['alloc_1 RUNNING_STATE']);
  assert.equal(server.tracepoints()[0]?.leaving, true);
  await clock.advance(35_000);
  assert.deepEqual(server.tracepoints(), []);
  const { failure, tables } = await run(read('alloc', "'-10m'"));
  assert.equal(failure, undefined);
  assert.ok((tables.rows?.length ?? 0) > 0);
});

test('a tracepoint that is sent again before the reaper came lives on', async (t) => {
  const { server, clock, mutate } = await withPod(t);
  const first = await mutate(upsert({}));
  await clock.advance(15_000);
  await mutate(remove('alloc_1'));
  assert.equal(idOf(await mutate(upsert({}))), idOf(first));
  await clock.advance(60_000);
  assert.deepEqual(
    server.tracepoints().map(({ id, state }) => ({ id, state })),
    [{ id: idOf(first), state: 'running' }],
  );
});

test('one name that was never used fails a whole deletion; one that is gone does not', async (t) => {
  const { server, clock, mutate } = await withPod(t);
  await mutate(upsert({}));
  const { failure, messages } = await mutate(remove('alloc_1', 'never'));
  assert.equal(failure?.rawMessage, 'rpc error: code = Unknown desc = failed to delete tracepoints');
  assert.equal(messages.length, 0);
  assert.equal(server.tracepoints()[0]?.leaving, false);
  await mutate(remove('alloc_1'));
  await clock.advance(60_000);
  assert.deepEqual(server.tracepoints(), []);
  assert.equal((await mutate(remove('alloc_1'))).failure, undefined);
});

test('a deletion lists every tracepoint of the cluster, and is not ready while any of them does not run', async (t) => {
  const { clock, mutate } = await withPod(t);
  await mutate(upsert({}, { name: 'bad', symbol: 'runtime.none', columns: latency, table: 'bad' }));
  await clock.advance(15_000);
  const { mutation } = await mutate(remove('alloc_1'));
  assert.deepEqual(mutation?.states.map(({ name }) => name).sort(), ['alloc_1', 'bad']);
  assert.equal(mutation?.status?.code, 14);
});

test('a tracepoint ends when its time to live is over, and each upsert starts that time anew', async (t) => {
  const { server, clock, mutate } = await withPod(t);
  await mutate(upsert({ ttl: '60s' }));
  await clock.advance(50_000);
  await mutate(upsert({ ttl: '60s' }));
  await clock.advance(50_000);
  assert.equal(server.tracepoints()[0]?.state, 'running');
  await clock.advance(45_000);
  assert.deepEqual(server.tracepoints(), []);
});

test('without the mutation flag pxtrace has no effect', async (t) => {
  const { server, run } = await withPod(t);
  const { failure, mutation, tables } = await run(upsert({}));
  assert.deepEqual(
    { failure, mutation, tables },
    { failure: undefined, mutation: undefined, tables: { status: [] } },
  );
  assert.deepEqual(server.tracepoints(), []);
});

test('an agent that was started anew lost its rows, knows no pod for a while, and fails what lives', async (t) => {
  const here = await withPod(t);
  await here.mutate(upsert({}));
  await here.clock.advance(15_000);
  here.server.vizier.agents[1]?.restart();
  assert.match(
    (await here.run(read('alloc', "'-10m'"))).failure?.rawMessage ?? '',
    /Table 'alloc' not found\.$/,
  );
  await here.clock.advance(5_000);
  const rows = (await here.run(listing)).tables.status ?? [];
  assert.equal(rows[0]?.state, 'failed');
});
