import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cycleOf, isWhole, partialCycle } from '../../../src/sources/local/cycle-record.js';
import { recordOfCycle } from './samples.js';

const before = { initAtNs: 0, endAtNs: recordOfCycle(3).endAtNs, forcedCycles: 1 };
const twoMinutes = 120e9;

describe('a whole cycle', () => {
  test('has the figures of its record', () => {
    const cycle = cycleOf(recordOfCycle(4), before);
    assert.deepEqual(cycle, {
      number: 4,
      trigger: 'heap',
      sweepTermAtNs: 40_000_000,
      markAtNs: 40_020_000,
      markTermAtNs: 41_020_000,
      endAtNs: 41_034_000,
      pauseNs: 34_000,
      heapAtStart: 4 << 20,
      heapAtEnd: 5 << 20,
      heapMarked: 2 << 20,
      heapGoal: 6 << 20,
      stackScan: 100_000,
      globalsScan: 200_000,
      cpu: {
        sweepTermNs: 40_000,
        assistNs: 10,
        dedicatedNs: 20,
        fractionalNs: 30,
        idleNs: 40,
        markTermNs: 28_000,
      },
      cpuFraction: 0.01,
      procs: 2,
      stwProcs: 2,
      sinceStartNs: 40_000_000,
      evidence: 'exact',
    });
  });

  test('does not tell how long after the program it began once that is more than 104 days', () => {
    const { sinceStartNs, ...rest } = cycleOf(recordOfCycle(4), before);
    assert.equal(sinceStartNs, 40_000_000);
    for (const initAtNs of [-(2 ** 53) + 39_000_000, -(2 ** 54)])
      assert.deepEqual(cycleOf(recordOfCycle(4), { ...before, initAtNs }), rest);
  });

  test('has no goal when the runtime has none', () => {
    assert.equal(cycleOf(recordOfCycle(4, { heapGoal: 2 ** 64 }), before).heapGoal, 'none');
  });

  test('was started by the timer when it began two minutes after the last one ended', () => {
    const quiet = { ...before, endAtNs: recordOfCycle(4).sweepTermAtNs - twoMinutes };
    assert.equal(cycleOf(recordOfCycle(4), quiet).trigger, 'time');
    assert.equal(cycleOf(recordOfCycle(4), { ...quiet, endAtNs: quiet.endAtNs + 1 }).trigger, 'heap');
  });

  test('that is the first of its program was not started by the timer, which needs one before', () => {
    assert.equal(
      cycleOf(recordOfCycle(1), { initAtNs: 0, endAtNs: undefined, forcedCycles: 0 }).trigger,
      'heap',
    );
  });

  test('was forced by its own flag where the count before it is not known', () => {
    const unknown = { ...before, forcedCycles: undefined };
    assert.equal(cycleOf(recordOfCycle(4, { userForced: 1 }), unknown).trigger, 'forced');
  });
});

describe('a cycle with its pause alone', () => {
  const entry = { pauseNs: 5, endAtNs: 50e6 };

  test('began within the two minutes if it ended within them', () => {
    assert.equal(partialCycle(4, entry, { forced: false, before }).trigger, 'heap');
    const late = { pauseNs: 5, endAtNs: before.endAtNs + twoMinutes };
    assert.equal(partialCycle(4, late, { forced: false, before }).trigger, 'unknown');
  });

  test('has an unknown cause where the count of forced cycles leaves it open', () => {
    assert.deepEqual(partialCycle(4, entry, { forced: undefined, before }), {
      number: 4,
      trigger: 'unknown',
      endAtNs: 50e6,
      pauseNs: 5,
      evidence: 'partial',
    });
  });
});

describe('a record in memory', () => {
  const whole = recordOfCycle(4);
  const ring = { pauseNs: whole.pauseNs, endAtNs: whole.endAtNs };

  test('is whole when everything agrees', () => assert.ok(isWhole(whole, ring)));

  const torn = {
    'the next cycle has reset the pause': { pauseNs: 0 },
    'the next cycle has begun': { started: 5 },
    'the next stop has been asked for': { sweepTermAtNs: whole.endAtNs + 1 },
    'its end is not the last one that was counted': { endAtNs: whole.endAtNs + 1 },
    'no cycle has ended yet': { number: 0, started: 0 },
  };
  for (const [why, changes] of Object.entries(torn)) {
    test(`is not whole when ${why}`, () => assert.ok(!isWhole({ ...whole, ...changes }, ring)));
  }
});
