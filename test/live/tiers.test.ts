import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import type { PauseReason } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { type Act, complaintsIn, eventsOf, only, probesIn, startCauses } from '../helpers/causes.js';
import { goReleases } from '../helpers/compatibility.js';
import { checkNumbers, compareWithTrace } from '../helpers/gctrace-lines.js';
import { build } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';
import { cyclesOf, tellsOfCycle, type Watch, watchProcess } from '../helpers/watch.js';

/** One for each way in which the runtime tells of its stops, the newest patch. */
const releases = [16, 18, 21, 22, 23, 27].flatMap(
  (minor) => goReleases.findLast((release) => release.startsWith(`go1.${minor}.`)) ?? [],
);

for (const release of [undefined, ...releases]) {
  const of = release ?? 'the local Go';

  liveTest(
    `who forced a cycle, what stopped the world and where the next cycle starts are told of ${of}`,
    async (t) => {
      const { path, goMinor } = await build('causes', release === undefined ? {} : { release });
      const program = await startCauses(path);
      t.after(() => program.end());
      const watch = watchProcess(program.pid);
      await watch.until(tellsOfCycle(15));
      const acts = await program.act();
      const stream = await stopAfterNextCycle(watch);
      await program.end();
      const cycles = cyclesOf(stream);
      assert.deepEqual(complaintsIn(stream), []);
      compareWithTrace(t, cycles, { trace: program.gctrace, goMinor });
      checkAskers(cycles, acts);
      checkStops(t, stream, { acts, goMinor });
      checkPace(t, stream, { acts, goMinor });
      assert.deepEqual(leftoversOfLocal(), []);
    },
  );

  liveTest(
    `every single call of the collector is told of ${of}, and its own account stays the same`,
    async (t) => {
      const { path, goMinor } = await build('causes', release === undefined ? {} : { release });
      await checkCalls(t, path, goMinor);
    },
  );
}

for (const flags of [['-ldflags=-s -w'], ['-buildmode=pie', '-ldflags=-s -w']]) {
  liveTest(`so it is of a program that is built with '${flags.join(' ')}'`, async (t) => {
    const { path, goMinor } = await build('causes', { flags });
    await checkCalls(t, path, goMinor);
  });
}

liveTest(
  'over a small budget the frequent calls are dropped, with a sentence; the cycles are not',
  async (t) => {
    const { path, goMinor } = await build('causes');
    const program = await startCauses(path, ['-pace', '0s', '-workers', '2']);
    t.after(() => program.end());
    const watch = watchProcess(program.pid, { probes: 'full', probeBudget: 0.001 });
    await watch.until(isDropped('allocSpan'));
    const from = cyclesOf(watch.messages).length;
    await watch.until(tellsOfCycle((cyclesOf(watch.messages)[0]?.number ?? 0) + from + 20));
    const stream = await watch.stop();
    await program.end();
    const allocSpan = probesIn(stream).get('allocSpan');
    t.diagnostic(allocSpan?.detail ?? '');
    assert.match(
      allocSpan?.detail ?? '',
      /^over the budget: [\d,]+ hits\/s at \d+\.\d us are [\d.]+ % of a core, the budget is 0\.1 %$/,
    );
    assert.ok((allocSpan?.costNs ?? 0) > 0 && (allocSpan?.hits ?? 0) > 0, JSON.stringify(allocSpan));
    compareWithTrace(t, cyclesOf(stream), { trace: program.gctrace, goMinor });
  },
);

