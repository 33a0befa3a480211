import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offsetsIn, operandsOf, receiversOf } from '../../src/binary/code-operands.js';

const address = 0x401000;
const data = [{ begin: 0x600000, end: 0x601000 }];
const target = 0x600010;

/** `??` stands for the distance to the target, as it counts from the instruction's end. */
function code(text: string) {
  const parts = text.split(' ');
  const at = parts.indexOf('??');
  const length = parts.length + 3;
  const bytes = new Uint8Array(length + 8).fill(0x90);
  bytes.set(parts.map((part) => (part === '??' ? 0 : Number.parseInt(part, 16))).slice(0, at));
  new DataView(bytes.buffer).setInt32(at, target - (address + length), true);
  bytes.set(
    parts.slice(at + 1).map((part) => Number.parseInt(part, 16)),
    at + 4,
  );
  return { address, bytes };
}

const instructions: readonly [what: string, text: string, width: unknown][] = [
  ['mov rax, [rip+x]', '48 8b 05 ??', 8],
  ['mov [rip+x], rcx', '48 89 0d ??', 8],
  ['mov r9d, [rip+x]', '44 8b 0d ??', 4],
  ['nop; mov eax, [rip+x]', '90 8b 05 ??', 4],
  ['mov word [rip+x], 1', '66 c7 05 ?? 01 00', 2],
  ['mov qword [rip+x], 7', '48 c7 05 ?? 07 00 00 00', 8],
  ['cmp byte [rip+x], 0', '80 3d ?? 00', 1],
  ['cmp dword [rip+x], 0', '90 83 3d ?? 00', 4],
  ['cmp qword [rip+x], 0', '48 83 3d ?? 00', 8],
  ['movzx eax, byte [rip+x]', '0f b6 05 ??', 1],
  ['lock xadd [rip+x], rdx', 'f0 48 0f c1 15 ??', 8],
  ['lock inc dword [rip+x]', 'f0 ff 05 ??', 4],
  ['test byte [rip+x], 1', 'f6 05 ?? 01', 1],
  ['movsxd rcx, dword [rip+x]', '48 63 0d ??', 4],
  ['movups [rip+x], xmm15', '44 0f 11 3d ??', 16],
  ['movsd [rip+x], xmm0', 'f2 0f 11 05 ??', 'f64'],
  ['movsd xmm8, [rip+x]', 'f2 44 0f 10 05 ??', 'f64'],
  ['lea rax, [rip+x]', '48 8d 05 ??', 'any'],
];

for (const [what, text, width] of instructions) {
  test(`${what} names a variable of width ${width}`, () => {
    assert.deepEqual(operandsOf(code(text), data), new Map([[target, new Set([width])]]));
  });
}

test('what lies outside the data is no operand', () => {
  assert.equal(operandsOf(code('48 8b 05 ??'), [{ begin: target + 1, end: target + 9 }]).size, 0);
  assert.equal(operandsOf({ address, bytes: Uint8Array.of(0x48, 0x8b, 0x05, 0x00) }, data).size, 0);
});

test('offsets are found where 64-bit instructions reach into a struct or add to its address', () => {
  const offsets = (...bytes: readonly number[]) => [
    ...offsetsIn({ address, bytes: Uint8Array.of(...bytes, 0x90, 0x90, 0x90, 0x90) }),
  ];
  assert.deepEqual(offsets(0x48, 0x8b, 0x48, 0x58), [0x58]); // mov rcx, [rax+0x58]
  assert.deepEqual(offsets(0x48, 0x87, 0x88, 0xe8, 0, 0, 0), [0xe8]); // xchg [rax+0xe8], rcx
  assert.deepEqual(offsets(0x48, 0x83, 0xc0, 0x48), [0x48]); // add rax, 0x48
  assert.deepEqual(offsets(0x48, 0x05, 0xe8, 0, 0, 0), [0xe8]); // add rax, 0xe8
  assert.deepEqual(offsets(0x8b, 0x48, 0x58), []); // mov ecx, [rax+0x58]
});

test('the receiver of a call is what the closest lea before it takes', () => {
  const method = 0x401100;
  const bytes = new Uint8Array(32).fill(0x90);
  const view = new DataView(bytes.buffer);
  for (const [at, to] of [
    [0, 0x600100],
    [8, target],
  ] as const) {
    bytes.set([0x48, 0x8d, 0x05], at);
    view.setInt32(at + 3, to - (address + at + 7), true);
  }
  bytes[20] = 0xe8;
  view.setInt32(21, method - (address + 25), true);
  assert.deepEqual(receiversOf({ address, bytes }, new Set([method]), data), [target]);
  assert.deepEqual(receiversOf({ address, bytes }, new Set([method + 1]), data), []);
});
