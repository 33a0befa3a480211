import assert from 'node:assert/strict';
import test from 'node:test';
import { bytesOf } from '../../src/binary/byte-source.js';
import { fileOffsetOf, readAddress, readElf, sectionNamed } from '../../src/binary/elf.js';
import { ascii, codeAddress, dataAddress, elfImage } from '../helpers/elf-image.js';

test('the headers of a program tell machine, segments and sections', () => {
  const elf = readElf(bytesOf(elfImage()));
  assert.equal(elf.machine, 'x86-64');
  assert.equal(elf.isPie, false);
  assert.deepEqual(
    elf.segments.map(({ address, writable }) => ({ address, writable })),
    [
      { address: 0x400000, writable: false },
      { address: dataAddress, writable: true },
    ],
  );
  assert.equal(sectionNamed(elf, '.go.buildinfo')?.address, dataAddress);
  assert.equal(sectionNamed(elf, '.nothing'), undefined);
});

test('other machines and position-independent programs are told apart', () => {
  assert.equal(readElf(bytesOf(elfImage({ machine: 183 }))).machine, 'aarch64');
  assert.equal(readElf(bytesOf(elfImage({ machine: 243 }))).machine, 'other');
  assert.equal(readElf(bytesOf(elfImage({ type: 3 }))).isPie, true);
});

test('an address is found in the file, and not where only memory holds it', () => {
  const elf = readElf(bytesOf(elfImage({ code: ascii('code') })));
  assert.equal(fileOffsetOf(elf, codeAddress), 0x1000);
  assert.equal(fileOffsetOf(elf, dataAddress + 0xfff), 0x2fff);
  assert.equal(fileOffsetOf(elf, dataAddress + 0x1000), undefined);
  assert.deepEqual(readAddress(elf, codeAddress, 4), ascii('code'));
  assert.deepEqual(readAddress(elf, 1, 4), new Uint8Array(0));
});

test('a program without section headers is still read', () => {
  const elf = readElf(bytesOf(elfImage({ without: ['section headers'] })));
  assert.deepEqual(elf.sections, []);
});

const refusals: readonly { what: string; bytes: Uint8Array; code: string; message: RegExp }[] = [
  { what: 'an empty file', bytes: new Uint8Array(0), code: 'NOT_GO', message: /not an ELF program/ },
  { what: 'a script', bytes: ascii('#!/bin/sh\nexec app\n'), code: 'NOT_GO', message: /not an ELF program/ },
  { what: 'half a header', bytes: elfImage().slice(0, 40), code: 'NOT_GO', message: /ELF header is missing/ },
  { what: 'a cut table', bytes: elfImage().slice(0, 100), code: 'NOT_GO', message: /program header table/ },
  { what: 'an object file', bytes: elfImage({ type: 1 }), code: 'NOT_GO', message: /not a program/ },
  {
    what: 'a table of program headers that the kernel would not load',
    bytes: changed(elfImage(), (view) => view.setUint16(54, 64, true)),
    code: 'NOT_GO',
    message: /none that the kernel loads/,
  },
  {
    what: 'a table of more program headers than the kernel takes',
    bytes: changed(elfImage(), (view) => view.setUint16(56, 1171, true)),
    code: 'NOT_GO',
    message: /none that the kernel loads/,
  },
  {
    what: 'a program of a hundred segments',
    bytes: changed(elfImage(), (view) => {
      view.setUint16(56, 100, true);
      for (let i = 0; i < 100; i++) view.setUint32(64 + 56 * i, 1, true);
    }),
    code: 'NOT_GO',
    message: /it has 100 segments to load/,
  },
  { what: 'a 32-bit program', bytes: with32Bit(elfImage()), code: 'UNSUPPORTED_MACHINE', message: /64-bit/ },
];

for (const { what, bytes, code, message } of refusals) {
  test(`${what} is refused with ${code}`, () => {
    assert.throws(() => readElf(bytesOf(bytes)), { name: 'GctopError', code, message });
  });
}

function changed(image: Uint8Array, change: (view: DataView) => void): Uint8Array {
  change(new DataView(image.buffer));
  return image;
}

function with32Bit(image: Uint8Array): Uint8Array {
  image[4] = 1;
  return image;
}