liveTest('calls are switched on and off while it runs: no cycle is lost, no probe stays', async (t) => {
  const { path, goMinor } = await build('causes');
  const program = await startCauses(path);
  t.after(() => program.end());
  const watch = watchProcess(program.pid, { probes: 'light' });
  await watch.until(({ type }) => type === 'events');
  assert.equal(eventsOf(watch.messages, 'call').length, 0);
  for (let round = 0; round < 3; round++) {
    const before = watch.messages.length;
    const since = (fits: (message: SourceMessage) => boolean) =>
      watch.until((message) => watch.messages.indexOf(message) >= before && fits(message));
    watch.ask({ type: 'probes', set: 'full' });
    // At first the user thinks better of it while it is measured what they cost.
    if (round > 0) await since(hasCall);
    watch.ask({ type: 'probes', set: 'light' });
    await since(
      ({ ...message }) =>
        message.type === 'probe' && message.probe === 'sweepone' && message.state === 'removed',
    );
    const placed = leftoversOfLocal().filter((line) => line.startsWith('p:'));
    assert.deepEqual(
      placed.filter((line) => /_(entry|return) /.test(line)),
      [],
    );
    assert.ok(placed.length > 0, 'the others stay');
  }
  const stream = await stopAfterNextCycle(watch);
  await program.end();
  assert.deepEqual(complaintsIn(stream), []);
  compareWithTrace(t, cyclesOf(stream), { trace: program.gctrace, goMinor });
  const states = probesIn(stream);
  assert.equal(states.get('sweepone')?.state, 'removed');
  assert.equal(states.get('GC')?.state, 'running', 'who forces a cycle is told as before');
  assert.deepEqual(leftoversOfLocal(), []);
});

liveTest('two watch the same program, and each tells all of it', async (t) => {
  const { path, goMinor } = await build('causes');
  const program = await startCauses(path);
  t.after(() => program.end());
  const watches = [0, 1].map(() => watchProcess(program.pid, { probes: 'full', probeBudget: 1 }));
  await Promise.all(watches.map(returnsAreProbed));
  const acts = await program.act();
  const streams = await Promise.all(watches.map(stopAfterNextCycle));
  await program.end();
  for (const stream of streams) {
    assert.deepEqual(complaintsIn(stream), []);
    compareWithTrace(t, cyclesOf(stream), { trace: program.gctrace, goMinor });
    checkAskers(cyclesOf(stream), acts);
    checkForcing(stream, acts);
  }
  assert.deepEqual(leftoversOfLocal(), []);
});

liveTest('a watch of single calls ends within a second, whatever is probed', async (t) => {
  const { path } = await build('causes');
  const program = await startCauses(path);
  t.after(() => program.end());
  const watch = watchProcess(program.pid, { probes: 'full', probeBudget: 1 });
  await returnsAreProbed(watch);
  const begin = performance.now();
  await watch.stop();
  const tookMs = performance.now() - begin;
  t.diagnostic(`${tookMs.toFixed(0)} ms`);
  assert.ok(tookMs < 1000, `it took ${tookMs} ms`);
  assert.deepEqual(leftoversOfLocal(), []);
});

/** Watches all calls with a budget of a whole core while the program acts. */
async function checkCalls(t: TestContext, path: string, goMinor: number): Promise<void> {
  const program = await startCauses(path);
  t.after(() => program.end());
  const watch = watchProcess(program.pid, { probes: 'full', probeBudget: 1 });
  await returnsAreProbed(watch);
  const acts = await program.act();
  const stream = await stopAfterNextCycle(watch);
  await program.end();
  assert.deepEqual(complaintsIn(stream), []);
  compareWithTrace(t, cyclesOf(stream), { trace: program.gctrace, goMinor });
  checkAskers(cyclesOf(stream), acts);
  checkForcing(stream, acts);
  checkTerminations(t, stream);
  checkWork(t, stream);
  assert.deepEqual(leftoversOfLocal(), []);
}

const hasCall = (message: SourceMessage): boolean =>
  message.type === 'events' && message.events.some(({ kind }) => kind === 'call');

const isDropped =
  (probe: string) =>
  (message: SourceMessage): boolean =>
    message.type === 'probe' && message.probe === probe && message.state === 'dropped';

/** From then on how long calls take is told. */
const returnsAreProbed = (watch: Watch): Promise<void> =>
  watch.until(
    (message) =>
      message.type === 'events' &&
      message.events.some(
        (event) => event.kind === 'call' && event.probe === 'gcStart' && event.durationNs !== undefined,
      ),
  );

/** By then all that was seen of the cycles before is told. */
async function stopAfterNextCycle(watch: Watch): Promise<readonly SourceMessage[]> {
  const last = cyclesOf(watch.messages).at(-1)?.number ?? 0;
  await watch.until(tellsOfCycle(last + 2));
  return watch.stop();
}

