import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readContext,
  readPod,
  readPods,
  readSelector,
  readServices,
} from '../../../src/effects/kubernetes/objects.js';

const pod = {
  metadata: {
    name: 'web-0',
    namespace: 'shop',
    uid: 'u',
    creationTimestamp: '2026-01-02T03:04:05Z',
    ownerReferences: [
      { kind: 'Other', name: 'x' },
      { kind: 'StatefulSet', name: 'web', controller: true },
    ],
    annotations: { 'kubectl.kubernetes.io/default-container': 'app' },
  },
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'app',
        ports: [
          { containerPort: 53, protocol: 'UDP' },
          { name: 'web', containerPort: 80 },
        ],
      },
    ],
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      {
        name: 'app',
        containerID: 'containerd://abc',
        state: { running: { startedAt: '2026-01-02T03:04:06Z' } },
      },
    ],
  },
};

test('a pod is read as far as it is needed', () => {
  assert.deepEqual(readPod(pod, ''), {
    namespace: 'shop',
    name: 'web-0',
    uid: 'u',
    labels: {},
    phase: 'Running',
    ready: true,
    terminating: false,
    createdUnixMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    node: 'node-1',
    owner: { kind: 'StatefulSet', name: 'web' },
    defaultContainer: 'app',
    containers: [
      {
        name: 'app',
        ports: [{ name: 'web', number: 80 }],
        id: 'abc',
        running: true,
        startedUnixMs: Date.UTC(2026, 0, 2, 3, 4, 6),
      },
    ],
  });
});

test('a pod that has no status yet is neither ready nor running', () => {
  const { status, ...young } = pod;
  const read = readPod(young, '');
  assert.deepEqual([read.phase, read.ready, read.containers[0]?.running], ['Unknown', false, false]);
});

test('an answer that is no list of pods is refused with the place where it differs', () => {
  const without = { ...pod, metadata: { ...pod.metadata, uid: 7 } };
  assert.throws(() => readPods({ items: [pod, without] }, ''), {
    message: /'items\[1\]\.metadata\.uid' is '7'/,
  });
  assert.throws(() => readPods({}, ''), { message: /'items' is missing/ });
});

test('a service without a target port sends to the port of the same number', () => {
  const spec = { selector: { app: 'web' }, ports: [{ port: 80 }, { port: 81, targetPort: 'web' }] };
  assert.deepEqual(readServices({ items: [{ metadata: { name: 'web' }, spec }] }, '')[0]?.ports, [
    { port: 80, target: 80 },
    { port: 81, target: 'web' },
  ]);
});

test('a selector that kubectl -l cannot be given is none', () => {
  const of = (selector: object) => readSelector({ spec: { selector } }, '');
  assert.equal(of({ matchLabels: { a: '1', b: '2' } }), 'a=1,b=2');
  assert.equal(of({ matchLabels: { a: '1' }, matchExpressions: [{ key: 'b' }] }), undefined);
});

test('the context is the one that --minify has left', () => {
  const config = {
    contexts: [{ name: 'ctx', context: { cluster: 'c' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://example:6443' } }],
  };
  assert.deepEqual(readContext(config, ''), {
    name: 'ctx',
    cluster: 'c',
    namespace: 'default',
    server: 'https://example:6443',
  });
});
