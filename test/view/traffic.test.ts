import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrafficReport } from '../../src/gc/stream.js';
import { durationNs, nanos } from '../../src/gc/units.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { view } from '../../src/view/view.js';
import { press, sizes } from '../helpers/golden-screen.js';
import { millis, nanosSum, say, watchingModel } from '../helpers/model.js';
import { viewText } from '../helpers/view-text.js';

const small = (trafficRate = 0): Model =>
  watchingModel({ size: sizes.small, trafficAddress: 'http://127.0.0.1:1', trafficRate });

const trafficRow = (model: Model): string => viewText(view(model))[22] ?? '';
const text = (model: Model): string => viewText(view(model)).join('\n');

function answer(model: Model, change: Partial<TrafficReport> = {}): void {
  const endedAtNs = nanosSum(model.nowNs, millis(174));
  const traffic: TrafficReport = {
    button: 'g',
    path: '/',
    requests: 1,
    failed: 0,
    status: 200,
    startedAtNs: model.nowNs,
    endedAtNs,
    slowestNs: durationNs(174e6),
    ...change,
  };
  say(model, { atNs: endedAtNs, type: 'note', level: 'info', code: 'traffic.answer', text: '', traffic });
}

const refused = (button: TrafficReport['button'], model: Model): void => {
  const endedAtNs = nanosSum(model.nowNs, millis(13.5));
  const traffic: TrafficReport = {
    button,
    path: '/',
    requests: 1,
    failed: 1,
    startedAtNs: model.nowNs,
    endedAtNs,
    slowestNs: durationNs(13.5e6),
    answer: 'connect ECONNREFUSED 127.0.0.1:1',
  };
  say(model, { atNs: endedAtNs, type: 'note', level: 'warning', code: 'traffic.answer', text: '', traffic });
};

test('on 80 columns the line shows the field that is edited and its text', () => {
  const model = press(small(), 'e', '2', '5');
  assert.match(
    trafficRow(model),
    /^ length \[ {4}25_ \] {2}bytes each \[ {2}8,192 \] {2}rate \[ {2}0\.0\/s \]/,
  );
  press(model, 'tab', 'tab', '7');
  assert.match(trafficRow(model), /length \[ {5}25 \].* rate \[ {5}7_ \]/);
});

test('on 80 columns the line tells the rate and the newest answer to it', () => {
  const model = small(12);
  assert.match(trafficRow(model), / 1,000 x 8,192 12\.0\/s {2}no answer yet/);
  answer(model, { button: 'rate' });
  assert.match(trafficRow(model), / 12\.0\/s {2}rate 200 {2}174 ms/);
});

test('until all cycles of an answer are told nothing is said of them', () => {
  for (const size of [sizes.wide, sizes.medium, sizes.small]) {
    const model = watchingModel({ size, trafficAddress: 'http://127.0.0.1:1' });
    answer(model);
    assert.match(text(model), /g: 200 in {2}174 ms, GC share in a moment/);
    assert.doesNotMatch(text(model), /no GC/);
    update(model, { type: 'tick', nowNs: nanos(model.nowNs + 50e6) });
    assert.match(text(model), /g: 200 in {2}174 ms, no GC in it/);
    assert.doesNotMatch(text(model), /in a moment/);
  }
});

test('a request that failed says why', () => {
  for (const size of [sizes.wide, sizes.medium, sizes.small]) {
    const model = watchingModel({ size, trafficAddress: 'http://127.0.0.1:1' });
    refused('g', model);
    assert.match(text(model), /! answer {3}g: no answer in 13\.5 ms: ECONNREFUSED 127\.0\.0\.1:1/);
    assert.match(text(model), /g ! failed.*ECONNREF|"connect ECONNREFUSED/s);
  }
});
