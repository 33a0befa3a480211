import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ProbeName, probeCatalogue, probeSet } from '../../src/gc/probe.js';
import { type Capture, type CapturedCall, endOf, parseCapture } from './captured-call.js';
import { clockDifference, comparedCycles, pagesOf } from './compare.js';
import { isWithin } from './derived-cycle.js';

const releases: readonly { readonly minor: number; readonly pacing: readonly ProbeName[] }[] = [
  { minor: 16, pacing: ['gcSetTriggerRatio'] },
  { minor: 26, pacing: ['commit', 'gcPaceSweeper'] },
];

for (const { minor, pacing } of releases) {
  const release = `1.${minor}`;
  const text = fixture(`calls-go${release}.ndjson`);
  const capture = parseCapture(text);
  const { head, calls } = capture;
  const gctrace = fixture(`gctrace-go${release}.txt`).trimEnd().split('\n');
  const of = (probe: ProbeName) => calls.filter(([name]) => name === probe);

  test(`the capture of Go ${release} keeps its format, in files of no more than 600 KB`, () => {
    assert.match(head.goVersion, new RegExp(`^go${release.replace('.', '\\.')}\\.\\d+$`));
    assert.match(head.recorded, /^\d{4}-\d\d-\d\d$/);
    assert.equal(head.lost, 0);
    assert.ok(text.length < 600 * 1024);
    assert.ok(head.requests.length > 0 && head.requests.every(isRequest));
    assert.deepEqual(calls.filter((call) => !isCall(call)).slice(0, 3), []);
    const unlike = calls.filter(([probe, , , , args]) => {
      const columns = probeCatalogue[probe].columns.map(({ name }) => name);
      return Object.keys(args).join() !== columns.join();
    });
    assert.deepEqual(unlike.slice(0, 3), []);
  });

  test(`the calls of Go ${release} are in the order of their returns, all within the capture`, () => {
    const ends = calls.map(endOf);
    assert.deepEqual(
      ends,
      [...ends].sort((a, b) => a - b),
    );
    assert.ok(calls.every((call) => call[1] >= 0 && endOf(call) <= head.durationNs));
  });

  test(`every function that Go ${release} has was called, and no other`, () => {
    const called = new Set(calls.map(([probe]) => probe));
    assert.deepEqual([...called].sort(), [...probeSet(minor)].sort());
  });

  test(`the cycles of Go ${release} are whole, some forced and some not`, () => {
    const compared = comparedCycles(capture, gctrace);
    const forced = compared.filter(({ line }) => line.forced).length;
    assert.ok(forced > 0 && forced < compared.length);
    for (const { cycle } of compared) {
      const within = (probe: ProbeName) =>
        of(probe).filter((call) => isWithin(call, cycle.markTermination)).length;
      const once: readonly ProbeName[] = ['gcSweep', 'startTheWorldWithSema', ...pacing];
      assert.deepEqual(
        once.map(within),
        once.map(() => 1),
      );
      assert.equal(within('stopTheWorldWithSema'), 0); // it came before, in gcMarkDone
    }
    assert.equal(of('stopTheWorldWithSema').length, 2 * compared.length);
    assert.equal(of('startTheWorldWithSema').length, 2 * compared.length);
  });

  test(`the cycles of Go ${release} took the time that the runtime itself printed`, () => {
    for (const compared of comparedCycles(capture, gctrace)) {
      const { untilMarkTermNs, markTermNs } = clockDifference(compared);
      const cycle = `cycle ${compared.line.number}`;
      // What the probes cost; a capture in which a busy machine added more is to be made again.
      assert.ok(Math.abs(untilMarkTermNs) < 10e3, `${cycle}: stop and mark differ by ${untilMarkTermNs} ns`);
      assert.ok(Math.abs(markTermNs) < 10e3, `${cycle}: the second stop differs by ${markTermNs} ns`);
    }
  });

  test(`the begin of each cycle of Go ${release} tells why it began: its number where it was forced, else nothing`, () => {
    for (const { cycle, line } of comparedCycles(capture, gctrace))
      assert.deepEqual(cycle.begin[4], { now: 0, n: line.forced ? line.number : 0 });
  });

  test(`a forced collection of Go ${release} waits for the cycle under way and then for the next`, () => {
    assert.ok(of('GC').length > 0);
    for (const gc of of('GC')) {
      const waits = of('gcWaitOnMark').filter((call) => isWithin(call, gc));
      const [first, second] = waits.map(([, , , , { n }]) => n);
      assert.deepEqual([waits.length, second], [2, (first ?? Number.NaN) + 1]);
    }
  });

  test(`goroutines of Go ${release} drained marking work only when they assisted`, () => {
    const assists = of('gcAssistAlloc1');
    assert.ok(of('gcDrainN').every((drain) => assists.some((assist) => isWithin(drain, assist))));
  });

  test(`the pages of Go ${release} fit what the requests asked for`, () => {
    const [allocated, swept] = [pagesOf(calls, 'allocSpan'), pagesOf(calls, 'sweepone')];
    const asked = head.requests.reduce((sum, { path }) => sum + pagesAskedBy(path), 0);
    assert.ok(allocated > 0.8 * asked && allocated < 1.2 * asked, `${allocated} of ${asked}`);
    assert.ok(swept > 0.5 * allocated && swept < allocated, `${swept} of ${allocated}`);
  });
}

