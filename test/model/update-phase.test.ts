import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcEvent } from '../../src/gc/event.js';
import type { Phase } from '../../src/gc/phase.js';
import type { Nanos } from '../../src/gc/units.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { cycleEvent, happen, seconds, watchingModel, wholeCycle } from '../helpers/model.js';

const phaseEvent = (phase: Phase, atNs: Nanos, cycle: number): GcEvent => ({
  kind: 'phase',
  phase,
  atNs,
  cycle,
});
const entryTypes = (model: Model) => model.journal.newest(20).map(({ type }) => type);

/** `mark@0.02` for each phase change in the whole log. */
const phasesTold = (model: Model) =>
  model.journal
    .newest(50, { phases: true })
    .flatMap((entry) => (entry.type === 'phase' ? [`${entry.phase}@${entry.atNs / 1e9}`] : []));

test('the running cycle follows the phases until its record supersedes them', () => {
  const model = watchingModel();
  happen(model, seconds(1.01), phaseEvent('sweep-termination', seconds(1), 7));
  happen(model, seconds(1.02), phaseEvent('mark', seconds(1.01), 7));
  assert.deepEqual(model.running, {
    number: 7,
    phase: 'mark',
    sinceNs: seconds(1.01),
    sweepTermAtNs: seconds(1),
    markAtNs: seconds(1.01),
    markTermAtNs: undefined,
    isLong: false,
  });
  happen(model, seconds(1.1), cycleEvent(wholeCycle(7, seconds(1))));
  assert.equal(model.running, undefined);
  happen(model, seconds(1.2), phaseEvent('sweep', seconds(1.011), 7));
  assert.equal(model.running, undefined, 'the sweep is of a cycle that is over');
  assert.equal(model.cycles.last?.sweepEndAtNs, undefined);
  happen(model, seconds(1.2), phaseEvent('off', seconds(1.15), 7));
  assert.equal(model.cycles.last?.sweepEndAtNs, seconds(1.15));
});

test('a cycle that marks again after its stop goes on as the same cycle', () => {
  const model = watchingModel();
  happen(model, seconds(1.01), phaseEvent('sweep-termination', seconds(1), 7));
  for (const [phase, at] of [
    ['mark', 1.01],
    ['mark-termination', 1.02],
    ['mark', 1.03],
  ] as const) {
    happen(model, seconds(at + 0.01), phaseEvent(phase, seconds(at), 7));
  }
  assert.equal(model.running?.sweepTermAtNs, seconds(1));
  assert.equal(model.running?.markAtNs, seconds(1.01));
  assert.equal(model.running?.markTermAtNs, undefined);
});

test('a sweep that was seen to be over before its cycle was told is kept with it', () => {
  const model = watchingModel();
  happen(model, seconds(1.01), phaseEvent('mark', seconds(1), 1));
  happen(model, seconds(1.06), phaseEvent('off', seconds(1.05), 1));
  assert.equal(model.running, undefined);
  happen(model, seconds(1.07), cycleEvent(wholeCycle(1, seconds(1))));
  assert.equal(model.cycles.last?.sweepEndAtNs, seconds(1.05));
  happen(model, seconds(2.07), cycleEvent(wholeCycle(2, seconds(2))));
  assert.equal(model.cycles.last?.sweepEndAtNs, undefined);
});

test('phase changes told late of a cycle that is in the log start no cycle', () => {
  const model = watchingModel();
  happen(model, seconds(1.1), cycleEvent(wholeCycle(7, seconds(1))), phaseEvent('mark', seconds(1.001), 7));
  const running = () => model.running?.number;
  assert.equal(running(), undefined);
  happen(model, seconds(1.2), phaseEvent('mark', seconds(1.15), 8));
  assert.equal(running(), 8);
});

test('a cycle that nobody saw running tells its phases from its own record', () => {
  const model = watchingModel();
  happen(model, seconds(1.1), cycleEvent(wholeCycle(7, seconds(1))));
  assert.deepEqual(phasesTold(model), ['sweep-termination@1', 'mark@1.00002', 'mark-termination@1.01002']);
});

test('the phases of a cycle that takes over half a second are lines of the overview', () => {
  const model = watchingModel();
  happen(model, seconds(1.01), phaseEvent('sweep-termination', seconds(1), 1));
  happen(model, seconds(1.02), phaseEvent('mark', seconds(1.01), 1));
  assert.deepEqual(entryTypes(model), ['note']);
  update(model, { type: 'tick', nowNs: seconds(1.49) });
  assert.deepEqual(entryTypes(model), ['note']);
  update(model, { type: 'tick', nowNs: seconds(1.5) });
  assert.deepEqual(entryTypes(model), ['note', 'phase']);
  happen(model, seconds(2), phaseEvent('mark-termination', seconds(1.9), 1));
  assert.deepEqual(entryTypes(model), ['note', 'phase', 'phase']);
  const [entry] = model.journal.newest(1);
  assert.ok(entry?.type === 'phase');
  assert.deepEqual([entry.phase, entry.cycle, entry.lastedNs], ['mark-termination', 1, seconds(0.89)]);
});
