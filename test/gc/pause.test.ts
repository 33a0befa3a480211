import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PauseWindow } from '../../src/gc/pause.js';
import { durationNs, nanos } from '../../src/gc/units.js';

const seconds = (value: number) => nanos(Math.round(value * 1e9));
const micros = (value: number) => durationNs(value * 1e3);

test('without a pause the count is zero and no figure is known', () => {
  assert.deepEqual(new PauseWindow().figures(seconds(5)), {
    count: 0,
    sumNs: 0,
    maxNs: undefined,
    p50Ns: undefined,
    p99Ns: undefined,
  });
});

test('maximum and sum are exact, percentiles to within one percent', () => {
  const pause = fc.record({
    at: fc.double({ min: 100, max: 158, noNaN: true }),
    ns: fc.integer({ min: 0, max: 2e9 }),
  });
  fc.assert(
    fc.property(fc.array(pause, { minLength: 1, maxLength: 200 }), (pauses) => {
      const window = new PauseWindow();
      for (const { at, ns } of pauses) window.record(seconds(at), durationNs(ns));
      const figures = window.figures(seconds(159));
      const sorted = pauses.map(({ ns }) => ns).sort((a, b) => a - b);
      const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      assert.equal(figures?.count, pauses.length);
      assert.equal(
        figures?.sumNs,
        sorted.reduce((sum, ns) => sum + ns, 0),
      );
      assert.equal(figures?.maxNs, sorted.at(-1));
      assertClose(figures?.p50Ns, rank(0.5));
      assertClose(figures?.p99Ns, rank(0.99));
    }),
  );
});

test('a pause leaves the window after 60 s, and the figures with it', () => {
  const window = new PauseWindow();
  window.record(seconds(1), micros(900));
  window.record(seconds(30), micros(50));
  assert.equal(window.figures(seconds(60.9))?.maxNs, micros(900));
  assert.deepEqual(window.figures(seconds(61)), {
    count: 1,
    sumNs: micros(50),
    maxNs: micros(50),
    p50Ns: micros(50),
    p99Ns: micros(50),
  });
  assert.equal(window.figures(seconds(500))?.count, 0);
});

test('a pause told late counts in its own second', () => {
  const window = new PauseWindow();
  window.record(seconds(100), micros(10));
  window.record(seconds(50), micros(20));
  window.record(seconds(39), micros(30));
  assert.equal(window.figures(seconds(100))?.count, 2);
  assert.equal(window.figures(seconds(115))?.count, 1);
});

test('a window that is past is refused, not made up', () => {
  const window = new PauseWindow();
  window.record(seconds(100), micros(10));
  assert.equal(window.figures(seconds(99)), undefined);
});

test('seconds before the origin have slots of their own', () => {
  const window = new PauseWindow();
  for (const at of [-61, -60, -3, -1, -0.5]) window.record(seconds(at), micros(10));
  assert.equal(window.figures(seconds(-0.2))?.count, 4);
});

test('the longest that can be told apart takes longer ones in, their length is kept', () => {
  const window = new PauseWindow();
  window.record(seconds(1), durationNs(2 ** 50));
  assert.equal(window.figures(seconds(1))?.maxNs, 2 ** 50);
});

function assertClose(actual: number | undefined, expected: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= expected * 0.01,
    `${actual} is not ${expected}`,
  );
}

test('a pause beyond all measure is counted, and leaves the window like any other', () => {
  const window = new PauseWindow();
  const twentyMinutesNs = durationNs(20 * 60e9);
  window.record(nanos(0), twentyMinutesNs);
  assert.equal(window.figures(nanos(1e9))?.maxNs, twentyMinutesNs);
  assert.equal(window.figures(nanos(120e9))?.count, 0);
});
