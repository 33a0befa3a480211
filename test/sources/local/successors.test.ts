import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Identity, identityOf } from '../../../src/sources/local/same-program.js';
import { bootTicks, Successors } from '../../../src/sources/local/successors.js';
import { folder } from '../../helpers/folder.js';

/** A program of its own, so that nothing else on the machine is its successor. */
function program(t: TestContext): string {
  const path = join(folder(t), 'program');
  copyFileSync('/bin/sleep', path);
  return path;
}

async function running(t: TestContext, file: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(file, args, { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

async function runAndEnd(t: TestContext, path: string): Promise<Identity> {
  const child = await running(t, path, ['60']);
  const identity = identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity ?? assert.fail('it was gone at once');
}

const found = (successors: Successors): number | undefined => successors.look()?.identity.pid;

test('a program that ran beside the one that ended is not its successor, one that is started after it is', async (t) => {
  const path = program(t);
  const sibling = await running(t, path, ['60']);
  const ended = await runAndEnd(t, path);
  const successors = new Successors(ended, (identityOf(sibling.pid ?? 0)?.startTicks ?? 0) + 1);
  assert.equal(found(successors), undefined);
  assert.equal(found(successors), undefined);
  const next = await running(t, path, ['60']);
  assert.equal(found(successors), next.pid);
});

test('a program that was started again before anybody looked is found', async (t) => {
  const path = program(t);
  const ended = await runAndEnd(t, path);
  const next = await running(t, path, ['60']);
  assert.equal(found(new Successors(ended, ended.startTicks)), next.pid);
});

test('where nobody knows the time of the end, nothing that runs already is taken', async (t) => {
  const path = program(t);
  const ended = await runAndEnd(t, path);
  await running(t, path, ['60']);
  const successors = new Successors(ended, Number.POSITIVE_INFINITY);
  assert.equal(found(successors), undefined);
  const next = await running(t, path, ['60']);
  assert.equal(found(successors), next.pid);
});

test('what was something else when it was started is asked again until it runs the program', async (t) => {
  const path = program(t);
  const gate = join(folder(t), 'gate');
  execFileSync('mkfifo', [gate]);
  const successors = new Successors(await runAndEnd(t, path), Number.POSITIVE_INFINITY);
  assert.equal(found(successors), undefined);
  const entry = await running(t, '/bin/bash', ['-c', `read < '${gate}'; exec '${path}' 60`]);
  for (let look = 0; look < 30; look++) assert.equal(found(successors), undefined);
  await writeFile(gate, 'go\n');
  while (identityOf(entry.pid ?? 0)?.path !== path) await new Promise(setImmediate);
  const looks = [1, 2, 3, 4].map(() => found(successors));
  assert.ok(looks.includes(entry.pid), 'it is asked at least each fourth time');
});

test('what cannot be watched is passed over', async (t) => {
  const path = program(t);
  const successors = new Successors(await runAndEnd(t, path), Number.POSITIVE_INFINITY);
  assert.equal(found(successors), undefined);
  const refused = await running(t, path, ['60']);
  const successor = successors.look() ?? assert.fail('it is not found');
  assert.equal(successor.identity.pid, refused.pid);
  successors.reject(successor, { forGood: false });
  assert.equal(found(successors), refused.pid, 'it may only have been too early');
  successors.reject(successor, { forGood: true });
  assert.equal(found(successors), undefined);
  const next = await running(t, path, ['60']);
  assert.equal(found(successors), next.pid);
});

test('a point of the past is told in the ticks in which the kernel tells when a process was started', async (t) => {
  const before = bootTicks(0);
  const child = await running(t, '/bin/sleep', ['60']);
  const ticks = identityOf(child.pid ?? 0)?.startTicks ?? Number.NaN;
  assert.ok(before <= ticks, `${before} after ${ticks}`);
  assert.ok(bootTicks(-1) > ticks);
  assert.ok(bootTicks(2) < before);
});
