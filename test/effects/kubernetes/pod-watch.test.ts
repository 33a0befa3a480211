import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createCluster } from '../../../src/effects/kubernetes/cluster.js';
import { watchPods } from '../../../src/effects/kubernetes/pod-watch.js';
import { createKubectl } from '../../../src/system/kubectl.js';
import { folder } from '../../helpers/folder.js';
import { ManualClock } from '../../stand-ins/pixie/manual-clock.js';

const expired = 'error: You must be logged in to the server (Unauthorized)';
const forbidden = 'Error from server (Forbidden): pods is forbidden: User "me" cannot watch resource "pods"';

test('credentials that run out do not end watching: once they are new it goes on', async (t) => {
  const { calls, says, clock } = watched(t, expired);
  await until(() => calls('--watch') === 1);
  says('');
  await until(async () => {
    await clock.advance(100);
    return calls('--watch') === 2;
  });
});

test('where watching is forbidden pods are listed, and after some minutes watching is tried again', async (t) => {
  const { calls, clock } = watched(t, forbidden);
  await until(() => calls('--watch') === 1);
  const lists = (count: number) =>
    until(async () => {
      await clock.advance(100);
      return calls('get pods') - calls('--watch') >= count;
    });
  await lists(3);
  assert.equal(calls('--watch'), 1);
  await clock.advance(300_000);
  await until(async () => {
    await clock.advance(100);
    return calls('--watch') === 2;
  });
});

/** Pods watched through a kubectl whose watches end with these words. */
function watched(t: TestContext, words: string) {
  const home = folder(t);
  const [log, file] = [join(home, 'calls'), join(home, 'says')];
  writeFileSync(log, '');
  const says = (text: string) => writeFileSync(file, text);
  says(words);
  const clock = new ManualClock();
  const kubectl = createKubectl({ env: { ...process.env, CALLS: log, SAYS: file }, command });
  const cluster = createCluster(kubectl);
  const watch = watchPods({ cluster, clock, namespace: 'default', onPods: () => {}, onTrouble: () => {} });
  t.after(() => watch.end());
  /** How many calls of kubectl had this among their arguments. */
  const calls = (argument: string) =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes(argument)).length;
  return { calls, says, clock };
}

const command = fileURLToPath(new URL('../../fixtures/kubectl/watch-fails.sh', import.meta.url));

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + 10_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < untilMs, 'it did not come about within 10 s');
    await delay(10);
  }
}
