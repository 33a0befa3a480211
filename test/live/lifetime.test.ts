import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { GctopError } from '../../src/error.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { childOf } from '../helpers/child-of.js';
import { build, startTraced } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';
import { type StreamedGctop, streamGctop } from '../helpers/stream-gctop.js';
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

liveTest('what killed gctops left in the kernel is removed by those that start next', async (t) => {
  const { path } = await build('collector');
  const program = await startTraced(path, []);
  t.after(() => program.end());
  const victims = await Promise.all([1, 2, 3].map(() => probingGctop(program.pid)));
  for (const { pid } of victims) {
    assert.notDeepEqual(leftoversOfLocal(pid), [], 'it has no probe, so there is nothing to leave');
    process.kill(pid, 'SIGKILL');
  }
  await Promise.all(victims.map((victim) => victim.stop()));

  const next = await Promise.all([1, 2, 3].map(() => probingGctop(program.pid)));
  await Promise.all(next.map((gctop) => gctop.stop()));
  for (const { pid } of [...victims, ...next]) assert.deepEqual(leftoversOfLocal(pid), []);
  const told = next.flatMap(({ messages }) => notesOn(messages, /^probe\.leftovers$/));
  assert.ok(told.length > 0);
  assert.deepEqual(
    told.filter(({ level }) => level !== 'info'),
    [],
    'that another one removes them is no failure',
  );
});

liveTest('a gctop in a container leaves the probes of the host alone', async (t) => {
  const { path } = await build('collector');
  const program = await startTraced(path, ['-pace', '2ms']);
  t.after(() => program.end());
  const watch = watchProcess(program.pid);
  await watch.until(tellsOfCycle(10));
  const within = ['unshare', '--pid', '--mount-proc', '--fork', '--kill-child'];
  const contained = await streamGctop(['--json', '--', path], { within });
  t.after(() => contained.stop());
  await contained.until(() => contained.messages.find(isProbeRunning));
  const last = cyclesOf(watch.messages).at(-1)?.number ?? 0;
  await watch.until(tellsOfCycle(last + 20));
  const pid = childOf(contained.pid);
  const { ino } = statSync(`/proc/${pid}/ns/pid`);
  process.kill(pid);
  await contained.stop();
  assert.deepEqual(leftoversOfLocal(1, `gctop_${ino}_1_`), []);
  const messages = await watch.stop();
  assert.deepEqual(notesOn(messages, /^probe\.(lost|missed)$/), []);
  assert.ok(cyclesOf(messages).every(({ evidence }) => evidence === 'exact'));
});

liveTest('what cannot be watched is refused by name', async () => {
  const { path } = await build('collector');
  const program = await startTraced(path, ['-cycles', '1']);
  await program.exited;
  await assert.rejects(watchProcess(program.pid).ended, isGctopError('NO_SUCH_PROCESS'));
  await assert.rejects(watchProcess(process.pid).ended, isGctopError('NOT_GO'));
  // In a container process 2 is any process, or none.
  if (commOf(2) === 'kthreadd') await assert.rejects(watchProcess(2).ended, isGctopError('NOT_GO'));
});

/** Another gctop, once its probe is in place. */
async function probingGctop(pid: number): Promise<StreamedGctop> {
  const gctop = await streamGctop(['--json', '-p', String(pid)]);
  await gctop.until(() => gctop.messages.find(isProbeRunning));
  return gctop;
}

const isProbeRunning = (message: SourceMessage): boolean =>
  message.type === 'probe' && message.state === 'running';

const notesOn = (messages: readonly SourceMessage[], code: RegExp) =>
  messages.flatMap((message) => (message.type === 'note' && code.test(message.code) ? [message] : []));

function commOf(pid: number): string | undefined {
  const path = `/proc/${pid}/comm`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

const isGctopError = (code: string) => (error: unknown) => error instanceof GctopError && error.code === code;
