import assert from 'node:assert/strict';
import test from 'node:test';
import { bytesOf } from '../../src/binary/byte-source.js';
import { readElf } from '../../src/binary/elf.js';
import { findSymbols, hasSymbols } from '../../src/binary/symbols.js';
import { dataAddress, type ElfImage, elfImage } from '../helpers/elf-image.js';

const read = (image: ElfImage) => readElf(bytesOf(elfImage(image)));

test('symbols are found by their whole name, with address and size', () => {
  const elf = read({
    symbols: [
      { name: 'myruntime.work', address: 1, size: 1 },
      { name: 'runtime.work', address: dataAddress, size: 816 },
      { name: 'runtime.workbuf', address: 2, size: 2 },
    ],
  });
  assert.deepEqual(
    [...findSymbols(elf, ['runtime.work', 'runtime.sweep'])],
    [['runtime.work', { address: dataAddress, size: 816 }]],
  );
});

test('a symbol that is only referred to does not count', () => {
  const elf = read({ symbols: [{ name: 'runtime.work', address: 0, size: 0, section: 0 }] });
  assert.equal(findSymbols(elf, ['runtime.work']).size, 0);
});

test('a name that shares the tail of a longer one is found', () => {
  const bytes = elfImage({ symbols: [{ name: 'main.runtime.work', address: dataAddress, size: 8 }] });
  const nameOffset = new DataView(bytes.buffer);
  nameOffset.setUint32(0x3000 + 24, nameOffset.getUint32(0x3000 + 24, true) + 'main.'.length, true);
  assert.equal(findSymbols(readElf(bytesOf(bytes)), ['runtime.work']).get('runtime.work')?.size, 8);
});

test('a program without a symbol table has no symbols', () => {
  for (const without of ['symbols', 'section headers'] as const) {
    const elf = read({ without: [without] });
    assert.equal(hasSymbols(elf), false);
    assert.equal(findSymbols(elf, ['runtime.work']).size, 0);
  }
});
