import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bytesOf } from '../../src/binary/byte-source.js';
import { readElf } from '../../src/binary/elf.js';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import { knowsGoroutines } from '../../src/binary/goroutine-check.js';
import type { Layout } from '../../src/binary/layouts.js';
import { findPclntab } from '../../src/binary/pclntab.js';
import type { RuntimeCode } from '../../src/binary/runtime-code.js';
import { runtimeCodeOf } from '../../src/binary/runtime-search.js';
import { goReleases } from '../helpers/compatibility.js';
import { build } from '../helpers/go-program.js';

const shifts = [-32, -24, -16, -8, -4, 4, 8, 16, 24, 32];

for (const release of [undefined, ...goReleases]) {
  test(`a goroutine's number and thread are known in a program of ${release ?? 'the local Go'}, and nowhere else`, async () => {
    const { path } = await build('collector', release === undefined ? {} : { release });
    compare(path);
  });
}

for (const flags of [['-ldflags=-s -w'], ['-buildmode=pie'], ['-buildmode=pie', '-ldflags=-s -w']]) {
  test(`so they are in one that is built with '${flags.join(' ')}'`, async () => {
    const { path } = await build('collector', { flags });
    compare(path);
  });
}

test('in one that is built for a debugger they are not known, and nothing else is taken for them', async () => {
  const { path } = await build('collector', { flags: ['-gcflags=all=-N -l'] });
  const { code, layout } = read(path);
  assert.equal(knowsGoroutines(code, layout), false);
  assert.deepEqual(confirmedShifts(code, layout), []);
});

function read(path: string) {
  const source = bytesOf(readFileSync(path));
  const { layout } = inspectGoProgram(source);
  const elf = readElf(source);
  return { layout, code: runtimeCodeOf({ elf, loaded: undefined }, findPclntab(elf)) };
}

/** The program's own code confirms the layout's places, and no place around them. */
function compare(path: string): void {
  const { code, layout } = read(path);
  assert.equal(knowsGoroutines(code, layout), true);
  assert.deepEqual(confirmedShifts(code, layout), []);
}

/** The fields, `goid +8`, that would be taken for known where they are not. */
function confirmedShifts(code: RuntimeCode, { g, m }: Layout): readonly string[] {
  const damaged = (field: string, shift: number) => ({
    g: { ...g, goid: g.goid + (field === 'goid' ? shift : 0), m: g.m + (field === 'm' ? shift : 0) },
    m: { curg: m.curg + (field === 'curg' ? shift : 0) },
  });
  return ['goid', 'm', 'curg'].flatMap((field) =>
    shifts
      .filter((shift) => knowsGoroutines(code, damaged(field, shift)))
      .map((shift) => `${field} ${shift > 0 ? '+' : ''}${shift}`),
  );
}
