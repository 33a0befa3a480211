import assert from 'node:assert/strict';
import test from 'node:test';
import { parseGoVersion } from '../../src/binary/go-version.js';
import {
  knownReleases,
  type Layout,
  layoutFor,
  possibleLayouts,
  releaseLayoutFor,
} from '../../src/binary/layouts.js';
import { columns, type Row, table } from '../../src/binary/layouts-table.js';

function layoutOf(text: string): Layout | undefined {
  const version = parseGoVersion(text);
  return version && layoutFor(version, 'x86-64');
}

test('every release from go1.16 to go1.27 has a layout', () => {
  for (let minor = 16; minor <= 27; minor++) {
    assert.equal(typeof layoutOf(`go1.${minor}`)?.work.tSweepTerm, 'number', `go1.${minor}`);
    assert.deepEqual(layoutOf(`go1.${minor}.99`), layoutOf(`go1.${minor === 23 ? '23.4' : minor}`));
  }
  assert.equal(knownReleases, 'go1.16 to go1.27');
});

test('the fix that came with go1.23.4 moved the clocks of runtime.work', () => {
  const tMark = (text: string) => layoutOf(text)?.work.tMark;
  assert.deepEqual(['go1.23rc2', 'go1.23.0', 'go1.23.3'].map(tMark), [416, 416, 416]);
  assert.deepEqual(['go1.23.4', 'go1.23.5', 'go1.23.12'].map(tMark), [448, 448, 448]);
});

test('an experiment that changes the runtime has its own layout', () => {
  assert.equal(layoutOf('go1.25.7')?.work.heap0, 568);
  assert.equal(layoutOf('go1.25.7 X:greenteagc')?.work.heap0, 664);
  assert.deepEqual(layoutOf('go1.26.5-X:nogreenteagc'), layoutOf('go1.26.5'));
});

test('the stacks that gctrace prints come from another field in each of Go 1.18, 1.19 and 1.20', () => {
  const stacks = (text: string) => layoutOf(text)?.gcController.printedStackScan;
  assert.deepEqual(['go1.17', 'go1.18', 'go1.19', 'go1.20'].map(stacks), [undefined, 144, 168, 104]);
});

test('other releases, development versions and other machines have none', () => {
  for (const text of ['go1.15.15', 'go1.28', 'devel go1.27-3f2a1b9c', 'go1.25-20250209-RC00']) {
    assert.equal(layoutOf(text), undefined, text);
  }
  const version = parseGoVersion('go1.26.5');
  assert.ok(version);
  assert.equal(layoutFor(version, 'other'), undefined);
  assert.equal(releaseLayoutFor(version, 'other'), undefined);
});

test('arm64 lays out work in another way, from Go 1.20 on', () => {
  const version = (text: string) => parseGoVersion(text) ?? assert.fail(text);
  assert.equal(layoutFor(version('go1.26.5'), 'aarch64')?.work.tEnd, 944);
  assert.equal(layoutFor(version('go1.26.5'), 'aarch64')?.memstats.numgc, 7680);
  assert.deepEqual(layoutFor(version('go1.19'), 'aarch64'), layoutFor(version('go1.19'), 'x86-64'));
});

test('a program that does not tell its release may have any layout, a development version those next to it', () => {
  const sinces = (text?: string) =>
    possibleLayouts(text === undefined ? undefined : parseGoVersion(text), 'x86-64').map(
      ({ since }) => since,
    );
  assert.equal(sinces().length, columns.length);
  assert.deepEqual(sinces('devel go1.24-3f2a1b9c'), ['go1.23', 'go1.23.4', 'go1.24']);
  assert.deepEqual(sinces('go1.28.1'), []);
  assert.deepEqual(possibleLayouts(undefined, 'other'), []);
});

test('no two fields of a global overlap', () => {
  const bytes = { u8: 1, i32: 4, u32: 4, i64: 8, u64: 8, f64: 8, u64x256: 2048 };
  for (const [global, rows] of Object.entries<Readonly<Record<string, Row<number | undefined>>>>(table)) {
    for (const column of columns.keys()) {
      const fields = Object.entries(rows).flatMap(([name, { kind, offsets }]) => {
        const offset = offsets[column];
        // printedStackScan and lastStackScan are one field from Go 1.20 on.
        return offset === undefined || name === 'printedStackScan'
          ? []
          : [{ name, offset, end: offset + bytes[kind] }];
      });
      fields.sort((a, b) => a.offset - b.offset);
      for (const [i, { name, offset, end }] of fields.entries()) {
        const next = fields[i + 1];
        assert.ok(
          next === undefined || end <= next.offset,
          `${global}: ${name} and ${next?.name}, column ${column}`,
        );
        assert.equal(
          offset % Math.min(8, end - offset),
          0,
          `${global}.${name} is not aligned, column ${column}`,
        );
      }
    }
  }
});

test('the sizes reach to the end of the last field', () => {
  const version = parseGoVersion('go1.26.5');
  const sizes = version && releaseLayoutFor(version, 'x86-64')?.sizes;
  assert.deepEqual(sizes, {
    atLeast: { work: 728, memstats: 7704, gcController: 320, mheap_: 65904, sweep: 24, g: 160, m: 192 },
    exactly: { work: 816, gcController: 392 },
  });
});
