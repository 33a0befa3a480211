import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StopLog } from '../../src/model/stop-log.js';
import { micros, seconds } from '../helpers/model.js';

const stop = (atSeconds: number, lasted: number) => ({
  atNs: seconds(atSeconds),
  durationNs: micros(lasted),
  reason: 'other' as const,
  cycle: undefined,
});

test('the summary covers the last 60 s, or the time since gctop came', () => {
  const log = new StopLog(seconds(10));
  log.push(stop(12, 30));
  log.push(stop(14, 50));
  const { count, lastNs, maxNs, sumNs, windowNs } = log.summary(seconds(15));
  assert.deepEqual(
    [count, lastNs, maxNs, sumNs, windowNs],
    [2, micros(50), micros(50), micros(80), seconds(5)],
  );
  assert.equal(log.summary(seconds(100)).windowNs, seconds(60));
  assert.equal(log.summary(seconds(100)).count, 0);
});

test('a frozen screen gets the figures of its own instant, also after a minute', () => {
  const log = new StopLog();
  log.push(stop(5, 10));
  log.push(stop(20, 40));
  const then = log.summary(seconds(21));
  for (let at = 22; at < 200; at++) log.push(stop(at, 500));
  assert.deepEqual(log.summary(seconds(21)), then);
  assert.deepEqual(log.summary(seconds(21)), then, 'asked again');
  log.push(stop(20.5, 70));
  assert.equal(log.summary(seconds(21)).maxNs, micros(70), 'a stop told late is in it');
  assert.equal(log.summary(seconds(200)).maxNs, micros(500));
});

test('stops are found by their time', () => {
  const log = new StopLog();
  for (const at of [1, 3, 2, 4]) log.push(stop(at, at));
  assert.deepEqual(
    log.between(seconds(2), seconds(3)).map(({ durationNs }) => durationNs),
    [micros(2), micros(3)],
  );
  assert.equal(log.last?.durationNs, micros(4));
});
