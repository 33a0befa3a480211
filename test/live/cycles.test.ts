import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { parseGctraceLine, printGctraceLine } from '../../src/gc/gctrace-line.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { build, startTraced, type TracedProgram } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';
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
    const sent = sendTraffic(service, traffic.signal);
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

liveTest('the sampler alone knows the pause of every cycle, and most of them whole', async (t) => {
  const { path, goMinor } = await build('collector');
  const program = await startTraced(path, ['-pace', '2ms', '-force', '100ms']);
  const watch = watchProcess(program.pid, { tier: 'memory' });
  await watch.until(tellsOfCycle(wanted));
  const cycles = cyclesOf(await watch.stop());
  await program.end();
  const account = accountOf(program);
  const whole = cycles.filter(({ evidence }) => evidence === 'exact');
  t.diagnostic(`${whole.length} of ${cycles.length} cycles were read whole at 20 samples a second`);
  checkNumbers(cycles);
  for (const cycle of cycles) checkPause(cycle, account);
  compareWithTrace(t, whole, { trace: program.gctrace, goMinor, whole: false });
  checkTriggers(cycles, program.gctrace, goMinor);
});

liveTest('a program that collects without rest loses no cycle', async (t) => {
  const { path, goMinor } = await build('collector');
  for (const tier of ['auto', 'memory'] as const) {
    const program = await startTraced(path, ['-pace', '0s', '-force', '1us', '-cycles', '1500']);
    const cycles = cyclesOf(await watchProcess(program.pid, { tier }).ended);
    await program.exited;
    checkNumbers(cycles);
    const account = accountOf(program);
    for (const cycle of cycles) checkPause(cycle, account);
    t.diagnostic(
      `${tier}: ${cycles.filter(({ evidence }) => evidence === 'exact').length} of ${cycles.length} whole`,
    );
    if (tier === 'auto') compareWithTrace(t, cycles, { trace: program.gctrace, goMinor });
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

/** Requests of every kind, several at a time, until the signal; at most a minute. */
async function sendTraffic(service: TracedProgram, signal: AbortSignal): Promise<void> {
  const address = service.stdout[0]?.replace('listening on ', '');
  const paths = [
    '/allocate-memory-and-run-gc?arrayLength=100&bytesPerElement=8192',
    '/allocate-memory?arrayLength=500&bytesPerElement=4096',
    '/run-gc',
    '/allocate-memory?arrayLength=200&bytesPerElement=8192',
  ];
  const until = performance.now() + 60_000;
  const one = async (first: number) => {
    for (let i = first; !signal.aborted && performance.now() < until; i++) {
      const answer = await fetch(`http://${address}${paths[i % paths.length]}`);
      assert.equal(answer.status, 200, await answer.text());
      await answer.arrayBuffer().catch(() => {});
    }
  };
  await Promise.all([0, 1, 2, 3].map(one));
}

interface Trace {
  readonly trace: readonly string[];
  readonly goMinor: number;
  /** Whether every cycle between the first and the last is expected. @default true */
  readonly whole?: boolean;
}

/** Each cycle's line has to be the one that the runtime printed; how far `@` agrees is only reported. */
function compareWithTrace(
  t: TestContext,
  cycles: readonly GcCycle[],
  { trace, goMinor, whole = true }: Trace,
): void {
  if (whole) checkNumbers(cycles);
  const printed = new Map(trace.map((line) => [parseGctraceLine(line)?.number, line]));
  const pairs = cycles.map((cycle) => ({
    ours: printGctraceLine(cycle, goMinor) ?? `no line for ${JSON.stringify(cycle)}`,
    theirs: printed.get(cycle.number) ?? `no line printed for cycle ${cycle.number}`,
  }));
  const forced = cycles.filter(({ trigger }) => trigger === 'forced').length;
  const comparable = (line: string) => (goMinor < 20 ? withoutForced(line) : line);
  const equal = pairs.filter(({ ours, theirs }) => comparable(ours) === comparable(theirs));
  t.diagnostic(
    `${pairs.length} cycles compared, ${forced} of them forced; equal with @ as well: ${equal.length}`,
  );
  const different = pairs.filter(
    ({ ours, theirs }) => withoutSince(comparable(ours)) !== withoutSince(comparable(theirs)),
  );
  assert.deepEqual(different, []);
}

const withoutSince = (line: string): string => line.replace(/ @[\d.]+s /, ' ');

/** Up to Go 1.19 a goroutine that waits for the next cycle can change what is printed of this one (gcStart). */
const withoutForced = (line: string): string => line.replace(/ \(forced\)$/, '');

/** One after the other, none missing, none twice. */
function checkNumbers(cycles: readonly GcCycle[]): void {
  const first = cycles[0]?.number ?? 0;
  assert.deepEqual(
    cycles.map(({ number }) => number),
    cycles.map((_, i) => first + i),
  );
}

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

function checkPause({ number = 0, pauseNs }: GcCycle, { NumGC, PauseNs }: Account): void {
  assert.ok(pauseNs !== undefined, `cycle ${number} has no pause`);
  if (number > NumGC - 256 && number <= NumGC)
    assert.equal(pauseNs, PauseNs[(number - 1) % 256], `pause of cycle ${number}`);
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
  const forced = cycles.filter(({ trigger }) => trigger === 'forced').length;
  const unseen = NumGC - cycles.length;
  assert.ok(forced <= NumForcedGC && NumForcedGC <= forced + unseen, `${forced} of ${NumForcedGC} forced`);
}

const numbersIn = (trace: readonly string[]): readonly (number | undefined)[] =>
  trace.flatMap((line) => parseGctraceLine(line)?.number ?? []);

/** What was said of records that did not come. Another test may leave a killed gctop's probe, which is told, too. */
const lossesIn = (messages: readonly SourceMessage[]) =>
  messages.filter((message) => message.type === 'note' && /^probe\.(lost|missed)$/.test(message.code));
