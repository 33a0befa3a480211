import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../../src/effects/kubernetes/cluster.js';
import { listPods } from '../../../src/effects/kubernetes/list-pods.js';
import type { Pod } from '../../../src/effects/kubernetes/objects.js';
import { GctopError } from '../../../src/error.js';
import type { PodList } from '../../../src/gc/candidate.js';
import { type Clock, systemClock } from '../../../src/system/clock.js';
import { podLike } from '../../helpers/pods.js';

const neverYet = new Promise<never>(() => {});
/** Nobody has patience. */
const hastyClock: Clock = { ...systemClock(), sleep: async () => {} };
const context = { name: 'kind', cluster: 'kind', namespace: 'shop' };

interface Asked {
  readonly cluster?: () => Promise<Pick<Cluster, 'context' | 'pods'>>;
  readonly clock?: Clock;
}

async function listed({ cluster, clock = systemClock() }: Asked): Promise<readonly PodList[]> {
  const lists: PodList[] = [];
  const { signal } = new AbortController();
  const asked = async () => (await cluster?.()) as Cluster;
  for await (const list of listPods({ cluster: asked, clock, signal })) lists.push(list);
  return lists;
}

const clusterWith = (pods: () => Promise<readonly Pod[]>) => async () => ({
  context: async () => context,
  pods: async ({ namespace }: { readonly namespace: string }) => {
    assert.equal(namespace, 'shop');
    return await pods();
  },
});

test('the pods of the namespace come after the word that they are asked for, by name, with how they stand', async () => {
  const pods = [
    podLike({ name: 'web-2', ready: false, run: undefined }),
    podLike({ name: 'web-1' }),
    podLike({ name: 'api-1', terminating: true, ready: false }),
    podLike({
      name: 'crash-1',
      ready: false,
      containers: [{ name: 'app', ports: [], running: false, waiting: 'CrashLoopBackOff' }],
    }),
  ];
  const [first, second, ...more] = await listed({ cluster: clusterWith(async () => pods) });
  assert.deepEqual(more, []);
  assert.deepEqual(first, { state: 'asking', context: 'kind' });
  assert.ok(second?.state === 'listed' && second.namespace === 'shop');
  assert.deepEqual(
    second.pods.map(({ name, running, state, isReady }) => [name, running, state, isReady]),
    [
      ['api-1', '1/1', 'terminating', false],
      ['crash-1', '0/1', 'CrashLoopBackOff', false],
      ['web-1', '1/1', 'Running', true],
      ['web-2', '0/1', 'Running', false],
    ],
  );
});

test('without kubectl, or without a context, there are no pods to speak of', async () => {
  const noKubectl = () => Promise.reject(new GctopError('NO_KUBECTL', 'not installed'));
  assert.deepEqual(await listed({ cluster: noKubectl }), []);
  const noContext = async () => ({
    context: () => Promise.reject(new GctopError('KUBERNETES', 'current-context must exist')),
    pods: () => assert.fail('pods were asked for'),
  });
  assert.deepEqual(await listed({ cluster: noContext }), []);
  assert.deepEqual(await listed({ cluster: () => neverYet, clock: hastyClock }), []);
});

test('a cluster that refuses, or does not answer in five seconds, is told', async () => {
  const refuses = clusterWith(() => Promise.reject(new GctopError('KUBERNETES', 'cannot read the pods')));
  assert.deepEqual((await listed({ cluster: refuses })).at(-1), {
    state: 'failed',
    context: 'kind',
    why: 'cannot read the pods',
  });
  const isSlow = { isOn: false };
  const clock = { ...hastyClock, sleep: () => (isSlow.isOn ? Promise.resolve() : neverYet) };
  const silent = clusterWith(() => {
    isSlow.isOn = true;
    return neverYet;
  });
  assert.deepEqual((await listed({ cluster: silent, clock })).at(-1), {
    state: 'failed',
    context: 'kind',
    why: 'no answer in 5 s',
  });
});
