import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findProbePoint, maxPrologueLength } from '../../src/binary/prologue.js';

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));

/** As objdump shows them; those named `freeStackSpans` are from programs built with that release. */
const known: readonly { what: string; code: string; offset: number; length: number }[] = [
  {
    what: 'freeStackSpans, go1.16.15',
    code: '64 48 8b 0c 25 f8 ff ff ff 48 3b 61 10 0f 86 90 01 00 00 48 83 ec 70',
    offset: 13,
    length: 19,
  },
  {
    what: 'freeStackSpans, go1.16.15, PIE',
    code: '48 c7 c1 f8 ff ff ff 64 48 8b 09 48 3b 61 10 0f 86 8e 01 00 00 48 83 ec 70',
    offset: 15,
    length: 21,
  },
  {
    what: 'freeStackSpans, go1.17.13',
    code: '49 3b 66 10 0f 86 7b 01 00 00 48 83 ec 68',
    offset: 4,
    length: 10,
  },
  {
    what: 'freeStackSpans, go1.26.8',
    code: '49 3b 66 10 0f 86 65 01 00 00 55 48 89 e5',
    offset: 4,
    length: 10,
  },
  {
    what: 'a function of the system stack, short jump',
    code: '49 3b 66 18 76 2c 55 48 89 e5',
    offset: 4,
    length: 6,
  },
  { what: 'a middle frame', code: '4c 8d 64 24 a8 4d 3b 66 10 0f 86 00 01 00 00 55', offset: 9, length: 15 },
  { what: 'a large frame', code: '4c 8d a4 24 10 ff ff ff 4d 3b 66 18 76 40 55', offset: 12, length: 14 },
  {
    what: 'a middle frame, go1.16',
    code: '64 48 8b 0c 25 f8 ff ff ff 48 8d 44 24 a8 48 3b 41 10 0f 86 00 01 00 00 48',
    offset: 18,
    length: 24,
  },
];

for (const { what, code, offset, length } of known) {
  test(`a probe may sit on the jbe of ${what}`, () => {
    assert.deepEqual(findProbePoint(bytes(code)), { offset, bytes: bytes(code).slice(0, length) });
  });
}

const refused: readonly { what: string; code: string }[] = [
  { what: 'a function without a stack check', code: '55 48 89 e5 48 83 ec 10 48 8b 05 00 00 00 00' },
  { what: 'a C function', code: 'f3 0f 1e fa 55 48 89 e5 48 83 ec 20 89 7d ec' },
  { what: 'a comparison with another field', code: '49 3b 66 20 0f 86 65 01 00 00 55' },
  { what: 'another jump behind the check', code: '49 3b 66 10 0f 87 65 01 00 00 55' },
  { what: 'a jump that is cut off', code: '49 3b 66 10 0f 86 65' },
  { what: 'a probe that is in the file already', code: '49 3b 66 10 cc 86 65 01 00 00 55' },
];

for (const { what, code } of refused) {
  test(`${what} gets no probe`, () => assert.equal(findProbePoint(bytes(code)), undefined));
}

test('whatever the bytes, a point lies on a jbe and within what was given', () => {
  const start = fc.constantFrom('49 3b 66', '4c 8d 64 24', '64 48 8b 0c 25', '48 8b 0d', '00').map(bytes);
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: maxPrologueLength }), (head, tail) => {
      const code = Uint8Array.from([...head, ...tail]);
      const point = findProbePoint(code);
      if (point === undefined) return;
      assert.ok(
        code[point.offset] === 0x76 || (code[point.offset] === 0x0f && code[point.offset + 1] === 0x86),
      );
      assert.deepEqual(point.bytes, code.slice(0, point.bytes.length));
    }),
  );
});
