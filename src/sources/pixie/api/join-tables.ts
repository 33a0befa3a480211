import type { ScriptTable } from '../vizier.js';
import type { VizierTable } from './execution.js';
import { type Column, DataType } from './gen/vizierapi_pb.js';
import { uuidText } from './uuid.js';

/** Rows that are not what their table's description says. */
export class BrokenTable extends Error {
  constructor(table: string, why: string) {
    super(`table '${table}' is not what it was said to be: ${why}`);
    this.name = 'BrokenTable';
  }
}

/**
 * The tables of a result, each whole: batches joined, and tables of one name too, for a large one may come in parts.
 * Throws `BrokenTable`.
 */
export function joinTables(tables: readonly VizierTable[]): readonly ScriptTable[] {
  const names = new Set(tables.map(({ name }) => name));
  return [...names].map((name) =>
    join(
      name,
      tables.filter((table) => table.name === name),
    ),
  );
}

function join(name: string, parts: readonly VizierTable[]): ScriptTable {
  const described = parts[0]?.relation?.columns ?? [];
  if (parts.some(({ relation }) => !isSame(relation?.columns ?? [], described))) {
    throw new BrokenTable(name, 'its parts have different columns');
  }
  const columns = described.map(({ columnName, columnType }) => emptyColumn(name, columnName, columnType));
  let rows = 0;
  for (const batch of parts.flatMap(({ data }) => data)) {
    const count = Number(batch.numRows);
    if (count === 0) continue; // the end of a table, often without columns
    if (batch.cols.length !== columns.length) {
      throw new BrokenTable(name, `${batch.cols.length} columns came and not ${columns.length}`);
    }
    for (const [at, column] of columns.entries()) {
      const before = column.values.length;
      const filled = fill(column, batch.cols[at]?.colData);
      if (!filled || column.values.length - before !== count) {
        throw new BrokenTable(name, `a batch of ${count} rows has other values in column '${column.name}'`);
      }
    }
    rows += count;
  }
  return { name, rows, columns };
}

interface Described {
  readonly columnName: string;
  readonly columnType: DataType;
}

const isSame = (these: readonly Described[], those: readonly Described[]): boolean =>
  these.length === those.length &&
  these.every((column, at) => {
    const other = those[at];
    return column.columnName === other?.columnName && column.columnType === other.columnType;
  });

type GrowingColumn = { readonly name: string } & (
  | { readonly type: 'int64' | 'time64ns'; readonly values: bigint[] }
  | { readonly type: 'float64'; readonly values: number[] }
  | { readonly type: 'boolean'; readonly values: boolean[] }
  | { readonly type: 'string' | 'uint128'; readonly values: string[] }
);

function emptyColumn(table: string, name: string, type: DataType): GrowingColumn {
  switch (type) {
    case DataType.BOOLEAN:
      return { name, type: 'boolean', values: [] };
    case DataType.INT64:
      return { name, type: 'int64', values: [] };
    case DataType.TIME64NS:
      return { name, type: 'time64ns', values: [] };
    case DataType.FLOAT64:
      return { name, type: 'float64', values: [] };
    case DataType.STRING:
      return { name, type: 'string', values: [] };
    case DataType.UINT128:
      return { name, type: 'uint128', values: [] };
    default:
      throw new BrokenTable(table, `column '${name}' has type ${type}, which is not known`);
  }
}

/** Adds a batch's values; false when they are of another type. */
function fill(column: GrowingColumn, data: Column['colData'] | undefined): boolean {
  switch (column.type) {
    case 'boolean':
      return data?.case === 'booleanData' && append(column.values, data.value.data);
    case 'int64':
      return data?.case === 'int64Data' && append(column.values, data.value.data);
    case 'time64ns':
      return data?.case === 'time64nsData' && append(column.values, data.value.data);
    case 'float64':
      return data?.case === 'float64Data' && append(column.values, data.value.data);
    case 'string':
      return data?.case === 'stringData' && append(column.values, data.value.data.map(text));
    case 'uint128':
      return data?.case === 'uint128Data' && append(column.values, data.value.data.map(uuidText));
  }
}

/** One by one: spreading a large batch into push would overflow the stack. */
function append<T>(values: T[], more: readonly T[]): true {
  for (const value of more) values.push(value);
  return true;
}

/** Pixie sends bytes, which programs make: what is no UTF-8 is replaced, not refused. */
const decoder = new TextDecoder();
const text = (bytes: Uint8Array): string => decoder.decode(bytes);
