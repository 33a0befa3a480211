import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { table } from '../../src/binary/layouts-table.js';
import { recordIdentities } from '../../src/sources/local/cycle-record.js';
import { identities } from '../../src/sources/local/identities.js';
import { packageRoot } from '../../src/system/paths.js';
import { fieldRows, fieldsPage } from './fields-page.js';

const path = join(packageRoot(), 'docs/fields.md');
const rows = fieldRows();

test('docs/fields.md has every field that is read, what follows it, and what checks it', () => {
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(path, fieldsPage());
  assert.equal(readFileSync(path, 'utf8'), fieldsPage());
});

test('every field of the table is in the page, and has a check, but one that is shown nowhere', () => {
  const names = new Set(rows.map(({ name }) => name));
  for (const [struct, fields] of Object.entries(table))
    for (const field of Object.keys(fields)) assert.ok(names.has(`${struct}.${field}`), `${struct}.${field}`);
  assert.deepEqual(
    rows.filter(({ code, identities: held }) => code === '' && held.length === 0).map(({ name }) => name),
    ['g.stackHi'],
  );
  assert.deepEqual(
    rows.filter(({ code, tells }) => code === '' && tells.length > 0).map(({ name }) => name),
    ['m.curg', 'g.stackHi'],
  );
});

test('every identity holds fields together that there are, and that are read', () => {
  const read = new Set(rows.filter(({ tells }) => tells.length > 0).map(({ name }) => name));
  for (const { name, fields } of [...identities, ...recordIdentities])
    assert.deepEqual(
      fields.filter((field) => !read.has(field)),
      [],
      name,
    );
});

test('every figure that a cycle or a reading of the heap has follows a field', () => {
  const told = new Set(rows.flatMap(({ tells }) => tells));
  for (const figure of ['cycle heapAtStart', 'cycle assistNs', 'heap live', 'heap goal', 'heap pagesSwept'])
    assert.ok(told.has(figure), figure);
  const read = rows.filter(({ tells }) => tells.length > 0).map(({ name }) => name);
  for (const field of [
    'work.heap0',
    'gcController.triggered',
    'gcController.sweepDistMinTrigger',
    'sweep.activeState',
  ])
    assert.ok(read.includes(field), field);
});
