import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podWords } from '../../../src/effects/kubernetes/pod-words.js';
import { podLike } from '../../helpers/pods.js';
import { ManualClock } from '../../stand-ins/pixie/manual-clock.js';

const dayMs = 86_400_000;

test('a pod that runs is told with the moment from which it runs', () => {
  const [step] = looksAfter(dayMs);
  assert.deepEqual(step, {
    type: 'step',
    step: 'pod',
    state: 'up',
    word: 'running',
    remark: 'default/web-1',
    sinceNs: -dayMs * 1e6,
  });
});

test('of a pod that has run for longer than nanoseconds can count it is not told since when', () => {
  const [step] = looksAfter(105 * dayMs);
  assert.deepEqual(step, {
    type: 'step',
    step: 'pod',
    state: 'up',
    word: 'running',
    remark: 'default/web-1',
  });
});

/** How a pod is told whose container was started so long before the session. */
function looksAfter(ms: number) {
  const clock = new ManualClock();
  const startedUnixMs = clock.originUnixMs - ms;
  const app = { name: 'app', ports: [], running: true, id: 'run-1', startedUnixMs };
  const pod = podLike({ name: 'web-1', containers: [app] });
  return podWords(clock, 'app').looks(pod, { type: 'stay', pod });
}