test('at the commit of Go 1.26 the cycle is over: what was marked, and the goal that was, are those of gctrace', () => {
  const { compared, within } = go126();
  for (const { cycle, line } of compared) {
    const [, , , , { heapMarked = 0, lastHeapGoal = 0 }] = within('commit', cycle.markTermination);
    assert.equal(Math.floor(heapMarked / 2 ** 20), line.heapMB[2]);
    assert.equal(Math.floor(lastHeapGoal / 2 ** 20), line.goalMB);
  }
});

test('the trigger that Go 1.26 paces its sweeper by is where the next cycle begins, unless it is forced', () => {
  const { compared, within } = go126();
  const automatic = compared.slice(1).flatMap(({ line }, index) => {
    const before = compared[index];
    if (line.forced || before === undefined) return [];
    const [, , , , { trigger = 0 }] = within('gcPaceSweeper', before.cycle.markTermination);
    return [line.heapMB[0] - Math.floor(trigger / 2 ** 20)];
  });
  assert.ok(automatic.length > 0);
  assert.ok(
    automatic.every((aboveMB) => aboveMB >= 0 && aboveMB <= 3),
    String(automatic),
  );
});

function go126() {
  const capture: Capture = parseCapture(fixture('calls-go1.26.ndjson'));
  const within = (probe: ProbeName, outer: CapturedCall): CapturedCall => {
    const call = capture.calls.find((inner) => inner[0] === probe && isWithin(inner, outer));
    assert.ok(call, `there is no ${probe}`);
    return call;
  };
  const compared = comparedCycles(capture, fixture('gctrace-go1.26.txt').trimEnd().split('\n'));
  return { compared, within };
}

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/pixie/${name}`, import.meta.url), 'utf8');
}

const isRequest = ({ atNs, path }: Capture['head']['requests'][number]): boolean =>
  Number.isSafeInteger(atNs) && path.startsWith('/');

const isCall = (call: CapturedCall): boolean =>
  call.length === 5 &&
  call.slice(1, 4).every((value) => Number.isSafeInteger(value) && Number(value) >= 0) &&
  Object.entries(call[4]).every(([name, value]) =>
    name === 'triggerRatio' ? Number.isFinite(value) : Number.isSafeInteger(value) && value >= -1,
  );

/** The service allocates every string twice. */
function pagesAskedBy(path: string): number {
  const { searchParams } = new URL(path, 'http://service');
  const [length, each] = ['arrayLength', 'bytesPerElement'].map((name) =>
    Number(searchParams.get(name) ?? 0),
  );
  return (2 * (length ?? 0) * (each ?? 0)) / 8192;
}
