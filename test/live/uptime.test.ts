import assert from 'node:assert/strict';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { openProcess } from '../../src/sources/local/process.js';
import { childOf } from '../helpers/child-of.js';
import { compareWithTrace, numbersIn } from '../helpers/gctrace-lines.js';
import { build, startTraced, type TracedProgram } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';
import { addressIn, sendTraffic } from '../helpers/send-traffic.js';
import { type StreamedGctop, streamGctop } from '../helpers/stream-gctop.js';
import { cyclesOf } from '../helpers/watch.js';

const wanted = 30;
const daySeconds = 86_400;

liveTest('a service without a cycle yet is watched on a host that has been up for a year', async (t) => {
  const { service, pid, goMinor } = await startLater(t, 365);
  const watch = await watchLater(t, pid);
  await watch.until(() => watch.messages.find(({ type }) => type === 'events'));
  assert.deepEqual(numbersIn(service.gctrace), [], 'it has collected before it was watched');
  await collect(watch, service);
  const cycles = cyclesOf(watch.messages);
  assert.equal(cycles[0]?.number, 1);
  assert.ok(cycles.every(({ sinceStartNs }) => sinceStartNs !== undefined));
  compareWithTrace(t, cycles, { trace: service.gctrace, goMinor });
});

liveTest('a service that was started 105 days ago is watched, cycle by cycle', async (t) => {
  const { service, pid, goMinor } = await startLater(t, 365);
  makeOlder(pid, 105n);
  const watch = await watchLater(t, pid);
  await watch.until(() => watch.messages.find(({ type }) => type === 'events'));
  await collect(watch, service);
  const cycles = cyclesOf(watch.messages);
  assert.ok(cycles.every(({ sinceStartNs }) => sinceStartNs === undefined));
  const target = watch.messages.find(({ type }) => type === 'target');
  assert.ok(target?.type === 'target' && target.capabilities.everyCycleWhole);
  assert.equal(target.target.startedAtNs, undefined);
  // What is compared has no `@` in it.
  const aged = cycles.map((cycle): GcCycle => ({ ...cycle, sinceStartNs: cycle.endAtNs }));
  compareWithTrace(t, aged, { trace: service.gctrace, goMinor });
});

/** Starts gc-service where CLOCK_MONOTONIC is that many days ahead (time_namespaces(7)). */
async function startLater(t: TestContext, days: number) {
  const { path, goMinor } = await build('gc-service');
  const ahead = ['--time', '--monotonic', String(days * daySeconds), '--fork', '--kill-child'];
  const args = [...ahead, path, '-host', '127.0.0.1', '-port', '0'];
  const service = await startTraced('unshare', args);
  const pid = childOf(service.pid);
  t.after(async () => {
    process.kill(pid);
    await service.exited;
  });
  return { service, pid, goMinor };
}

/** Watches it with the clock that it has itself. */
async function watchLater(t: TestContext, pid: number): Promise<StreamedGctop> {
  const within = ['nsenter', '--time', '--target', String(pid)];
  const watch = await streamGctop(['--json', '-p', String(pid)], { within });
  t.after(() => watch.stop());
  return watch;
}

/** Lets the runtime believe that it started up earlier: but for the `@` of gctrace it takes no notice. */
function makeOlder(pid: number, days: bigint): void {
  const { program, loadBias, memory } = openProcess(pid);
  memory.close();
  const address = (program.globals.runtimeInitTime ?? assert.fail('its place is not known')) + loadBias;
  const fd = openSync(`/proc/${pid}/mem`, 'r+');
  try {
    const time = Buffer.alloc(8);
    readSync(fd, time, 0, 8, address);
    time.writeBigInt64LE(time.readBigInt64LE() - days * BigInt(daySeconds) * 1_000_000_000n);
    writeSync(fd, time, 0, 8, address);
  } finally {
    closeSync(fd);
  }
}

async function collect(watch: StreamedGctop, service: TracedProgram): Promise<void> {
  const traffic = new AbortController();
  const sent = sendTraffic(addressIn(service.stdout) ?? '', traffic.signal);
  await watch.until(() => cyclesOf(watch.messages).find(({ number = 0 }) => number >= wanted));
  traffic.abort();
  await sent;
  await watch.stop();
}
