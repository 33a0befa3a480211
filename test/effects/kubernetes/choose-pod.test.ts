import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chooseContainer,
  choosePod,
  noSuchPod,
  parsePodSpec,
  podRefOf,
} from '../../../src/effects/kubernetes/choose-pod.js';
import type { Container, Pod } from '../../../src/effects/kubernetes/objects.js';
import { podLike } from '../../helpers/pods.js';

test('what is typed is a name, or a namespace and a name', () => {
  assert.deepEqual(parsePodSpec('gc-service'), { name: 'gc-service' });
  assert.deepEqual(parsePodSpec('default/gc-service-6c9f7d5b8-x2x4q'), {
    namespace: 'default',
    name: 'gc-service-6c9f7d5b8-x2x4q',
  });
  for (const typed of ['', '/', 'default/', 'a/b/c', 'Upper', '--all', 'a b']) {
    assert.throws(() => parsePodSpec(typed), { code: 'USAGE', message: /expected a pod's name/ }, typed);
  }
});

test('a pod is chosen by its whole name, even if it is not ready or others begin so', () => {
  const pods = [
    podLike({ name: 'web', ready: false }),
    podLike({ name: 'web-1' }),
    podLike({ name: 'web-h-a', deployment: 'web' }),
  ];
  assert.deepEqual(choosePod('web', pods), { kind: 'one', pod: pods[0] });
});

test('a deployment comes before a prefix', () => {
  const pods = [
    podLike({ name: 'api-gateway-h-a', deployment: 'api-gateway' }),
    podLike({ name: 'api-h-b', deployment: 'api' }),
  ];
  assert.equal(chosen('api', pods), 'api-h-b');
});

test('of the replicas of one deployment the newest ready one is chosen, and that is said', () => {
  const pods = [
    podLike({ name: 'api-h-old', deployment: 'api', ageSeconds: 90 }),
    podLike({ name: 'api-h-new', deployment: 'api', ageSeconds: 30 }),
    podLike({ name: 'api-h-newest', deployment: 'api', ageSeconds: 1, ready: false }),
    podLike({ name: 'api-h-going', deployment: 'api', ageSeconds: 2, terminating: true }),
  ];
  const choice = choosePod('api', pods);
  assert.deepEqual(choice, {
    kind: 'one',
    pod: pods[1],
    why: 'the newest of 2 ready pods of Deployment api',
  });
  assert.equal(chosen('api-h-', pods), 'api-h-new', 'the begin of their names does as well');
});

test('where none is ready, one that stays is chosen rather than one that was told to end', () => {
  const pods = [
    podLike({ name: 'api-h-going', deployment: 'api', terminating: true, ageSeconds: 1 }),
    podLike({ name: 'api-h-coming', deployment: 'api', ready: false, run: undefined }),
  ];
  assert.equal(chosen('api', pods), 'api-h-coming');
  assert.equal(chosen('api', pods.slice(0, 1)), 'api-h-going');
});

test('pods of different programs are for the user to choose from', () => {
  const pods = [
    podLike({ name: 'web-h-a', deployment: 'web' }),
    podLike({ name: 'web-admin-h-a', deployment: 'web-admin' }),
    podLike({ name: 'web-debug' }),
  ];
  const choice = choosePod('web-', pods);
  assert.deepEqual(choice.kind === 'several' && choice.pods.map(({ name }) => name), [
    'web-admin-h-a',
    'web-debug',
    'web-h-a',
  ]);
});

test('a finished pod is not meant unless it is named', () => {
  const pods = [
    podLike({ name: 'job-1', phase: 'Succeeded', ready: false }),
    podLike({ name: 'job-2', phase: 'Running' }),
  ];
  assert.equal(chosen('job-', pods), 'job-2');
  assert.equal(chosen('job-1', pods), 'job-1');
});

test('a pod of a StatefulSet is found by its set', () => {
  const pods = [podLike({ name: 'db-0', statefulSet: 'db' })];
  assert.equal(chosen('db', pods), 'db-0');
});

test('a pod that is not there is an error with the names of those that are', () => {
  const pods = ['f', 'e', 'd', 'c', 'b', 'a'].map((name) => podLike({ name }));
  assert.equal(choosePod('x', pods).kind, 'none');
  const { code, message, hint } = noSuchPod({ namespace: 'default', name: 'x' }, pods);
  assert.equal(code, 'NO_SUCH_POD');
  assert.equal(message, "namespace 'default' has no pod or deployment 'x', and no pod whose name begins so");
  assert.equal(hint, 'there are a, b, c, d, e and 1 more; --pod NAMESPACE/NAME looks elsewhere');
  assert.match(noSuchPod({ namespace: 'nope', name: 'x' }, []).hint ?? '', /if it exists at all/);
});

test('a run is named by its pod and its container, and has no name before it was started', () => {
  const pod = podLike({ name: 'web', uid: 'u', run: 'r' });
  assert.deepEqual(podRefOf(pod, 'app'), {
    namespace: 'default',
    name: 'web',
    instance: 'u/r',
    container: 'app',
    startedUnixMs: Date.UTC(2026, 0, 1),
  });
  assert.equal(podRefOf(podLike({ name: 'web', run: undefined }), 'app'), undefined);
  assert.equal(podRefOf(pod, 'sidecar'), undefined);
});

test('the container is the one asked for, else the one with the port, else the one the pod names, else the first', () => {
  const container = (name: string, ...ports: number[]): Container => ({
    name,
    running: true,
    ports: ports.map((number) => ({ number })),
  });
  const containers = [container('proxy', 15001), container('app', 8080), container('logger')];
  const pod = podLike({ name: 'web', containers, defaultContainer: 'logger' });
  assert.equal(chooseContainer(pod, { container: 'proxy', port: 8080 }).name, 'proxy');
  assert.equal(chooseContainer(pod, { port: 8080 }).name, 'app');
  assert.equal(chooseContainer(pod, { port: 9999 }).name, 'logger');
  assert.equal(chooseContainer(podLike({ name: 'web', containers }), {}).name, 'proxy');
  assert.throws(() => chooseContainer(pod, { container: 'nope' }), {
    code: 'NO_SUCH_POD',
    hint: 'it has proxy, app, logger',
  });
});

function chosen(name: string, pods: readonly Pod[]): string | undefined {
  const choice = choosePod(name, pods);
  return choice.kind === 'one' ? choice.pod.name : undefined;
}