/**
 * Each call of runtime.GC, of which there was one at a time, forced a cycle, and nobody else did. It waits for the cycle
 * behind the one that is under way: where the heap's trigger starts that one in the same moment, the call forces none.
 */
function checkAskers(cycles: readonly GcCycle[], acts: readonly Act[]): void {
  checkNumbers(cycles);
  const asking = acts.filter(({ Act }) => Act === 'GC');
  assert.equal(asking.length, 20);
  const forced = asking.flatMap(({ Goid, Before, After }) => {
    const during = cycles.filter(({ number = 0 }) => Before < number && number <= After);
    const its = during.filter(({ trigger }) => trigger === 'forced');
    const isOvertaken = its.length === 0 && during.some(({ trigger }) => trigger === 'heap');
    assert.ok(its.length === 1 || isOvertaken, `${its.length} cycles forced between ${Before} and ${After}`);
    for (const { forcedBy } of its) assert.equal(forcedBy, Goid);
    return its;
  });
  assert.ok(forced.length >= 15, `${forced.length} forced cycles`);
  const known = cycles.filter(({ trigger, forcedBy }) => trigger === 'forced' || forcedBy !== undefined);
  assert.deepEqual(known, forced);
}

/** What the runtime stops the world for in an act; where releases differ, how often at least and at most. */
const stopsOf = (act: string, goMinor: number): readonly (readonly [PauseReason, number, number])[] => {
  switch (act) {
    case 'goroutine-profile':
      return [
        ['goroutine-profile', 1, 2], // with room for too few it begins again
        ['goroutine-profile-cleanup', 1, 1],
      ];
    case 'trace':
      return goMinor === 21
        ? [
            ['start-trace', 1, 1],
            ['stop-trace', 1, 1],
          ]
        : [['start-trace', 1, 1]];
    case 'read-mem-stats':
    case 'gomaxprocs':
    case 'all-goroutines-stack-trace':
      return [[act, 1, 1]];
    default:
      return [];
  }
};

interface Expected {
  readonly acts: readonly Act[];
  readonly goMinor: number;
}

/** Each stop is told once, in its turn, and none took longer than the call that made it. */
function checkStops(t: TestContext, stream: readonly SourceMessage[], { acts, goMinor }: Expected): void {
  const pauses = [...eventsOf(stream, 'pause')];
  t.diagnostic(`${pauses.length} stops that are not the collector's`);
  // Before Go 1.21 the runtime does not say why it stops the world.
  for (const { Act, Ns } of goMinor < 21 ? [] : acts) {
    let spent = 0;
    for (const [reason, least, most] of stopsOf(Act, goMinor)) {
      let found = 0;
      while (found < most && pauses[0]?.reason === reason) {
        const { durationNs = 0, stoppingNs } = pauses.shift() ?? {};
        assert.ok(durationNs > 0, `${reason} took ${durationNs} ns`);
        if (goMinor >= 23) assert.ok(stoppingNs !== undefined && stoppingNs <= durationNs, `${stoppingNs}`);
        spent += durationNs;
        found++;
      }
      assert.ok(found >= least, `no stop for '${reason}'; next is ${JSON.stringify(pauses[0])}`);
    }
    assert.ok(spent <= Ns, `${Act} took ${Ns} ns, its stops ${spent}`);
  }
  assert.deepEqual(pauses, [], 'stops for which there was no reason');
}

