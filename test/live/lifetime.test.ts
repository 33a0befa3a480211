import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { GctopError } from '../../src/error.js';
import { start } from '../../src/system/process.js';
import { build, startTraced } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';
import { cyclesOf, tellsOfCycle, watchProcess } from '../helpers/watch.js';

liveTest('the end of the program ends the stream and leaves nothing', async () => {
  const { path } = await build('collector');
  const program = await startTraced(path, ['-cycles', '40']);
  const last = (await watchProcess(program.pid).ended).at(-1);
  await program.exited;
  assert.equal(last?.type === 'closed' && last.reason, 'target-exited');
  assert.deepEqual(leftoversOfLocal(), []);
});

liveTest('a program that is killed is told as ended within a second', async () => {
  const { path } = await build('collector');
  const program = await startTraced(path, []);
  const watch = watchProcess(program.pid);
  await watch.until(tellsOfCycle(10));
  process.kill(program.pid, 'SIGKILL');
  const killedAt = performance.now();
  const last = (await watch.ended).at(-1);
  assert.ok(performance.now() - killedAt < 1000);
  assert.equal(last?.type === 'closed' && last.reason, 'target-exited');
  await program.exited;
});

liveTest('two watches of one program tell the same', async () => {
  const { path } = await build('collector');
  const program = await startTraced(path, ['-cycles', '80']);
  const streams = await Promise.all([watchProcess(program.pid).ended, watchProcess(program.pid).ended]);
  const [one = [], other = []] = streams.map((stream) => cyclesOf(stream));
  const first = Math.max(one[0]?.number ?? 0, other[0]?.number ?? 0);
  const later = (cycles: typeof one) =>
    cycles
      .filter(({ number = 0 }) => number >= first)
      .map(({ number, pauseNs, heapMarked, evidence }) => ({ number, pauseNs, heapMarked, evidence }));
  assert.deepEqual(later(one), later(other));
  assert.ok(later(one).every(({ evidence }) => evidence === 'exact'));
  assert.deepEqual(leftoversOfLocal(), []);
});

liveTest('what a killed gctop left in the kernel is removed by the next one', async () => {
  const { path } = await build('collector');
  const program = await startTraced(path, []);
  const victim = await startWatcher(program.pid);
  assert.notDeepEqual(leftoversOfLocal(victim.pid), [], 'it has no probe, so there is nothing to leave');
  process.kill(victim.pid, 'SIGKILL');
  await victim.exited;

  const watch = watchProcess(program.pid);
  await watch.until(tellsOfCycle(1));
  await watch.stop();
  await program.end();
  assert.deepEqual(leftoversOfLocal(victim.pid), []);
});

liveTest('what cannot be watched is refused by name', async () => {
  const { path } = await build('collector');
  const program = await startTraced(path, ['-cycles', '1']);
  await program.exited;
  await assert.rejects(watchProcess(program.pid).ended, isGctopError('NO_SUCH_PROCESS'));
  await assert.rejects(watchProcess(process.pid).ended, isGctopError('NOT_GO'));
  await assert.rejects(watchProcess(2).ended, isGctopError('NOT_GO'));
});

/** Another process with a watch of its own; resolves once its probe is in place. */
async function startWatcher(
  pid: number,
): Promise<{ readonly pid: number; readonly exited: Promise<unknown> }> {
  const fixture = fileURLToPath(new URL('../fixtures/local-watcher.ts', import.meta.url));
  let probed = () => {};
  const isProbed = new Promise<void>((resolve) => {
    probed = resolve;
  });
  const child = await start(process.execPath, ['--import', 'tsx', fixture, String(pid)], {
    stdout: () => probed(),
  });
  await Promise.race([isProbed, child.exited]);
  return child;
}

const isGctopError = (code: string) => (error: unknown) => error instanceof GctopError && error.code === code;
