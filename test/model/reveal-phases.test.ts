import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import type { Nanos } from '../../src/gc/units.js';
import type { Model } from '../../src/model/model.js';
import {
  cycleEvent,
  happen,
  millis,
  nanosSum,
  seconds,
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

const told = (model: Model): readonly string[] =>
  model.journal.newest(20).map((entry) => (entry.type === 'phase' ? entry.phase : entry.type));

function end(
  model: Model,
  number: number,
  beginNs: Nanos,
  change: Partial<GcCycle> = { trigger: 'forced' },
): void {
  const cycle = wholeCycle(number, beginNs, change);
  happen(model, nanosSum(cycle.endAtNs, millis(1)), cycleEvent(cycle));
}

test('the overview tells through which phases a forced cycle went, up to the end of its sweep', () => {
  const model = watchingModel();
  end(model, 1, seconds(1));
  happen(model, seconds(1.1), { kind: 'phase', phase: 'off', atNs: seconds(1.05) });
  assert.deepEqual(told(model).slice(1), ['sweep-termination', 'mark', 'mark-termination', 'cycle', 'off']);
  const [last] = model.journal.newest(1);
  assert.ok(last?.type === 'phase' && last.cycle === 1);
});

test('of a program that collects all the time one forced cycle a second is told with its phases', () => {
  const model = watchingModel();
  for (let number = 1; number <= 10; number++) end(model, number, seconds(1 + number / 10));
  assert.equal(told(model).filter((entry) => entry === 'mark').length, 1);
});

test('where the record is not whole, the phases are those that were seen while it ran', () => {
  const model = watchingModel();
  happen(model, seconds(1.01), { kind: 'phase', phase: 'mark', cycle: 1, atNs: seconds(1) });
  const { endAtNs, pauseNs } = wholeCycle(1, seconds(1));
  happen(model, seconds(1.02), {
    kind: 'cycle',
    cycle: {
      number: 1,
      trigger: 'forced',
      endAtNs,
      ...(pauseNs === undefined ? {} : { pauseNs }),
      evidence: 'partial',
    },
  });
  assert.deepEqual(told(model).slice(1), ['mark', 'cycle']);
});

test('an ordinary cycle tells no phases there', () => {
  const model = watchingModel();
  end(model, 1, seconds(1), { trigger: 'heap' });
  assert.deepEqual(told(model).slice(1), ['cycle']);
});
