import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusRowsOf, textsOf } from '../../../../src/sources/pixie/deployment/status-rows.js';
import type { ScriptTable } from '../../../../src/sources/pixie/vizier.js';

function tableOf(...rows: readonly (readonly [string, string, string, string])[]): ScriptTable {
  const strings = (name: string, at: 0 | 1 | 2 | 3) =>
    ({ name, type: 'string', values: rows.map((row) => row[at]) }) as const;
  return {
    name: 'anything',
    rows: rows.length,
    columns: [
      {
        name: 'tracepoint_id',
        type: 'uint128',
        values: rows.map(() => '00000000-0000-0000-0000-000000000000'),
      },
      strings('name', 0),
      strings('state', 1),
      strings('status', 2),
      strings('output_tables', 3),
    ],
  };
}

test('the table of tracepoints is known by its columns, whatever its name', () => {
  const rows = statusRowsOf([
    { name: 'other', rows: 1, columns: [{ name: 'name', type: 'string', values: ['x'] }] },
    tableOf(['a', 'failed', '["one","two"]', '["t"]'], ['b', 'running', '[]', '["t","u"]']),
  ]);
  assert.deepEqual(rows, [
    { name: 'a', state: 'failed', errors: ['one', 'two'], tables: ['t'] },
    { name: 'b', state: 'running', errors: [], tables: ['t', 'u'] },
  ]);
});

test('no tracepoint is no row, and no table is no answer', () => {
  assert.deepEqual(statusRowsOf([tableOf()]), []);
  assert.equal(statusRowsOf([]), undefined);
});

test('a status that is no list of texts is taken as it is', () => {
  const rows = statusRowsOf([
    tableOf(
      ['a', 'failed', 'cut off ["', ''],
      ['b', 'failed', '{"x":1}', '[1,"t"]'],
      ['c', 'failed', '', ''],
    ),
  ]);
  assert.deepEqual(
    rows?.map(({ errors }) => errors),
    [['cut off ["'], ['{"x":1}'], []],
  );
  assert.deepEqual(rows?.[1]?.tables, ['t']);
});

test('of several tracepoints of one name the refused one has the word', () => {
  const rows = statusRowsOf([
    tableOf(
      ['a', 'terminated', '["old"]', '[]'],
      ['a', 'failed', '["new"]', '[]'],
      ['b', 'failed', '["b"]', '[]'],
    ),
  ]);
  assert.deepEqual(textsOf(rows ?? [], 'a'), ['new']);
});
