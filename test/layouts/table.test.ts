import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as written from '../../src/binary/layouts-table.js';
import { packageRoot } from '../../src/system/paths.js';
import { fieldSpecs, sizedGlobals } from './fields.js';
import type { Measured } from './measure.js';
import { addBuild, columnsOf, type Group, offsetsOf, othersOf, sizesOf } from './table.js';

const groups: readonly Group[] = JSON.parse(
  readFileSync(join(packageRoot(), 'test/fixtures/layouts.json'), 'utf8'),
);
const columns = columnsOf(groups);

test('the table is what was measured', () => {
  assert.deepEqual(
    written.columns,
    columns.map(({ minor, patch, experiment }) => ({
      minor,
      patch,
      ...(experiment === undefined ? {} : { experiment }),
    })),
  );
  const tables: readonly [keyof Measured, Readonly<Record<string, unknown>>][] = [
    ['amd64', written.table],
    ['arm64', { ...written.table, ...written.arm64Table }],
  ];
  for (const [machine, table] of tables) {
    for (const [global, fields] of Object.entries(fieldSpecs)) {
      const expected = Object.entries(fields).map(([name, { kind }]) => [
        name,
        { kind, offsets: offsetsOf(columns, machine, { global, name }) },
      ]);
      assert.deepEqual(table[global], Object.fromEntries(expected), `${global} on ${machine}`);
    }
  }
  for (const global of sizedGlobals) {
    assert.deepEqual(written.sizes[global], sizesOf(columns, 'amd64', global));
    assert.deepEqual(written.arm64Sizes[global], sizesOf(columns, 'arm64', global));
  }
  for (const [global, spans] of Object.entries(written.others)) {
    assert.deepEqual(
      spans,
      columns.map((column) => othersOf(column, global)),
    );
  }
});

test('each minor release was measured from its first patch release on, go1.23 in each of them', () => {
  const builds = groups.flatMap((group) => group.builds);
  for (let minor = 16; minor <= 27; minor++) {
    assert.ok(builds.includes(minor < 21 ? `go1.${minor}` : `go1.${minor}.0`), `go1.${minor}`);
    const patches = builds.filter((build) => build.startsWith(`go1.${minor}.`) && !build.includes(' '));
    assert.ok(patches.length >= 1, `go1.${minor} has no later patch release`);
  }
  for (let patch = 0; patch <= 12; patch++) assert.ok(builds.includes(`go1.23.${patch}`));
  assert.equal(new Set(builds).size, builds.length, 'a build is in two groups');
});

test('a release that agrees adds nothing but its name, one that does not adds a column', () => {
  const [first] = groups;
  assert.ok(first);
  const agreeing = addBuild(groups, 'go1.28.0', groups.at(-1) ?? first);
  assert.equal(columnsOf(agreeing).length, columns.length + 1); // each minor release has a column
  const moved = { ...first, amd64: { ...first.amd64, 'runtime.work.tEnd': [352, 8] as const } };
  const added = columnsOf(addBuild(groups, 'go1.16.14', moved));
  assert.deepEqual(
    added.slice(0, 3).map(({ minor, patch }) => ({ minor, patch })),
    [
      { minor: 16, patch: 0 },
      { minor: 16, patch: 14 },
      { minor: 16, patch: 15 },
    ],
  );
});

test('a field whose size is not that of its kind is refused', () => {
  const [first] = groups;
  assert.ok(first);
  const wrong = { ...first, amd64: { ...first.amd64, 'runtime.work.tEnd': [344, 4] as const } };
  const made = columnsOf([{ ...wrong, builds: ['go1.16'] }]);
  assert.throws(() => offsetsOf(made, 'amd64', { global: 'work', name: 'tEnd' }), /has 4 bytes in go1.16/);
});
