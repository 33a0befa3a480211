import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nanos } from '../../src/gc/units.js';
import { TimeRing } from '../../src/model/time-ring.js';

interface Item {
  readonly at: number;
  readonly name: number;
}

const ringOf = (items: readonly Item[], capacity: number) => {
  const ring = new TimeRing<Item>(capacity, ({ at }) => nanos(at));
  for (const item of items) ring.insert(item);
  return ring;
};

const someItems = fc
  .array(fc.nat({ max: 50 }), { maxLength: 60 })
  .map((times) => times.map((at, name) => ({ at, name })));

test('a ring keeps the newest in the order of time, equal times as they came', () => {
  fc.assert(
    fc.property(someItems, fc.integer({ min: 1, max: 20 }), (items, capacity) => {
      const kept = items.toSorted((a, b) => a.at - b.at || a.name - b.name);
      const ring = ringOf(items, capacity);
      assert.equal(ring.total, items.length);
      assert.equal(ring.length, Math.min(capacity, items.length));
      const times = ring.newest(capacity).map(({ at }) => at);
      assert.deepEqual(
        times,
        kept.slice(-capacity).map(({ at }) => at),
      );
      if (items.length <= capacity) assert.deepEqual(ring.newest(capacity), kept);
    }),
  );
});

test('what lies between two instants is found, both included', () => {
  fc.assert(
    fc.property(someItems, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (items, from, to) => {
      const ring = ringOf(items, 100);
      const expected = ring.newest(100).filter(({ at }) => at >= from && at <= to);
      assert.deepEqual(ring.between(nanos(from), nanos(to)), expected);
      assert.equal(ring.countUpTo(nanos(to)), items.filter(({ at }) => at <= to).length);
    }),
  );
});

test('places beyond the ends are empty', () => {
  const ring = ringOf([{ at: 1, name: 0 }], 4);
  assert.deepEqual([ring.at(-1), ring.at(0)?.name, ring.at(1)], [undefined, 0, undefined]);
  assert.equal(ringOf([], 4).last, undefined);
});
