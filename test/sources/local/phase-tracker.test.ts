import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcEvent } from '../../../src/gc/event.js';
import { nanos } from '../../../src/gc/units.js';
import { cycleOf, partialCycle } from '../../../src/sources/local/cycle-record.js';
import { PhaseTracker } from '../../../src/sources/local/phase-tracker.js';
import { recordOfCycle, sampleAfter } from './samples.js';

const before = { initAtNs: 0, endAtNs: undefined, forcedCycles: 0 };
const cycle = (number: number) => cycleOf(recordOfCycle(number), before);
const brief = (events: readonly GcEvent[]) =>
  events.map(
    (event) =>
      event.kind === 'phase' &&
      `${event.phase} ${event.cycle ?? '-'} ${event.atNs} ${event.durationNs ?? ''}`.trim(),
  );

/** A look while cycle 4 runs: `work` still holds the times of cycle 3 for what has not begun. */
const during = (changes: object) =>
  sampleAfter(3, { record: { ...recordOfCycle(3), started: 4, sweepTermAtNs: 40_000_000, ...changes } });

test('each phase of a running cycle is told once, as it is seen', () => {
  const phases = new PhaseTracker();
  assert.deepEqual(brief(phases.running(during({}), 3)), ['sweep-termination 4 40000000']);
  assert.deepEqual(brief(phases.running(during({}), 3)), []);
  assert.deepEqual(brief(phases.running(during({ markAtNs: 40_020_000 }), 3)), ['mark 4 40020000']);
  assert.deepEqual(brief(phases.finished(cycle(4))), ['mark-termination 4 41020000 14000']);
});

test('a stop that is asked for before the cycle is counted is told', () => {
  const asked = sampleAfter(3, { record: { ...recordOfCycle(3), sweepTermAtNs: 40_000_000 } });
  assert.deepEqual(brief(new PhaseTracker().running(asked, 3)), ['sweep-termination 4 40000000']);
});

test('phases that no look has seen are told with their lengths before the cycle', () => {
  assert.deepEqual(brief(new PhaseTracker().finished(cycle(4))), [
    'sweep-termination 4 40000000 20000',
    'mark 4 40020000 1000000',
    'mark-termination 4 41020000 14000',
  ]);
});

test('a cycle with its pause alone has no phases but its sweep', () => {
  const phases = new PhaseTracker();
  const partial = partialCycle(4, { pauseNs: 5, endAtNs: 41_034_000 }, { forced: false, before });
  assert.deepEqual(brief(phases.finished(partial)), []);
  assert.deepEqual(brief([phases.sweepOf(partial)]), ['sweep 4 41034000']);
});

test('the end of the sweep is told once, when a look sees it', () => {
  const phases = new PhaseTracker();
  phases.sweepOf(cycle(4));
  assert.deepEqual(brief(phases.running(sampleAfter(4, { swept: false }), 4)), []);
  assert.deepEqual(brief(phases.running(sampleAfter(4, { atNs: nanos(77) }), 4)), ['off - 77']);
  assert.deepEqual(brief(phases.running(sampleAfter(4), 4)), []);
});

test('nothing is told of a cycle while the one before it has not been', () => {
  assert.deepEqual(new PhaseTracker().running(during({}), 2), []);
});
