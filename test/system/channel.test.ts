import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Channel } from '../../src/system/channel.js';

test('what was pushed comes out in order, and after the close comes the end', async () => {
  const channel = new Channel<number>();
  channel.push(1);
  setImmediate(() => {
    channel.push(2);
    channel.close();
    channel.push(3);
  });
  const seen: number[] = [];
  for await (const item of channel) seen.push(item);
  assert.deepEqual(seen, [1, 2]);
});

test('a reader that leaves early takes nothing with it', async () => {
  const channel = new Channel<string>();
  for (const item of ['a', 'b', 'c']) channel.push(item);
  for await (const item of channel) {
    assert.equal(item, 'a');
    break;
  }
  channel.close();
  const rest: string[] = [];
  for await (const item of channel) rest.push(item);
  assert.deepEqual(rest, ['b', 'c']);
});

test('a writer that waits for room goes on when the reader has caught up, or after an abort', async () => {
  const channel = new Channel<number>();
  const abort = new AbortController();
  for (let item = 0; item < 5; item += 1) channel.push(item);
  let passed = false;
  const waiting = channel.room(4, abort.signal).then(() => {
    passed = true;
  });
  const reader = channel[Symbol.asyncIterator]();
  await reader.next();
  await Promise.resolve();
  assert.equal(passed, false, 'four items are not fewer than four');
  await reader.next();
  await waiting;
  channel.push(5);
  const aborted = channel.room(1, abort.signal);
  abort.abort();
  await aborted;
  assert.equal(channel.length, 4);
});

test('a long queue is read in the order of its writing', async () => {
  const channel = new Channel<number>();
  const items = Array.from({ length: 100_000 }, (_, item) => item);
  for (const item of items) channel.push(item);
  channel.close();
  const seen: number[] = [];
  for await (const item of channel) seen.push(item);
  assert.deepEqual(seen, items);
});
