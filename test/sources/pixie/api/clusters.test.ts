import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { GctopError } from '../../../../src/error.js';
import {
  chooseCluster,
  type PixieCluster,
  pixieCluster,
} from '../../../../src/sources/pixie/api/clusters.js';
import { ClusterInfoSchema, ClusterStatus } from '../../../../src/sources/pixie/api/gen/cloudapi_pb.js';

const clusterOf = (number: number, changes: Partial<PixieCluster> = {}): PixieCluster => ({
  id: `00000000-0000-0000-0000-00000000000${number}`,
  uid: `uid-${number}`,
  name: `name-${number}`,
  prettyName: `pretty ${number}`,
  status: 'healthy',
  statusMessage: '',
  vizierVersion: '0.14.15',
  nodes: 1,
  instrumentedNodes: 1,
  ...changes,
});

const [one, two, down] = [
  clusterOf(1),
  clusterOf(2, { status: 'degraded' }),
  clusterOf(3, { status: 'unhealthy', statusMessage: 'vizier-pem is crashing.' }),
];

test('a cluster is found by id, uid, name and pretty name', () => {
  for (const named of [two.id, two.id.toUpperCase(), two.uid, two.name, two.prettyName]) {
    const wanted = named.startsWith('0') ? named.toUpperCase() : named;
    assert.equal(chooseCluster([one, two, down], { named: wanted, kubeUid: one.uid }), two);
  }
});

test("without a name it is the kubeconfig's, else the only one that takes scripts", () => {
  assert.equal(chooseCluster([one, two, down], { kubeUid: two.uid }), two);
  assert.equal(chooseCluster([down, two], {}), two);
  const unnamed = clusterOf(4, { uid: '' });
  assert.equal(
    chooseCluster([one, unnamed], { kubeUid: 'uid-9' }),
    unnamed,
    'its uid may be the one looked for',
  );
});

test('of clusters with one name the one that works is meant', () => {
  const old = clusterOf(5, { name: 'name-1', status: 'disconnected' });
  assert.equal(chooseCluster([old, one], { named: 'name-1' }), one);
});

const refusals: readonly [string, () => PixieCluster, string, string][] = [
  [
    'no cluster at all',
    () => chooseCluster([], { named: 'x' }),
    'NO_SUCH_CLUSTER',
    'the Pixie cloud knows no cluster',
  ],
  [
    'a name that none has',
    () => chooseCluster([one, down], { named: 'prod' }),
    'NO_SUCH_CLUSTER',
    "no cluster is called 'prod': 'pretty 1' (healthy), 'pretty 3' (unhealthy)",
  ],
  [
    'a name that two have',
    () => chooseCluster([one, clusterOf(2, { name: 'name-1' })], { named: 'name-1' }),
    'NO_SUCH_CLUSTER',
    `2 clusters are called 'name-1': ${one.id}, ${two.id}`,
  ],
  [
    'a kubeconfig that the cloud does not know',
    () => chooseCluster([one, two], { kubeUid: 'uid-9' }),
    'NO_SUCH_CLUSTER',
    "the Pixie cloud does not know the kubeconfig's cluster (uid 'uid-9'): 'pretty 1' (healthy), 'pretty 2' (degraded)",
  ],
  [
    'several that could be meant',
    () => chooseCluster([one, two, down], {}),
    'NO_SUCH_CLUSTER',
    "several clusters are healthy: 'pretty 1' (healthy), 'pretty 2' (degraded)",
  ],
  [
    'one that is not healthy',
    () => chooseCluster([one, down], { named: 'pretty 3' }),
    'CLUSTER_UNHEALTHY',
    "cluster 'pretty 3' is unhealthy (vizier-pem is crashing)",
  ],
  [
    'none that is healthy',
    () => chooseCluster([down, clusterOf(4, { status: 'update failed' })], {}),
    'CLUSTER_UNHEALTHY',
    "no cluster is healthy: 'pretty 3' (unhealthy), 'pretty 4' (update failed)",
  ],
  [
    'the only one that there is',
    () => chooseCluster([clusterOf(4, { status: 'disconnected', prettyName: '' })], {}),
    'CLUSTER_UNHEALTHY',
    "cluster 'name-4' is disconnected",
  ],
];

for (const [what, choose, code, message] of refusals) {
  test(`${what} is refused with what there is and what to do`, () => {
    assert.throws(choose, (error) => {
      assert.ok(error instanceof GctopError);
      assert.deepEqual([error.code, error.message], [code, message]);
      assert.ok(error.hint);
      return true;
    });
  });
}

test('a long list of clusters is cut short', () => {
  const many = Array.from({ length: 30 }, () => one);
  assert.throws(() => chooseCluster(many, { named: 'x' }), /'pretty 1' \(healthy\) and 22 more$/);
});

test('a status that is not known yet is unknown', () => {
  const words = [ClusterStatus.CS_HEALTHY, ClusterStatus.CS_UPDATE_FAILED, 42].map(
    (status) => pixieCluster(create(ClusterInfoSchema, { status })).status,
  );
  assert.deepEqual(words, ['healthy', 'update failed', 'unknown']);
});