/** What a cycle's end says of the next one's begin is what happens. */
function checkPace(t: TestContext, stream: readonly SourceMessage[], { acts, goMinor }: Expected): void {
  const paces = eventsOf(stream, 'pace');
  if (goMinor < 18) {
    assert.deepEqual(paces, []); // there the trigger lies in memory
    return;
  }
  const cycles = cyclesOf(stream);
  const undisturbed = acts[0]?.Before ?? 0;
  const over: number[] = [];
  for (const [i, cycle] of cycles.entries()) {
    const { markTermAtNs = 0, endAtNs, heapMarked = 0 } = cycle;
    const atEnd = paces.filter(({ atNs }) => markTermAtNs <= atNs && atNs <= endAtNs);
    const { triggerBytes = 0, triggerRatio = 0, markedBytes } = only(atEnd, `paces of cycle ${cycle.number}`);
    assert.equal(markedBytes, heapMarked);
    assert.equal(triggerRatio, Math.max(0, triggerBytes / heapMarked - 1));
    // A smaller GOMAXPROCS takes what a processor's cache had reserved off the heap, also while a cycle waits to begin.
    const next = cycles[i + 1];
    if (next?.trigger !== 'heap' || next.heapAtStart === undefined || (next.number ?? 0) > undisturbed)
      continue;
    assert.ok(next.heapAtStart >= triggerBytes, `${next.heapAtStart} of ${triggerBytes}`);
    over.push(next.heapAtStart / triggerBytes - 1);
  }
  const median = over.toSorted((a, b) => a - b)[over.length >> 1] ?? Number.NaN;
  t.diagnostic(
    `${over.length} cycles began ${(median * 100).toFixed(1)} % above their trigger in the median`,
  );
  assert.ok(over.length >= 5 && median < 0.15, `${median} of ${over.length}`);
}

/** Each act of forcing is one call of runtime.GC, which waits for a cycle twice; all of the same goroutine. */
function checkForcing(stream: readonly SourceMessage[], acts: readonly Act[]): void {
  const calls = eventsOf(stream, 'call');
  const asking = acts.filter(({ Act }) => Act === 'GC');
  const forcing = calls.filter(({ probe }) => probe === 'GC');
  assert.deepEqual(
    forcing.map(({ goid }) => goid),
    asking.map(({ Goid }) => Goid),
  );
  for (const [i, { atNs, durationNs = Number.NaN, goid }] of forcing.entries()) {
    assert.ok(durationNs > 0 && durationNs <= (asking[i]?.Ns ?? 0), `${durationNs} of ${asking[i]?.Ns} ns`);
    const waits = calls.filter(
      (call) => call.probe === 'gcWaitOnMark' && atNs <= call.atNs && call.atNs <= atNs + durationNs,
    );
    assert.deepEqual(
      waits.map((call) => call.goid),
      [goid, goid],
    );
    assert.equal((waits[1]?.args.n ?? 0) - (waits[0]?.args.n ?? 0), 1);
  }
}

/** Each cycle that was told from when the calls were has one mark termination, and no other has one. */
function checkTerminations(t: TestContext, stream: readonly SourceMessage[]): void {
  const calls = eventsOf(stream, 'call').filter(({ probe }) => probe === 'gcMarkTermination');
  const [firstNs, lastNs] = [calls[0]?.atNs ?? Number.NaN, calls.at(-1)?.atNs ?? Number.NaN];
  // A call is told when it returns, some bookkeeping after the cycle's end.
  const cycles = cyclesOf(stream).filter(
    ({ endAtNs, markTermAtNs = 0 }) => endAtNs > firstNs && markTermAtNs <= lastNs,
  );
  t.diagnostic(`${calls.length} mark terminations, ${cycles.length} cycles`);
  assert.ok(cycles.length > 20, `${cycles.length} cycles`);
  assert.deepEqual(
    eventsOf(stream, 'calls').filter(({ probe }) => probe === 'gcMarkTermination'),
    [],
  );
  for (const { number, markTermAtNs = 0, endAtNs } of cycles)
    only(
      calls.filter(({ atNs }) => markTermAtNs <= atNs && atNs <= endAtNs),
      `mark terminations of cycle ${number}`,
    );
  assert.equal(calls.length, cycles.length);
}

/**
 * Work is told, and no page count is made of all ones. What sweepone sweeps cannot be held against mheap_.pagesSwept: it
 * returns the pages of spans that came free as a whole alone, and allocating goroutines sweep as well.
 */
function checkWork(t: TestContext, stream: readonly SourceMessage[]): void {
  const pagesOf = (kind: 'alloc' | 'sweep') =>
    eventsOf(stream, kind).reduce((sum, { pages }) => sum + pages, 0);
  t.diagnostic(`${pagesOf('alloc')} pages allocated, ${pagesOf('sweep')} swept`);
  assert.ok(pagesOf('alloc') > 0, 'no page was allocated');
  assert.ok(pagesOf('sweep') < 2 ** 40, `${pagesOf('sweep')} pages`);
}
