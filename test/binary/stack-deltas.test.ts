import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf } from '../../src/binary/byte-source.js';
import { stackSteps } from '../../src/binary/stack-deltas.js';

/** The steps in a table that begins at `at` in a file of these bytes, of a function of this size. */
const stepsIn = (
  bytes: readonly number[],
  { size, at = 0 }: { readonly size: number; readonly at?: number },
) => stackSteps({ source: bytesOf(Uint8Array.from(bytes)) }, { fileOffset: at, size });

/** Pairs of varints as the linker writes them: the change of the depth from -1 on, and the length. */
const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
const zigzag = (change: number): number => (change < 0 ? -2 * change - 1 : 2 * change);

interface Piece {
  readonly bytes: number;
  readonly length: number;
}

function written(pieces: readonly Piece[]): number[] {
  let depth = -1;
  const pairs = pieces.flatMap(({ bytes, length }) => {
    const change = bytes - depth;
    depth = bytes;
    return [...varint(zigzag(change)), ...varint(length)];
  });
  return [...pairs, 0];
}

test('a frame comes with the push and the sub of the prologue, and goes before each return', () => {
  const table = [0x02, 0x0b, 0x10, 0x03, 0x20, 0x32, 0x2f, 0x01, 0x30, 0x80, 0x01, 0x00];
  assert.deepEqual(stepsIn(table, { size: 193 }), [
    { offset: 0, bytes: 0 },
    { offset: 11, bytes: 8 },
    { offset: 14, bytes: 24 },
    { offset: 64, bytes: 0 },
    { offset: 65, bytes: 24 },
  ]);
  const amongOthers = stepsIn([0xff, 0xff, ...table, 7, 7], { size: 193, at: 2 });
  assert.deepEqual(amongOthers, stepsIn(table, { size: 193 }));
});

test('a table that is not as long as the function, but for the padding behind it, is that of another one', () => {
  const table = [0x02, 0x80, 0x01, 0x00];
  for (const size of [128, 144, 191]) assert.equal(stepsIn(table, { size }).length, 1, `${size}`);
  for (const size of [0, 127, 192, 4096]) assert.deepEqual(stepsIn(table, { size }), [], `${size}`);
});

test('the first step may be of no change: a depth of -1 is not the end', () => {
  assert.deepEqual(stepsIn([0x00, 0x05, 0x02, 0x03, 0x00], { size: 8 }), [
    { offset: 0, bytes: -1 },
    { offset: 5, bytes: 0 },
  ]);
});

test('a table without an end, cut within a number, or with a step of no length is none', () => {
  for (const table of [[], [0x02], [0x02, 0x0b], [0x02, 0x8b], [0x02, 0x00, 0x00], [0x02, 0x0b, 0x10]])
    assert.deepEqual(stepsIn(table, { size: 193 }), [], `${table}`);
});

test('a number that is longer than any is none of a table, whichever of the two it is', () => {
  const endless = [0xff, 0xff, 0xff, 0xff, 0xff];
  assert.deepEqual(stepsIn([...endless, 0x0b, 0x00], { size: 11 }), []);
  assert.deepEqual(stepsIn([0x02, ...endless, 0x00], { size: 11 }), []);
  assert.deepEqual(stepsIn([0x02, 0x0b, ...endless, 0x01, 0x00], { size: 12 }), []);
});

test('a table that lies outside of its file is none', () => {
  for (const at of [-1, 3, 2 ** 40, Number.NaN])
    assert.deepEqual(stepsIn([0x02, 0x0b, 0x00], { size: 11, at }), []);
});

const piece = fc.record({
  bytes: fc.integer({ min: 0, max: 1 << 20 }),
  length: fc.integer({ min: 1, max: 1 << 16 }),
});
/** The linker begins no step where the depth stays as it was. */
const pieces = fc
  .array(piece, { minLength: 1, maxLength: 40 })
  .map((all) => all.filter(({ bytes }, i) => bytes !== all[i - 1]?.bytes));

test('what a linker writes is read back', () => {
  fc.assert(
    fc.property(pieces, (all) => {
      let offset = 0;
      const expected = all.map(({ bytes, length }) => {
        const step = { offset, bytes };
        offset += length;
        return step;
      });
      assert.deepEqual(stepsIn(written(all), { size: offset }), expected);
    }),
  );
});

test('whatever stands there, it ends, and its steps are whole numbers that go on within the function', () => {
  const anyBytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 6000 });
  const likely = fc.array(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff), { maxLength: 200 });
  const damaged = fc.tuple(pieces, fc.nat(), fc.integer({ min: 0, max: 255 }));
  const hostile = fc.oneof(
    fc.record({ bytes: anyBytes, size: fc.nat(1 << 15) }),
    fc.record({ bytes: likely, size: fc.nat(600) }),
    damaged.map(([all, at, byte]) => {
      const bytes = written(all);
      bytes[at % bytes.length] = byte;
      return { bytes, size: all.reduce((sum, { length }) => sum + length, 0) };
    }),
  );
  fc.assert(
    fc.property(hostile, ({ bytes, size }) => {
      let last = -1;
      for (const step of stepsIn(bytes, { size })) {
        assert.ok(Number.isSafeInteger(step.offset) && step.offset > last, `${step.offset} after ${last}`);
        assert.ok(step.offset < size, `${step.offset} of ${size}`);
        assert.ok(Number.isSafeInteger(step.bytes), `a depth of ${step.bytes}`);
        last = step.offset;
      }
    }),
    { numRuns: 1000 },
  );
});
