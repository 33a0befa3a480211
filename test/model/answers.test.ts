import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SourceMessage, TrafficReport } from '../../src/gc/stream.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import {
  cycleEvent,
  happen,
  micros,
  millis,
  say,
  seconds,
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

const report = (change: Partial<TrafficReport> = {}): TrafficReport => ({
  button: 'g',
  path: '/allocate-memory-and-run-gc',
  requests: 1,
  failed: 0,
  status: 200,
  startedAtNs: seconds(1),
  endedAtNs: seconds(1.1),
  slowestNs: millis(100),
  ...change,
});

const answer = (traffic: TrafficReport): SourceMessage => ({
  atNs: traffic.endedAtNs,
  type: 'note',
  level: 'info',
  code: 'traffic.answer',
  text: 'g: 200',
  traffic,
});

const gcNs = (model: Model) => {
  const entry = model.journal.newest(20).findLast(({ type }) => type === 'answer');
  return entry?.type === 'answer' ? entry.gcNs : 'no answer';
};

test('what was sent is pending until it was answered', () => {
  const model = watchingModel();
  const sent = { type: 'note', level: 'info', code: 'traffic.sent', text: 'b: burst' } as const;
  say(model, { atNs: seconds(1), ...sent });
  assert.equal(model.traffic.pending, 1);
  const burst = report({ button: 'b', requests: 4, failed: 1 });
  say(model, answer(burst));
  const { pending, ok, failed, last, latenciesNs } = model.traffic;
  assert.deepEqual([pending, ok, failed, last, latenciesNs], [0, 3, 1, burst, [millis(100)]]);
  assert.deepEqual(
    model.journal.newest(2).map(({ type }) => type),
    ['note', 'answer'],
  );
});

test('a cycle told after the answer still counts in it, up to the target being as late as it can', () => {
  const model = watchingModel();
  say(model, answer(report()));
  assert.equal(gcNs(model), 'pending', 'nothing is said before it is known');
  happen(model, seconds(1.14), cycleEvent(wholeCycle(1, seconds(1.02))));
  update(model, { type: 'tick', nowNs: seconds(1.149) });
  assert.equal(gcNs(model), 'pending');
  update(model, { type: 'tick', nowNs: seconds(1.15) });
  assert.equal(gcNs(model), micros(10_080));
  const whole = model.journal.newest(9, { phases: true }).find(({ type }) => type === 'answer');
  assert.equal(whole?.type === 'answer' && whole.gcNs, micros(10_080));
});

test('a stream that ends settles the answers with what is known', () => {
  const model = watchingModel();
  say(model, answer(report()));
  happen(model, seconds(1.11), cycleEvent(wholeCycle(1, seconds(1.02))));
  say(model, { atNs: seconds(1.12), type: 'closed', reason: 'end' });
  assert.equal(gcNs(model), micros(10_080));
  assert.deepEqual(model.traffic.unsettled, []);
});

test('steady traffic is counted, not logged, but for the first failure', () => {
  const model = watchingModel();
  const rate = (failed: number) => answer(report({ button: 'rate', requests: 5, failed }));
  say(model, rate(0), rate(0));
  assert.equal(gcNs(model), 'no answer');
  assert.equal(model.traffic.ok, 10);
  say(model, rate(2), rate(3));
  assert.equal(model.journal.newest(20).filter(({ type }) => type === 'answer').length, 1);
  assert.equal(model.traffic.failed, 5);
});

test("a button's answer stays the last one for some seconds of steady traffic", () => {
  const model = watchingModel();
  const rateAt = (at: number) => report({ button: 'rate', endedAtNs: seconds(at) });
  const early = rateAt(1.1);
  say(model, answer(early));
  assert.equal(model.traffic.last, early);
  const button = report({ endedAtNs: seconds(1.2) });
  say(model, answer(button), answer(rateAt(6.1)));
  assert.equal(model.traffic.last, button);
  const later = rateAt(6.2);
  say(model, answer(later));
  assert.deepEqual([model.traffic.last, model.traffic.lastOfButton], [later, button]);
});
