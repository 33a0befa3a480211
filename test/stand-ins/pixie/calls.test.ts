import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CallPlayer, type RecordedCall } from './calls.js';

const recording = {
  goVersion: 'go1.26.8',
  durationNs: 100,
  calls: [
    ['GC', 10, 5, 1, {}],
    ['allocSpan', 18, 2, 1, { npages: 3 }],
    ['GC', 50, 40, 1, {}],
  ] satisfies RecordedCall[],
};

test('a recording is played again and again', () => {
  const player = new CallPlayer(recording);
  const returned = [...player.between('GC', { fromNs: 0, toNs: 250 })].map(({ returnNs }) => returnNs);
  assert.deepEqual(returned, [15, 90, 115, 190, 215]);
});

test('a function that was never called has no calls, however long one waits', () => {
  assert.deepEqual([...new CallPlayer(recording).between('gcSweep', { fromNs: 0, toNs: 1e12 })], []);
});

test('however a span is divided, each call in it comes once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1_000 }), { maxLength: 20 }), (cuts) => {
      const player = new CallPlayer(recording);
      const bounds = [0, ...cuts.sort((a, b) => a - b), 1_000];
      const parts = bounds
        .slice(1)
        .flatMap((toNs, index) => [...player.between('GC', { fromNs: bounds[index] ?? 0, toNs })]);
      const whole = [...player.between('GC', { fromNs: 0, toNs: 1_000 })];
      assert.deepEqual(parts, whole);
    }),
  );
});
