import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExitSteps } from '../../src/app/exit-steps.js';

test('steps run newest first and once, also after one that failed, whose failure is thrown', async () => {
  const exit = new ExitSteps();
  const done: string[] = [];
  exit.onStop(async () => void done.push('oldest'));
  exit.onStop(async () => {
    throw new Error('stuck');
  });
  exit.onStop(async () => void done.push('newest'));
  await assert.rejects(exit.stop, /stuck/);
  await exit.stop();
  assert.deepEqual(done, ['newest', 'oldest']);
});
