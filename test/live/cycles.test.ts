import assert from 'node:assert/strict';
import type { GcCycle } from '../../src/gc/cycle.js';
import { parseGctraceLine } from '../../src/gc/gctrace-line.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { checkNumbers, compareWithTrace, forcedIn, numbersIn } from '../helpers/gctrace-lines.js';
import { build, startTraced, type TracedProgram } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';
import { addressIn, sendTraffic } from '../helpers/send-traffic.js';
import { cyclesOf, tellsOfCycle, watchProcess } from '../helpers/watch.js';

const wanted = 250;

liveTest(
  'the probe tells of every cycle of a service under load just what its own gctrace prints',
  async (t) => {
    const { path, goMinor } = await build('gc-service');
    const service = await startTraced(path, ['-host', '127.0.0.1', '-port', '0']);
    const watch = watchProcess(service.pid);
    await watch.until(({ type }) => type === 'events');
    const traffic = new AbortController();
    const sent = sendTraffic(addressIn(service.stdout) ?? '', traffic.signal);
    await watch.until(tellsOfCycle(wanted));
    traffic.abort();
    await sent;
    const cycles = cyclesOf(await watch.stop());
    await service.end();
    assert.deepEqual(lossesIn(watch.messages), []);
    compareWithTrace(t, cycles, { trace: service.gctrace, goMinor });
    assert.ok(cycles.length >= wanted);
    assert.ok(cycles.every(({ evidence }) => evidence === 'exact'));
  },
);

liveTest('the probe tells just what gctrace prints of a program that exits, to its last cycle', async (t) => {
  const { path, goMinor } = await build('collector');
  const program = await startTraced(path, ['-cycles', String(wanted)]);
  const watch = watchProcess(program.pid);
  const cycles = cyclesOf(await watch.ended);
  await program.exited;
  assert.deepEqual(lossesIn(watch.messages), []);
  compareWithTrace(t, cycles, { trace: program.gctrace, goMinor });
  assert.equal(cycles.at(-1)?.number, numbersIn(program.gctrace).at(-1));
  checkForcedCount(cycles, accountOf(program));
});

liveTest(
  'the sampler alone loses the pause of no cycle in a thousand, and reads some of them whole',
  async (t) => {
    const { path, goMinor } = await build('collector');
    const program = await startTraced(path, ['-pace', '100us', '-force', '8ms']);
    const watch = watchProcess(program.pid, { probes: 'none' });
    await watch.until(tellsOfCycle((await watch.firstCycle()) + 1_000));
    const cycles = cyclesOf(await watch.stop());
    await program.end();
    const whole = cycles.filter(({ evidence }) => evidence === 'exact');
    t.diagnostic(`${cycles.length} cycles, ${rateOf(cycles).toFixed()} a second`);
    t.diagnostic(`${share(whole, cycles)} were read whole at 20 samples a second`);
    assert.ok(whole.length > 0);
    checkNumbers(cycles);
    assert.ok(checkPauses(cycles, accountOf(program)) >= 1_000);
    compareWithTrace(t, whole, { trace: program.gctrace, goMinor, whole: false });
    checkTriggers(cycles, program.gctrace, goMinor);
  },
);

liveTest('a program that collects without rest loses no cycle', async (t) => {
  const { path, goMinor } = await build('collector');
  for (const probes of ['light', 'none'] as const) {
    const program = await startTraced(path, ['-pace', '0s', '-force', '1us', '-cycles', '1500']);
    const cycles = cyclesOf(await watchProcess(program.pid, { probes }).ended);
    await program.exited;
    checkNumbers(cycles);
    const account = accountOf(program);
    checkPauses(cycles, account);
    const whole = cycles.filter(({ evidence }) => evidence === 'exact');
    t.diagnostic(`probes '${probes}', ${rateOf(cycles).toFixed()} a second: ${share(whole, cycles)} whole`);
    assert.ok(cycles.length >= 300);
    if (probes === 'none') continue;
    assert.equal(cycles.at(-1)?.number, account.NumGC);
    compareWithTrace(t, cycles, { trace: program.gctrace, goMinor });
  }
});

liveTest('another process of the same file is not mixed in', async (t) => {
  const { path, goMinor } = await build('collector');
  const [watched, other] = await Promise.all([
    startTraced(path, ['-cycles', '120']),
    startTraced(path, ['-force', '3ms']),
  ]);
  const watch = watchProcess(watched.pid);
  const cycles = cyclesOf(await watch.ended);
  await Promise.all([watched.exited, other.end()]);
  assert.deepEqual(lossesIn(watch.messages), []);
  compareWithTrace(t, cycles, { trace: watched.gctrace, goMinor });
});

/** Cycles a second, from the first to the last. */
function rateOf(cycles: readonly GcCycle[]): number {
  const spanNs = (cycles.at(-1)?.endAtNs ?? 0) - (cycles[0]?.endAtNs ?? 0);
  return ((cycles.length - 1) / spanNs) * 1e9;
}

const share = (some: readonly GcCycle[], all: readonly GcCycle[]): string =>
  `${some.length} of ${all.length} cycles, ${((100 * some.length) / all.length).toFixed()} %,`;

/** What the program itself read from its runtime. */
interface Account {
  readonly NumGC: number;
  readonly NumForcedGC: number;
  /** Of every cycle, from the first one on; 0 is one that it did not see. */
  readonly PauseNs: readonly number[];
}

function accountOf(program: TracedProgram): Account {
  const parsed: Account = JSON.parse(program.stdout.at(-1) ?? '');
  assert.equal(parsed.PauseNs.length, parsed.NumGC);
  return parsed;
}

/** Every cycle has a pause, and it is just the one that the program read. Gives how many were compared. */
function checkPauses(cycles: readonly GcCycle[], { PauseNs }: Account): number {
  for (const { number, pauseNs } of cycles) assert.ok(pauseNs !== undefined, `cycle ${number} has no pause`);
  const pairs = cycles.map(({ number = 0, pauseNs }) => ({
    number,
    ours: pauseNs,
    theirs: PauseNs[number - 1],
  }));
  const known = pairs.filter(({ theirs }) => theirs !== 0);
  assert.deepEqual(
    known.filter(({ ours, theirs }) => ours !== theirs),
    [],
  );
  assert.ok(known.length > 0, 'no pause was compared');
  return known.length;
}

/** What is said of the cause is right, as far as the line can be trusted; not to know it is allowed. */
function checkTriggers(cycles: readonly GcCycle[], trace: readonly string[], goMinor: number): void {
  if (goMinor < 20) return;
  const forced = new Map(trace.map((line) => [parseGctraceLine(line)?.number, line.endsWith('(forced)')]));
  for (const { number, trigger } of cycles) {
    if (trigger !== 'unknown') assert.equal(trigger === 'forced', forced.get(number), `cycle ${number}`);
  }
}

/** Those before the watch began are few and can have been of both kinds. */
function checkForcedCount(cycles: readonly GcCycle[], { NumGC, NumForcedGC }: Account): void {
  const forced = forcedIn(cycles);
  const unseen = NumGC - cycles.length;
  assert.ok(forced <= NumForcedGC && NumForcedGC <= forced + unseen, `${forced} of ${NumForcedGC} forced`);
}

/** What was said of records that did not come. Another test may leave a killed gctop's probe, which is told, too. */
const lossesIn = (messages: readonly SourceMessage[]) =>
  messages.filter((message) => message.type === 'note' && /^probe\.(lost|missed)$/.test(message.code));
