import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { nanos } from '../../src/gc/units.js';
import type { Model } from '../../src/model/model.js';
import { worstCycles } from '../../src/model/summary.js';
import {
  cycleEvent,
  emptyModel,
  happen,
  micros,
  millis,
  nanosSum,
  say,
  seconds,
  targetMessage,
  wholeCycle,
} from '../helpers/model.js';

const { capabilities } = targetMessage();
const memoryOnly = targetMessage({ capabilities: { ...capabilities, everyCycleWhole: false } });

const partialCycle = (number: number, endAtNs: GcCycle['endAtNs']): GcCycle => ({
  number,
  trigger: 'heap',
  endAtNs,
  pauseNs: micros(90),
  evidence: 'partial',
});

const stopsOf = (model: Model) =>
  model.stops
    .between(nanos(0), seconds(100))
    .map(({ reason, durationNs }) => `${reason} ${durationNs / 1e3}`);

test('where not every cycle is whole, the sum of its stops is told of each', () => {
  const model = emptyModel();
  say(model, memoryOnly);
  happen(
    model,
    seconds(2),
    cycleEvent(wholeCycle(1, seconds(1))),
    cycleEvent(partialCycle(2, seconds(1.5))),
    { kind: 'pause', reason: 'read-mem-stats', atNs: seconds(1.6), durationNs: micros(5) },
  );
  assert.deepEqual(stopsOf(model), ['cycle 80', 'cycle 90', 'read-mem-stats 5']);
  assert.equal(worstCycles(model, seconds(2)).longestStop?.cycle.number, 2);
});

test('a longest sum is told as the sum that it is', () => {
  const model = emptyModel();
  say(model, memoryOnly);
  for (let number = 1; number <= 30; number++) {
    happen(model, seconds(number), cycleEvent(wholeCycle(number, seconds(number))));
  }
  const beginNs = seconds(40);
  const longer = { endAtNs: nanosSum(beginNs, millis(11)) };
  happen(model, seconds(41), cycleEvent(wholeCycle(40, beginNs, longer)));
  const [entry] = model.journal.newest(1);
  assert.equal(entry?.type === 'cycle' && entry.remark, 'longest-stops');
});

test('when less is seen from an instant on, the stops before it are summed as well', () => {
  const model = emptyModel();
  say(model, targetMessage());
  happen(model, seconds(2), cycleEvent(wholeCycle(1, seconds(1))), {
    kind: 'pause',
    reason: 'gomaxprocs',
    atNs: seconds(1.5),
    durationNs: micros(7),
  });
  assert.deepEqual(stopsOf(model), ['sweep-termination 20', 'mark-termination 60', 'gomaxprocs 7']);
  say(model, { ...memoryOnly, atNs: seconds(3) });
  assert.deepEqual(stopsOf(model), ['cycle 80', 'gomaxprocs 7']);
  assert.equal(model.stops.summary(seconds(3)).maxNs, micros(80));
  say(model, targetMessage({ atNs: seconds(4) }));
  assert.deepEqual(stopsOf(model), ['sweep-termination 20', 'mark-termination 60', 'gomaxprocs 7']);
});
