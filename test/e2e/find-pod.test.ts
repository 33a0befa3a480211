import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parsePodSpec } from '../../src/effects/kubernetes/choose-pod.js';
import { awaitRun, type FoundPod, findPod } from '../../src/effects/kubernetes/find-pod.js';
import type { Pod } from '../../src/effects/kubernetes/objects.js';
import { systemClock } from '../../src/system/clock.js';
import { clusterOf } from '../helpers/forwarded.js';
import { startKubernetes } from '../helpers/kubernetes.js';

const { signal } = new AbortController();

test("a pod is found with its container, its port and the run's name", async (t) => {
  const { standIn, find } = await place(t);
  await standIn.addPod({
    name: 'web-1',
    containers: [{ name: 'proxy' }, { name: 'app', ports: [{ containerPort: 8080 }] }],
  });
  const found = await one(find('default/web'));
  assert.deepEqual([found.pod.name, found.container, found.prefix], ['web-1', 'app', 'web']);
  assert.deepEqual(found.remotePort, { number: 8080, why: 'container app' });
  assert.match(found.ref?.instance ?? '', /^[0-9a-f-]{36}\/[0-9a-f]{32}$/);
  assert.equal((await one(find('web-1'))).prefix, undefined);
});

test('several programs are given to choose from, and none is an error', async (t) => {
  const { standIn, find } = await place(t);
  await standIn.addPod({ name: 'web-1' });
  await standIn.addPod({ name: 'web-2' });
  const several = await find('web');
  assert.ok(Array.isArray(several));
  assert.deepEqual(
    several.map(({ name }: Pod) => name),
    ['web-1', 'web-2'],
  );
  await assert.rejects(find('nope'), { code: 'NO_SUCH_POD', hint: /there are web-1, web-2;/ });
  await assert.rejects(find('shop/web'), { code: 'NO_SUCH_POD', message: /^namespace 'shop' has no pod/ });
});

test('a user who may not read services still gets the port of the container', async (t) => {
  const { standIn, find } = await place(t);
  await standIn.addPod({ name: 'web' });
  await standIn.forbid([{ verb: '*', resource: 'services' }]);
  assert.equal((await one(find('web'))).remotePort?.number, 8080);
});

test('a pod that starts late is waited for, and one that never does is an error that says why', async (t) => {
  const { standIn, cluster, find } = await place(t);
  const clock = systemClock();
  await standIn.settings({ startAfterMs: 700 });
  await standIn.addPod({ name: 'late' });
  const late = await one(find('late'));
  assert.equal(late.ref, undefined);
  const run = await awaitRun(late, { cluster, spec: { name: 'late' }, signal }, { clock });
  assert.equal(run.ref.name, 'late');

  await standIn.settings({ waitingReason: 'ImagePullBackOff' });
  await standIn.addPod({ name: 'never' });
  const never = await one(find('never'));
  await assert.rejects(
    awaitRun(never, { cluster, spec: { name: 'never' }, signal }, { clock, withinMs: 300 }),
    {
      code: 'KUBERNETES',
      message: "container 'app' of pod 'default/never' does not run after 0.3 s (it waits: ImagePullBackOff)",
    },
  );
});

async function place(t: TestContext) {
  const standIn = await startKubernetes(t);
  const cluster = clusterOf(standIn);
  const find = (typed: string) => findPod({ cluster, spec: parsePodSpec(typed), signal });
  return { standIn, cluster, find };
}

async function one(found: ReturnType<typeof findPod>): Promise<FoundPod> {
  const pod = await found;
  assert.ok('pod' in pod, 'several');
  return pod;
}
