import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripLength } from '../../src/model/layout.js';
import type { Model } from '../../src/model/model.js';
import { windowStepsNs } from '../../src/model/series.js';
import { update } from '../../src/model/update.js';
import {
  cycleEvent,
  happen,
  millis,
  nanosSum,
  seconds,
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

/** Cycles at a steady pace, from one instant to another. */
function runCycles(model: Model, { from, to, every }: { from: number; to: number; every: number }): void {
  for (let at = from; at < to; at += every) {
    const cycle = wholeCycle(model.cycles.total + 1, seconds(at));
    happen(model, nanosSum(cycle.endAtNs, millis(1)), cycleEvent(cycle));
  }
}

const stepMs = (model: Model) => (windowStepsNs[model.screen.windowStep] ?? 0) / 1e6;

test('the chart has the width without gutter and figures', () => {
  assert.equal(stripLength({ columns: 160, rows: 48 }), 80);
  assert.equal(stripLength({ columns: 120, rows: 40 }), 55);
  assert.equal(stripLength({ columns: 80, rows: 24 }), 62);
  assert.equal(stripLength({ columns: 79, rows: 24 }), 0, 'no room for a chart');
});

test('before a rate is known a column is 100 ms', () => {
  const model = watchingModel();
  runCycles(model, { from: 0, to: 19, every: 1 });
  assert.equal(stepMs(model), 100);
});

for (const { every, expected } of [
  { every: 0.25, expected: 100 },
  { every: 1, expected: 500 },
  { every: 5, expected: 2_000 },
  { every: 0.03, expected: 20 },
  { every: 100, expected: 30_000 },
]) {
  test(`with a cycle every ${every} s a column becomes ${expected} ms`, () => {
    const model = watchingModel();
    runCycles(model, { from: 0, to: every * 100, every });
    assert.equal(stepMs(model), expected);
    const shown = (stripLength(model.size) * expected) / 1e3 / every;
    assert.ok(shown >= 12 && shown <= 80, `${shown} cycles on the chart`);
  });
}

test('the step stays while 12 columns have a cycle and a tenth has none', () => {
  const model = watchingModel();
  runCycles(model, { from: 0, to: 20, every: 0.25 });
  runCycles(model, { from: 20, to: 60, every: 0.5 });
  assert.equal(stepMs(model), 100, '16 cycles');
  runCycles(model, { from: 60, to: 100, every: 0.12 });
  assert.equal(stepMs(model), 100, '68 cycles');
  runCycles(model, { from: 100, to: 120, every: 0.09 });
  assert.equal(stepMs(model), 50, '91 cycles');
});

test('cycles that come in bursts share a column and count once', () => {
  const model = watchingModel();
  for (let burst = 0; burst < 60; burst++) {
    runCycles(model, { from: burst * 0.2, to: burst * 0.2 + 0.036, every: 0.012 });
  }
  assert.equal(stepMs(model), 100, '40 bursts of 3, 80 columns');
});

test('a frozen chart keeps its step', () => {
  const model = watchingModel();
  runCycles(model, { from: 0, to: 20, every: 0.25 });
  update(model, { type: 'key', key: 'space' });
  runCycles(model, { from: 20, to: 60, every: 0.03 });
  assert.equal(stepMs(model), 100);
});
