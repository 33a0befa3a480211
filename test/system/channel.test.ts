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
