import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { affordable, overBudget, type ProbeLoad, shareOf } from '../../../src/sources/local/probe-budget.js';

const load = (event: string, hitsPerSecond: number, costNs = 1_000): ProbeLoad => ({
  event,
  hitsPerSecond,
  costNs,
});
const namesOf = (loads: readonly ProbeLoad[]) => loads.map(({ event }) => event);

test('a share is of one core: hits a second times what each costs', () => {
  assert.equal(shareOf(load('allocSpan', 31_000, 600)), 0.0186);
});

test('what is within the budget stays, to its last part', () => {
  assert.deepEqual(overBudget([load('a', 6_000), load('b', 4_000)], 0.01), []);
  assert.deepEqual(overBudget([], 0.01), []);
});

test('the dearest go first, and only as many as have to', () => {
  const loads = [load('a', 2_000), load('b', 90_000), load('c', 3_000), load('d', 4_000, 9_000)];
  assert.deepEqual(namesOf(overBudget(loads, 0.01)), ['b', 'd']);
  assert.deepEqual(namesOf(overBudget(loads, 0.05)), ['b']);
});

test('dear hits count, not many', () => {
  assert.deepEqual(namesOf(overBudget([load('cheap', 10_000, 500), load('dear', 1_000, 11_000)], 0.01)), [
    'dear',
  ]);
});

test('the cheapest candidates are chosen first, and room is left for busier times', () => {
  const candidates = [load('a', 400, 10_000), load('b', 100, 10_000), load('c', 300, 10_000)];
  assert.deepEqual(namesOf(affordable(candidates, { loads: [], budget: 0.01 })), ['b', 'c']);
  assert.deepEqual(namesOf(affordable(candidates, { loads: [load('there', 5_000)], budget: 0.01 })), ['b']);
  assert.deepEqual(namesOf(affordable(candidates, { loads: [load('there', 7_000)], budget: 0.01 })), []);
});

test('what never comes by costs nothing', () => {
  assert.deepEqual(namesOf(affordable([load('a', 0)], { loads: [], budget: 0.001 })), ['a']);
});

const loads = fc.array(
  fc.record({ event: fc.uuid(), hitsPerSecond: fc.nat(1e6), costNs: fc.integer({ min: 1, max: 20_000 }) }),
  { maxLength: 12 },
);
const budgets = fc.integer({ min: 1, max: 1000 }).map((thousandths) => thousandths / 1000);
const total = (all: readonly ProbeLoad[]) => all.reduce((sum, each) => sum + shareOf(each), 0);

test('what is left is within the budget, and none of what is left is dearer than what went', () => {
  fc.assert(
    fc.property(loads, budgets, (all, budget) => {
      const gone = overBudget(all, budget);
      const left = all.filter((each) => !gone.includes(each));
      assert.ok(total(left) <= budget * (1 + 1e-9));
      const [dearestLeft, cheapestGone] = [
        Math.max(0, ...left.map(shareOf)),
        Math.min(Number.POSITIVE_INFINITY, ...gone.map(shareOf)),
      ];
      assert.ok(dearestLeft <= cheapestGone);
      if (gone.length > 0) assert.ok(total(left) + cheapestGone > budget * (1 - 1e-9), 'too much went');
    }),
  );
});

test('what is chosen is not over the budget together with what is there', () => {
  fc.assert(
    fc.property(loads, loads, budgets, (candidates, there, budget) => {
      const chosen = affordable(candidates, { loads: there, budget });
      if (chosen.some((each) => shareOf(each) > 0)) assert.ok(total([...there, ...chosen]) <= budget);
    }),
  );
});
