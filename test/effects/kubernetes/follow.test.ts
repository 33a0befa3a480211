import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Followed, judge } from '../../../src/effects/kubernetes/follow.js';
import { podLike } from '../../helpers/pods.js';

const pod = podLike({ name: 'api-h-a', deployment: 'api' });
const followed: Followed = { pod, container: 'app' };
const next = podLike({ name: 'api-h-b', deployment: 'api', ageSeconds: 1 });

test('a ready pod is stayed with, whatever else there is', () => {
  assert.deepEqual(judge(followed, [next, pod]), { type: 'stay', pod });
});

test('when the pod is gone or told to end, its ready replacement is moved to', () => {
  assert.deepEqual(judge(followed, [next]), { type: 'move', pod: next, why: 'it is gone' });
  const going = podLike({ name: 'api-h-a', deployment: 'api', terminating: true });
  assert.deepEqual(judge(followed, [going, next]), { type: 'move', pod: next, why: 'it is being deleted' });
});

test('while there is no ready replacement it waits', () => {
  const unready = podLike({ name: 'api-h-b', deployment: 'api', ready: false });
  const going = podLike({ name: 'api-h-b', deployment: 'api', terminating: true });
  const other = podLike({ name: 'web-h-a', deployment: 'web' });
  const bare = podLike({ name: 'api-debug' });
  for (const pods of [[], [unready], [going], [other], [bare]]) {
    assert.deepEqual(judge(followed, pods), { type: 'wait', why: 'it is gone' });
  }
});

test('of several replacements the newest is moved to', () => {
  const older = podLike({ name: 'api-h-c', deployment: 'api', ageSeconds: 50 });
  assert.deepEqual(judge(followed, [older, next]), { type: 'move', pod: next, why: 'it is gone' });
});

test('a container that started again is another run of the same pod', () => {
  const again = podLike({ name: 'api-h-a', deployment: 'api', run: 'run-2', ready: false });
  assert.deepEqual(judge(followed, [again, next]), {
    type: 'move',
    pod: again,
    why: 'its container was started again',
  });
  const notStarted = { ...followed, pod: podLike({ name: 'api-h-a', deployment: 'api', run: undefined }) };
  assert.equal(judge(notStarted, [pod]).type, 'move', 'what was started at last is a run too');
});

test('a pod that is not ready is doubted, and what could take its place is named', () => {
  const unready = podLike({ name: 'api-h-a', deployment: 'api', ready: false });
  assert.deepEqual(judge(followed, [unready]), { type: 'doubt', pod: unready });
  assert.deepEqual(judge(followed, [unready, next]), { type: 'doubt', pod: unready, instead: next });
});

test('a container that does not run is waited for, or doubted where there is another pod', () => {
  const waiting = { name: 'app', ports: [], running: false, waiting: 'CrashLoopBackOff' };
  const crashed = podLike({ name: 'api-h-a', deployment: 'api', ready: false, containers: [waiting] });
  assert.deepEqual(judge(followed, [crashed]), {
    type: 'wait',
    why: 'its container waits: CrashLoopBackOff',
  });
  assert.deepEqual(judge(followed, [crashed, next]), { type: 'doubt', pod: crashed, instead: next });
});

test('a pod that nothing made is replaced by one of its name, or of the prefix that was typed', () => {
  const bare = podLike({ name: 'web-1', uid: 'first' });
  const same = podLike({ name: 'web-1', uid: 'second' });
  const other = podLike({ name: 'web-2' });
  assert.equal(judge({ pod: bare, container: 'app' }, [same]).type, 'move');
  assert.equal(judge({ pod: bare, container: 'app' }, [other]).type, 'wait');
  assert.equal(judge({ pod: bare, container: 'app', prefix: 'web-' }, [other]).type, 'move');
});

test('a StatefulSet gives its pod back under the same name', () => {
  const db = podLike({ name: 'db-0', statefulSet: 'db', uid: 'first' });
  const again = podLike({ name: 'db-0', statefulSet: 'db', uid: 'second' });
  assert.deepEqual(judge({ pod: db, container: 'app' }, [again]), {
    type: 'move',
    pod: again,
    why: 'it is gone',
  });
});
