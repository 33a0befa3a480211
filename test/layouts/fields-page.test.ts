import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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

test('every field has a check in the code of the program', () => {
  assert.deepEqual(
    rows.filter(({ code }) => code === '').map(({ name }) => name),
    [],
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
