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

liveTest('the sampler alone knows the pause of every cycle, and some of them whole', async (t) => {
  const { path, goMinor } = await build('collector');
  const program = await startTraced(path, ['-pace', '2ms', '-force', '100ms']);
  const watch = watchProcess(program.pid, { probes: 'none' });
  await watch.until(tellsOfCycle(wanted));
  const cycles = cyclesOf(await watch.stop());
  await program.end();
  const account = accountOf(program);
  const whole = cycles.filter(({ evidence }) => evidence === 'exact');
  t.diagnostic(`${whole.length} of ${cycles.length} cycles were read whole at 20 samples a second`);
  assert.ok(whole.length > 0);
  checkNumbers(cycles);
  checkPauses(cycles, account);
  compareWithTrace(t, whole, { trace: program.gctrace, goMinor, whole: false });
  checkTriggers(cycles, program.gctrace, goMinor);
});

liveTest('a program that collects without rest loses no cycle', async (t) => {
  const { path, goMinor } = await build('collector');
  for (const probes of ['light', 'none'] as const) {
    const program = await startTraced(path, ['-pace', '0s', '-force', '1us', '-cycles', '1500']);
    const cycles = cyclesOf(await watchProcess(program.pid, { probes }).ended);
    await program.exited;
    checkNumbers(cycles);
    const account = accountOf(program);
    checkPauses(cycles, account);
    const whole = cycles.filter(({ evidence }) => evidence === 'exact').length;
    t.diagnostic(`${probes}: ${whole} of ${cycles.length} whole, of ${account.NumGC} in all`);
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

/** What the program itself read from its runtime at its end. */
interface Account {
  readonly NumGC: number;
  readonly NumForcedGC: number;
  readonly PauseNs: readonly number[];
}

function accountOf(program: TracedProgram): Account {
  const parsed: Account = JSON.parse(program.stdout.at(-1) ?? '');
  assert.equal(parsed.PauseNs.length, 256);
  return parsed;
}

/** Every cycle has a pause, and those that the program still knew at its end have just that one. */
function checkPauses(cycles: readonly GcCycle[], { NumGC, PauseNs }: Account): void {
  for (const { number, pauseNs } of cycles) assert.ok(pauseNs !== undefined, `cycle ${number} has no pause`);
  const known = cycles.filter(({ number = 0 }) => number > NumGC - 256 && number <= NumGC);
  assert.deepEqual(
    known.map(({ number, pauseNs }) => ({ number, pauseNs })),
    known.map(({ number = 0 }) => ({ number, pauseNs: PauseNs[(number - 1) % 256] })),
  );
  assert.ok(known.length > 0, 'no pause was compared');
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
