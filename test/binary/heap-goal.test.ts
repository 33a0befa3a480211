import assert from 'node:assert/strict';
import test from 'node:test';
import { type GoalInputs, heapGoal } from '../../src/binary/heap-goal.js';

const allOnes = 0xffff_ffff_ffff_ffffn;
const noLimit = 0x7fff_ffff_ffff_ffffn;
const mib = 1n << 20n;

const inputs: GoalInputs = {
  gcPercentHeapGoal: 40n * mib,
  sweepDistMinTrigger: 30n * mib,
  triggered: allOnes,
  heapMarked: 20n * mib,
  memoryLimit: noLimit,
  heapFree: 2n * mib,
  totalAlloc: 100n * mib,
  totalFree: 75n * mib,
  mappedReady: 37n * mib, // 10 MiB of it are no heap
};

test('without a limit the goal is that of GOGC', () => {
  assert.equal(heapGoal(26, inputs), 40n * mib);
});

test('the goal keeps a distance to sweep and, in a cycle, to the size at which it began', () => {
  assert.equal(heapGoal(26, { ...inputs, sweepDistMinTrigger: 41n * mib }), 41n * mib);
  assert.equal(heapGoal(26, { ...inputs, triggered: 40n * mib }), 40n * mib + 65_536n);
});

test('the memory limit less what is no heap is the goal, with headroom', () => {
  const limited = { ...inputs, memoryLimit: 45n * mib };
  assert.equal(heapGoal(20, limited), 34n * mib);
  assert.equal(heapGoal(26, limited), 35n * mib - ((35n * mib) / 100n) * 3n);
});

test('the goal is never below what is marked', () => {
  assert.equal(heapGoal(26, { ...inputs, memoryLimit: 5n * mib }), 20n * mib);
  assert.equal(heapGoal(26, { ...inputs, memoryLimit: 25n * mib }), 20n * mib);
});

test('with GOGC=off and no limit the goal is out of reach', () => {
  const goal = heapGoal(26, { ...inputs, gcPercentHeapGoal: allOnes });
  assert.ok(goal !== undefined && goal > 1n << 62n);
});

test('figures that cannot hold together give no goal', () => {
  assert.equal(heapGoal(26, { ...inputs, totalFree: 0n }), undefined);
});
