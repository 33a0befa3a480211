import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ClusterStatus, VizierClusterInfo } from '../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import { createPixieServer } from './server.js';
import { courseOf, stand } from './test-client.js';

const version = "import px\npx.display(px.Version(), 'version')\n";
const unknownCluster = '00112233-4455-6677-8899-aabbccddeeff';

async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  return await call.then(
    () => assert.fail('it did not fail'),
    (error: unknown) => ConnectError.from(error),
  );
}

test('clusters are listed, or one is fetched by its id; an unknown one is no error', async (t) => {
  const clusters = [
    { id: unknownCluster.replace('0', '1'), name: 'one' },
    { name: 'two', status: ClusterStatus.CS_DISCONNECTED, vizierVersion: '0.14.15' },
  ];
  const { cloud, headers } = await stand(t, { clusters });
  const { clusters: listed } = await cloud.getClusterInfo({}, { headers });
  assert.deepEqual(
    listed.map(({ clusterName, status, vizierVersion }) => [clusterName, status, vizierVersion]),
    [
      ['one', ClusterStatus.CS_HEALTHY, '0.14.16-pre-main.0'],
      ['two', ClusterStatus.CS_DISCONNECTED, '0.14.15'],
    ],
  );
  const id = listed[0]?.id;
  assert.deepEqual([id?.highBits, id?.lowBits], [0x1011223344556677n, 0x8899aabbccddeeffn]);
  const fetched = await cloud.getClusterInfo(
    { id: { highBits: 0x1011223344556677n, lowBits: 0x8899aabbccddeeffn } },
    { headers },
  );
  assert.deepEqual(
    fetched.clusters.map(({ clusterName }) => clusterName),
    ['one'],
  );
  assert.deepEqual((await cloud.getClusterInfo({ id: { lowBits: 1n } }, { headers })).clusters, []);
});

test("a bad key is an internal error in Pixie's own words, or unauthenticated when asked for", async (t) => {
  const today = await stand(t);
  const wrong = { headers: { 'pixie-api-key': 'px-api-wrong' } };
  const refused = await failureOf(today.cloud.getClusterInfo({}, wrong));
  assert.equal(refused.code, Code.Internal);
  assert.equal(refused.rawMessage, 'Auth middleware failed: failed to fetch token - unauthenticated');
  const { failure } = await courseOf(
    today.vizier.executeScript({ clusterId: today.server.clusterId, queryStr: version }),
  );
  assert.equal(failure?.code, Code.Internal);
  const plain = await stand(t, { badKey: 'unauthenticated' });
  assert.equal((await failureOf(plain.cloud.getClusterInfo({}, wrong))).code, Code.Unauthenticated);
});

test('a key that is revoked is good no more', async (t) => {
  const { server, run } = await stand(t);
  assert.equal((await run(version)).failure, undefined);
  server.revokeKey(server.apiKey);
  assert.match((await run(version)).failure?.rawMessage ?? '', /unauthenticated$/);
});

test('a cluster that is missing, unknown, not for this key or not healthy is refused', async (t) => {
  const { server, run } = await stand(t, { clusters: [{}, { denied: true }] });
  const refusal = async (clusterId: string) => {
    const { failure, messages } = await run(version, { clusterId });
    assert.equal(messages.length, 0);
    return [failure?.code, failure?.rawMessage];
  };
  for (const malformed of ['', 'my-cluster'])
    assert.deepEqual(await refusal(malformed), [Code.InvalidArgument, 'missing/malformed cluster_id']);
  assert.deepEqual(await refusal(unknownCluster), [Code.Internal, 'failed to fetch creds for cluster']);
  const denied = server.clusters[1]?.id ?? '';
  assert.deepEqual(await refusal(denied), [Code.PermissionDenied, 'permission denied for access to cluster']);
  for (const status of [
    ClusterStatus.CS_UNHEALTHY,
    ClusterStatus.CS_DISCONNECTED,
    ClusterStatus.CS_UPDATING,
  ]) {
    server.setClusterStatus(status);
    assert.deepEqual(await refusal(server.clusterId), [
      Code.Unavailable,
      'cluster is not in a healthy state',
    ]);
  }
  server.setClusterStatus(ClusterStatus.CS_DEGRADED);
  assert.equal((await run(version)).failure, undefined);
});

test("a cloud may let run nothing but Pixie's own scripts", async (t) => {
  const { server, run } = await stand(t);
  server.disableScriptModification();
  const { failure } = await run(version);
  assert.deepEqual(
    [failure?.code, failure?.rawMessage],
    [Code.InvalidArgument, 'Script modification has been disabled'],
  );
});

test('health is told at once and then every five seconds', async (t) => {
  const { server, clock, vizier, headers } = await stand(t);
  const ending = new AbortController();
  const health = vizier.healthCheck({ clusterId: server.clusterId }, { headers, signal: ending.signal });
  const heard: (number | undefined)[] = [];
  const listening = (async () => {
    for await (const { status } of health) heard.push(status?.code);
  })().catch((error: unknown) => ConnectError.from(error).code);
  const until = async (count: number) => {
    while (heard.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  await until(1);
  server.vizier.healthy = false;
  await clock.advance(4_900);
  assert.deepEqual(heard, [0]);
  await clock.advance(100);
  await until(2);
  assert.deepEqual(heard, [0, Code.Unavailable]);
  ending.abort();
  assert.equal(await listening, Code.Canceled);
});

test('every call that runs can be reset from outside', async (t) => {
  const { server, vizier, headers } = await stand(t);
  const health = vizier.healthCheck({ clusterId: server.clusterId }, { headers })[Symbol.asyncIterator]();
  await health.next();
  assert.equal(server.cutStreams(), 1);
  const error = await failureOf(health.next());
  assert.equal(error.code, Code.Internal);
});

test('calls are remembered, with what they brought', async (t) => {
  const { server, run } = await stand(t);
  await run(version);
  const [seen] = server.requests;
  assert.deepEqual([seen?.method, seen?.script, seen?.mutation], ['ExecuteScript', version, false]);
  assert.equal(seen?.headers.get('pixie-api-key'), server.apiKey);
});

test('with TLS only those can talk to it who trust its certificate', async (t) => {
  const server = await createPixieServer();
  t.after(() => server.close());
  const ask = async (ca: string | undefined) => {
    const transport = createGrpcTransport({ baseUrl: `https://${server.address}`, nodeOptions: { ca } });
    const headers = { 'pixie-api-key': server.apiKey };
    return await createClient(VizierClusterInfo, transport).getClusterInfo({}, { headers });
  };
  assert.equal((await ask(server.ca)).clusters.length, 1);
  await assert.rejects(ask(undefined), /self-signed|unable to verify|unable to get/);
});

test('a server that was closed leaves nothing behind', async () => {
  const before = process.getActiveResourcesInfo().length;
  const server = await createPixieServer({ tls: false });
  server.addPod({ name: 'gc-1', calls: { goVersion: 'go1.26.8', durationNs: 1e9, calls: [] } });
  const transport = createGrpcTransport({ baseUrl: `http://${server.address}` });
  await createClient(VizierClusterInfo, transport).getClusterInfo(
    {},
    { headers: { 'pixie-api-key': server.apiKey } },
  );
  await server.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(process.getActiveResourcesInfo().length <= before, process.getActiveResourcesInfo().join());
});
