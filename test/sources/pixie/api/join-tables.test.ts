import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { VizierTable } from '../../../../src/sources/pixie/api/execution.js';
import {
  type ColumnSchema,
  DataType,
  RelationSchema,
  RowBatchDataSchema,
} from '../../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import { joinTables } from '../../../../src/sources/pixie/api/join-tables.js';

type Cols = readonly MessageInitShape<typeof ColumnSchema>[];
const bytes = (text: string) => new TextEncoder().encode(text);

const tableOf = (
  id: string,
  columns: readonly [string, DataType][],
  batches: readonly { readonly rows: number; readonly cols: Cols }[],
): VizierTable => ({
  id,
  name: 'status',
  relation: create(RelationSchema, {
    columns: columns.map(([columnName, columnType]) => ({ columnName, columnType })),
  }),
  data: batches.map(({ rows, cols }) =>
    create(RowBatchDataSchema, { tableId: id, numRows: BigInt(rows), cols: [...cols] }),
  ),
});

test('every type of column comes out as itself, and text that is no UTF-8 is mended', () => {
  const columns: readonly [string, DataType][] = [
    ['id', DataType.UINT128],
    ['ok', DataType.BOOLEAN],
    ['ratio', DataType.FLOAT64],
    ['name', DataType.STRING],
    ['n', DataType.INT64],
    ['time_', DataType.TIME64NS],
  ];
  const cols: Cols = [
    {
      colData: { case: 'uint128Data', value: { data: [{ low: 2n ** 64n - 1n, high: 0x0011223344556677n }] } },
    },
    { colData: { case: 'booleanData', value: { data: [true] } } },
    { colData: { case: 'float64Data', value: { data: [0.5] } } },
    { colData: { case: 'stringData', value: { data: [Uint8Array.of(0xff, 0x61)] } } },
    { colData: { case: 'int64Data', value: { data: [-1n] } } },
    { colData: { case: 'time64nsData', value: { data: [1n] } } },
  ];
  const [table] = joinTables([
    tableOf('1', columns, [
      { rows: 1, cols },
      { rows: 0, cols: [] },
    ]),
  ]);
  assert.deepEqual(table, {
    name: 'status',
    rows: 1,
    columns: [
      { name: 'id', type: 'uint128', values: ['00112233-4455-6677-ffff-ffffffffffff'] },
      { name: 'ok', type: 'boolean', values: [true] },
      { name: 'ratio', type: 'float64', values: [0.5] },
      { name: 'name', type: 'string', values: ['\ufffda'] },
      { name: 'n', type: 'int64', values: [-1n] },
      { name: 'time_', type: 'time64ns', values: [1n] },
    ],
  });
});

test('parts of a table, which share its name, become one', () => {
  const part = (id: string, text: string) =>
    tableOf(
      id,
      [['name', DataType.STRING]],
      [{ rows: 1, cols: [{ colData: { case: 'stringData', value: { data: [bytes(text)] } } }] }],
    );
  const [table, ...others] = joinTables([part('1', 'a'), part('2', 'b')]);
  assert.deepEqual(table?.columns[0]?.values, ['a', 'b']);
  assert.deepEqual(others, []);
});

const newerType: number = 42;
const broken: readonly [string, () => unknown, RegExp][] = [
  [
    'parts with different columns',
    () => joinTables([tableOf('1', [['a', DataType.INT64]], []), tableOf('2', [['b', DataType.INT64]], [])]),
    /different columns/,
  ],
  ['a type that is not known', () => joinTables([tableOf('1', [['a', newerType]], [])]), /type 42/],
  [
    'values of another type',
    () =>
      joinTables([
        tableOf(
          '1',
          [['a', DataType.INT64]],
          [{ rows: 1, cols: [{ colData: { case: 'time64nsData', value: { data: [1n] } } }] }],
        ),
      ]),
    /other values in column 'a'/,
  ],
];

for (const [what, join, why] of broken) {
  test(`${what}: no table, but an error that names it`, () => {
    assert.throws(
      join,
      (error) => error instanceof Error && /'status'/.test(error.message) && why.test(error.message),
    );
  });
}
