import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nanos } from '../../../../src/gc/units.js';
import { type ClockReading, NodeClock } from '../../../../src/sources/pixie/rows/node-clock.js';

const reading = (nodeNowNs: number, sentNs: number, receivedNs: number, newestNs?: number): ClockReading => ({
  nodeNowNs,
  sentNs: nanos(sentNs),
  receivedNs: nanos(receivedNs),
  ...(newestNs === undefined ? {} : { newestNs }),
});

test('the first reading lies in the middle of its round trip', () => {
  assert.equal(new NodeClock(reading(0, 100e6, 300e6)).toSessionNs(50), 200e6 + 50);
});

test('a shorter round trip that contradicts the mapping corrects it; one that does not leaves it alone', () => {
  const clock = new NodeClock(reading(0, 0, 400e6));
  assert.equal(clock.learn(reading(1e9, 1.1e9, 1.3e9)), undefined);
  assert.equal(clock.toSessionNs(0), 200e6);
  assert.equal(clock.learn(reading(2e9, 2.22e9, 2.26e9)), undefined);
  assert.equal(clock.toSessionNs(0), 240e6);
});

test('a clock that was set is told as a step and followed', () => {
  const clock = new NodeClock(reading(0, 0, 20e6));
  assert.deepEqual(clock.learn(reading(61e9, 1e9, 1.02e9)), { byNs: 60e9 });
  assert.equal(clock.toSessionNs(61e9), 1.01e9);
  assert.equal(clock.learn(reading(62e9, 2e9, 2.02e9)), undefined);
  assert.deepEqual(clock.learn(reading(3e9, 3e9, 3.02e9)), { byNs: -60e9 });
});

test('rows that are ahead of the clock that was read lie in the past all the same', () => {
  const clock = new NodeClock(reading(0, 0, 20e6));
  clock.learn(reading(1e9, 1e9, 1.02e9, 1.5e9));
  assert.ok(clock.toSessionNs(1.5e9) <= 1.02e9);
});

test('no time that the node had reached is ever in the future of the answer', () => {
  const legs = fc.array(
    fc.record({
      waitNs: fc.integer({ min: 0, max: 5e9 }),
      thereNs: fc.integer({ min: 1, max: 2e9 }),
      backNs: fc.integer({ min: 1, max: 2e9 }),
      driftNs: fc.integer({ min: -100_000, max: 100_000 }),
      stepNs: fc.constantFrom(0, 0, 0, 0, 7e9, -7e9),
    }),
    { minLength: 1, maxLength: 100 },
  );
  fc.assert(
    fc.property(legs, (walk) => {
      let nowNs = 0;
      let aheadNs = 1e9;
      let clock: NodeClock | undefined;
      for (const { waitNs, thereNs, backNs, driftNs, stepNs } of walk) {
        const sentNs = nowNs + waitNs;
        aheadNs += driftNs + stepNs;
        const nodeNowNs = sentNs + thereNs + aheadNs;
        nowNs = sentNs + thereNs + backNs;
        const read = reading(nodeNowNs, sentNs, nowNs);
        if (clock === undefined) clock = new NodeClock(read);
        else clock.learn(read);
        assert.ok(clock.toSessionNs(nodeNowNs) <= nowNs);
        assert.ok(clock.toSessionNs(nodeNowNs) >= sentNs);
      }
    }),
  );
});
