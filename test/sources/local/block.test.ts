import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Block, notYet } from '../../../src/sources/local/block.js';

const address = 0x7f00_0000_1000;

function blockOf(values: readonly bigint[], originMonotonicNs = 0n): Block {
  const block = new Block(address, 8 * values.length, originMonotonicNs);
  const view = new DataView(block.bytes.buffer);
  for (const [i, value] of values.entries()) view.setBigUint64(8 * i, value, true);
  return block;
}

test('sizes are exact up to 2^53 and stay larger beyond', () => {
  assert.equal(blockOf([2n ** 53n - 1n]).u64(address), 2 ** 53 - 1);
  assert.ok(blockOf([2n ** 64n - 1n]).u64(address) >= 2 ** 53);
});

test('times are exact on a machine that has been up for years', () => {
  const years = 5n * 365n * 86_400n * 1_000_000_000n;
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: years }),
      fc.integer({ min: -1e12, max: 1e15 }),
      (origin, since) => {
        fc.pre(origin + BigInt(since) > 0n);
        assert.equal(blockOf([origin + BigInt(since)], origin).time(address), since);
      },
    ),
  );
});

test('a time of more than 104 days ago is still earlier than a later one', () => {
  const year = 365n * 86_400n * 1_000_000_000n;
  const block = blockOf([1n, 1_000_000n, year], year);
  assert.ok(block.time(address) < block.time(address + 8));
  assert.ok(Math.abs(block.time(address + 8) + Number(year)) <= 1_000_004);
  assert.equal(block.time(address + 16), 0);
});

test('a time that is not set is earlier than all that are, however long the machine has been up', () => {
  for (const origin of [0n, 1n, 105n * 86_400n * 1_000_000_000n]) {
    assert.equal(blockOf([0n], origin).time(address), notYet);
    assert.ok(notYet < blockOf([1n], origin).time(address));
  }
});

test('the difference of two wall clock times is exact', () => {
  const now = 1_795_417_151_015_123_456n;
  assert.equal(blockOf([now, now - 12_345_678_901n]).difference(address, address + 8), 12_345_678_901);
});

test('figures of every width are taken from where they lie', () => {
  const block = blockOf([0xffff_fffe_0000_0001n, 0x3fb9_9999_9999_999an]);
  assert.equal(block.u8(address), 1);
  assert.equal(block.u32(address), 1);
  assert.equal(block.s32(address + 4), -2);
  assert.equal(block.bigU64(address), 0xffff_fffe_0000_0001n);
  assert.equal(block.f64(address + 8), 0.1);
});
