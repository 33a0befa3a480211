import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../src/model/model.js';
import { shownModel } from '../../src/model/still.js';
import { update } from '../../src/model/update.js';
import {
  cycleEvent,
  happen,
  mebibytes,
  millis,
  nanosSum,
  reading,
  say,
  seconds,
  snapshot,
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

/** Four cycles a second with a reading each, from one second to another. */
function run(model: Model, fromS: number, toS: number): void {
  for (let at = fromS; at < toS; at += 0.25) {
    const cycle = wholeCycle(model.cycles.total + 1, seconds(at));
    const atNs = nanosSum(cycle.endAtNs, millis(1));
    happen(
      model,
      atNs,
      cycleEvent(cycle),
      reading(atNs, { live: mebibytes(20 + at), totalAlloc: mebibytes(at) }),
    );
  }
  update(model, { type: 'tick', nowNs: seconds(toS) });
}

const freeze = (model: Model) => update(model, { type: 'key', key: 'space' });
const shown = (model: Model) => {
  const { nowNs: _, still: __, dropped: ___, ...rest } = snapshotOf(model);
  return rest;
};
const snapshotOf = (model: Model) => snapshot({ ...shownModel(model) }) as Record<string, unknown>;

test('what is told after a screen was frozen does not change what it shows', () => {
  const model = watchingModel();
  run(model, 0, 20);
  freeze(model);
  const before = structuredClone(shown(model));
  run(model, 20, 50);
  assert.deepEqual(shown(model), before);
});

test('a frozen screen still has its chart when the live one has moved far on', () => {
  const model = watchingModel();
  run(model, 0, 20);
  freeze(model);
  run(model, 20, 400);
  const bins = shownModel(model).heap.live.bins(seconds(12), millis(50), 160).max;
  assert.ok(bins.slice(0, 150).every((value) => value > 0));
  update(model, { type: 'key', key: 'end' });
  assert.equal(shownModel(model), model);
});

test('the line of alike cycles that was told last stays as it was', () => {
  const model = watchingModel();
  run(model, 0, 20);
  const [before] = model.journal.newest(1);
  freeze(model);
  run(model, 20, 25);
  assert.deepEqual(shownModel(model).journal.newest(1), [before]);
});

test('the answer to a key that is pressed on a frozen screen is shown, steady traffic is not', () => {
  const model = watchingModel({ trafficAddress: 'http://127.0.0.1:8080' });
  const answer = (button: 'rate' | 'g', atNs = seconds(21)) =>
    ({
      atNs,
      type: 'note',
      level: 'info',
      code: 'traffic.answer',
      text: '',
      traffic: {
        button,
        path: '/',
        requests: 1,
        failed: 0,
        startedAtNs: seconds(20),
        endedAtNs: atNs,
        slowestNs: millis(9),
      },
    }) as const;
  run(model, 0, 20);
  freeze(model);
  say(model, answer('rate'));
  assert.deepEqual([shownModel(model).traffic.ok, shownModel(model).traffic.last], [0, undefined]);
  say(model, answer('g', seconds(22)));
  assert.equal(shownModel(model).traffic.last?.button, 'g');
  assert.equal(shownModel(model).traffic.ok, 0);
});
