import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { bytesOf, eachChunk, readExactly, readUpTo, u64At } from '../../src/binary/byte-source.js';

test('a source is never asked for more than its file has', () => {
  const asked: number[] = [];
  const source = {
    size: 100,
    read: (_offset: number, length: number) => {
      asked.push(length);
      return new Uint8Array(length);
    },
  };
  assert.equal(readUpTo(source, 90, 2 ** 60).length, 10);
  assert.equal(readUpTo(source, 100, 1).length, 0);
  assert.equal(readUpTo(source, 2 ** 63, 8).length, 0);
  assert.equal(readUpTo(source, -1, 8).length, 0);
  assert.deepEqual(asked, [10]);
});

test('a range that the file cuts short is refused by name', () => {
  assert.throws(() => readExactly(bytesOf(new Uint8Array(10)), 8, 4, 'program header table'), {
    code: 'NOT_GO',
    message: 'the file is cut short: its program header table is missing',
  });
});

test('chunks cover a range without a hole and repeat the overlap', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.nat(200_000), fc.integer({ min: 65_400, max: 65_600 })),
      fc.integer({ min: 0, max: 64 }),
      (length, overlap) => {
        let covered = 0;
        eachChunk(bytesOf(new Uint8Array(200_000)), { offset: 0, length, overlap }, (chunk, at) => {
          assert.equal(at, Math.max(0, covered - overlap));
          covered = at + chunk.length;
          return undefined;
        });
        assert.equal(covered, length);
      },
    ),
    { numRuns: 300 },
  );
});

test('a number of 8 bytes is read whole', () => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, 0x7fff_1234_5678n, true);
  assert.equal(u64At(view, 0), 0x7fff_1234_5678);
});
