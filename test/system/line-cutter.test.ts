import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineCutter } from '../../src/system/line-cutter.js';

function cut(chunks: readonly Uint8Array[]): readonly string[] {
  const cutter = new LineCutter();
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
}

test('lines are the same however their bytes are split', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(50)), (text, sizes) => {
      const bytes = Buffer.from(text);
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      chunks.push(bytes.subarray(at));
      assert.deepEqual(cut(chunks), cut([bytes]));
    }),
  );
});

test('the last line needs no end, and a carriage return belongs to the end', () => {
  assert.deepEqual(cut([Buffer.from('a\r\nb\n\nc')]), ['a', 'b', '', 'c']);
});

test('of an endless line the begin is kept, and the rest of it dropped', () => {
  const long = Buffer.alloc(50_000, 'x');
  const lines = cut([long, long, long, Buffer.from('y\nnext')]);
  assert.deepEqual(
    lines.map(({ length }) => length),
    [65_536, 4],
  );
});
