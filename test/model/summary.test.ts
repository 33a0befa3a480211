import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { bytes, durationNs, nanos } from '../../src/gc/units.js';
import type { Model } from '../../src/model/model.js';
import { gcShareOf, gcSummary, worstCycles } from '../../src/model/summary.js';
import { update } from '../../src/model/update.js';
import { visibleEndNs } from '../../src/model/visible-end.js';
import {
  cycleEvent,
  happen,
  mebibytes,
  micros,
  millis,
  reading,
  say,
  seconds,
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

const cpuOf = (assistNs: number) => ({
  sweepTermNs: micros(80),
  assistNs: durationNs(assistNs),
  dedicatedNs: millis(10),
  fractionalNs: durationNs(0),
  idleNs: millis(20),
  markTermNs: micros(240),
});

/** One cycle a second, from second 1 on. */
function withCycles(count: number, change: (number: number) => Partial<GcCycle> = () => ({})): Model {
  const model = watchingModel();
  for (let number = 1; number <= count; number++) {
    happen(model, seconds(number + 0.1), cycleEvent(wholeCycle(number, seconds(number), change(number))));
  }
  return model;
}

test('before anything is known every figure is unknown', () => {
  const figures = Object.values(gcSummary(watchingModel(), seconds(0)));
  assert.deepEqual(new Set(figures), new Set([undefined]));
});

test('without a cycle the rate is a true zero once there was time to see one', () => {
  const model = watchingModel();
  assert.equal(gcSummary(model, seconds(0.9)).cyclesPerSecond, undefined);
  const { cyclesPerSecond, stoppedShare, gcCpuShare } = gcSummary(model, seconds(30));
  assert.deepEqual([cyclesPerSecond, stoppedShare, gcCpuShare], [0, 0, 0]);
});

test('rate and shares cover the last 60 s', () => {
  const model = withCycles(100, () => ({ cpu: cpuOf(2e6) }));
  const { cyclesPerSecond, gcCpuShare, assistShare, stoppedShare, total } = gcSummary(model, seconds(100.5));
  assert.equal(cyclesPerSecond, 1);
  assert.equal(total, 100);
  assertClose(gcCpuShare, (10 + 2 + 0.08 + 0.24) / 4_000);
  assertClose(assistShare, 2 / 4_000);
  assertClose(stoppedShare, 80e-6);
});

test('while gctop is young the figures cover the time since it came', () => {
  assert.equal(gcSummary(withCycles(5), seconds(10)).cyclesPerSecond, 0.5);
});

test('the time of a gap counts in no rate', () => {
  const model = withCycles(5);
  say(model, {
    atNs: seconds(10),
    type: 'gap',
    target: 'one',
    fromNs: seconds(6),
    toNs: seconds(9),
    reason: 'lost',
  });
  assertClose(gcSummary(model, seconds(10)).cyclesPerSecond, 5 / 7);
});

test('a cycle that cannot say what it cost counts as the mean of the others', () => {
  const model = withCycles(10, (number) => (number % 2 === 0 ? { cpu: cpuOf(0) } : {}));
  assertClose(gcSummary(model, seconds(10.5)).gcCpuShare, (10 * 10.32e6) / (10.5e9 * 4));
  assert.equal(gcSummary(withCycles(3), seconds(5)).gcCpuShare, undefined);
});

test('the heap is that of the instant asked for', () => {
  const model = watchingModel();
  const goal = { goal: mebibytes(50), trigger: mebibytes(45), cycles: 1, forcedCycles: 1 };
  happen(model, seconds(1), reading(seconds(1), { ...goal, marked: mebibytes(20) }));
  happen(
    model,
    seconds(3),
    reading(seconds(3), { goal: 'none', live: mebibytes(10), cycles: 2, forcedCycles: 2 }),
  );
  const now = gcSummary(model, seconds(3));
  assert.deepEqual(
    [now.live, now.goal, now.goalShare, now.trigger],
    [mebibytes(10), 'none', undefined, undefined],
  );
  const then = gcSummary(model, seconds(2));
  assert.deepEqual([then.live, then.goal, then.goalShare], [mebibytes(30), mebibytes(50), 0.6]);
});

test('the count of cycles goes back with the picture', () => {
  const model = withCycles(10, (number) => (number > 8 ? { trigger: 'forced' } : {}));
  happen(model, seconds(11), reading(seconds(11), { cycles: 10, forcedCycles: 3 }));
  const counts = (at: number) => {
    const { total, forced } = gcSummary(model, seconds(at));
    return [total, forced];
  };
  assert.deepEqual(counts(11), [10, 3]);
  assert.deepEqual(counts(9.5), [9, 2]);
  assert.deepEqual(counts(5.5), [5, 1]);
});

test('the next cycle is expected when allocation reaches the trigger, or where the last one began', () => {
  const model = watchingModel();
  happen(model, seconds(2.1), cycleEvent(wholeCycle(1, seconds(1))), cycleEvent(wholeCycle(2, seconds(2))));
  const grown = (at: number, live: number, trigger?: number) =>
    reading(seconds(at), {
      live: mebibytes(live),
      goal: mebibytes(50),
      totalAlloc: bytes(at * 10 * 2 ** 20),
      ...(trigger === undefined ? {} : { trigger: mebibytes(trigger) }),
    });
  happen(model, seconds(4), grown(3, 20), grown(4, 30));
  assertClose(gcSummary(model, seconds(4)).expectedNextInNs, 1e9);
  happen(model, seconds(5), grown(5, 40, 45));
  assertClose(gcSummary(model, seconds(5)).expectedNextInNs, 0.5e9);
  happen(model, seconds(5.1), { kind: 'phase', phase: 'mark', atNs: seconds(5.05) });
  assert.equal(gcSummary(model, seconds(5.1)).expectedNextInNs, undefined);
  assertClose(gcSummary(model, seconds(5)).expectedNextInNs, 0.5e9);
});

test('the worst cycles are those with the longest single stop and with most assist', () => {
  const model = withCycles(5, (number) => ({
    ...(number === 2 ? { markAtNs: nanos(seconds(2) + micros(900)) } : {}),
    cpu: cpuOf(number === 4 ? 5 : 0),
  }));
  const { longestStop, mostAssist } = worstCycles(model, seconds(6));
  assert.deepEqual([longestStop?.cycle.number, mostAssist?.cycle.number], [2, 4]);
  assert.equal(worstCycles(model, seconds(100)).longestStop, undefined);
});

test('where nobody assisted the longest mark is the worst', () => {
  const model = withCycles(3, (number) => (number === 1 ? { markAtNs: seconds(1) } : {}));
  assert.equal(worstCycles(model, seconds(4)).mostAssist?.cycle.number, 1);
});

test('the share of a stretch in which the collector ran is clipped to it', () => {
  const model = withCycles(3);
  assert.equal(gcShareOf(model, seconds(0.5), seconds(3.5)), micros(3 * 10_080));
  assert.equal(gcShareOf(model, nanos(seconds(2) + millis(4)), nanos(seconds(2) + millis(6))), millis(2));
  assert.equal(gcShareOf(model, seconds(1.2), seconds(1.9)), 0);
});

test('the running cycle counts up to now', () => {
  const model = watchingModel();
  happen(model, seconds(2), { kind: 'phase', phase: 'mark', atNs: seconds(1), cycle: 1 });
  update(model, { type: 'tick', nowNs: seconds(3) });
  assert.equal(gcShareOf(model, seconds(0.5), seconds(9)), seconds(2));
});

test('a forced cycle lasts until its sweep is over, since its caller waits for that', () => {
  const model = withCycles(1, () => ({ trigger: 'forced' }));
  happen(model, seconds(1.2), { kind: 'phase', phase: 'off', atNs: seconds(1.1), cycle: 1 });
  assert.equal(gcShareOf(model, seconds(0), seconds(2)), millis(100));
  assert.equal(gcShareOf(model, seconds(1.05), seconds(2)), millis(50));
});

test('a share is unknown before gctop came, across a gap, and when a cycle hides its begin', () => {
  assert.equal(gcShareOf(withCycles(1), seconds(-1), seconds(2)), undefined);
  const lossy = withCycles(1);
  say(lossy, {
    atNs: seconds(4),
    type: 'gap',
    target: 'one',
    fromNs: seconds(2),
    toNs: seconds(3),
    reason: 'lost',
  });
  assert.equal(gcShareOf(lossy, seconds(1), seconds(2.5)), undefined);
  assert.equal(gcShareOf(lossy, seconds(3), seconds(4)), 0);
  const partial = watchingModel();
  const cycle: GcCycle = { trigger: 'unknown', endAtNs: seconds(1), pauseNs: micros(5), evidence: 'partial' };
  happen(partial, seconds(1), cycleEvent(cycle));
  assert.equal(gcShareOf(partial, seconds(0.5), seconds(2)), undefined);
});

test('the right edge of the picture stands still when it is frozen', () => {
  const model = watchingModel();
  update(model, { type: 'tick', nowNs: seconds(2) });
  update(model, { type: 'key', key: 'space' });
  update(model, { type: 'tick', nowNs: seconds(5) });
  assert.equal(visibleEndNs(model), seconds(2));
});

function assertClose(actual: number | undefined, expected: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= expected * 1e-3,
    `${actual} is not ${expected}`,
  );
}
