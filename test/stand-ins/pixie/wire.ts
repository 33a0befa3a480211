import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type ColumnSchema,
  DataType,
  type ExecuteScriptResponse,
  ExecuteScriptResponseSchema,
  type Relation_ColumnInfoSchema,
  SemanticType,
} from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { Column, ColumnSpec, ColumnType, Frame } from './values.js';

const dataTypes: Readonly<Record<ColumnType, DataType>> = {
  boolean: DataType.BOOLEAN,
  int64: DataType.INT64,
  uint128: DataType.UINT128,
  float64: DataType.FLOAT64,
  string: DataType.STRING,
  time64ns: DataType.TIME64NS,
};

const semanticTypes = {
  upid: SemanticType.ST_UPID,
  duration: SemanticType.ST_DURATION_NS,
  time: SemanticType.ST_TIME_NS,
};

/** A table as a query's answer holds it. */
export interface AnswerTable {
  readonly id: string;
  readonly name: string;
  readonly frame: Frame;
}

/** Tells of a table before its rows come. */
export const metadataOf = (queryId: string, { id, name, frame }: AnswerTable): ExecuteScriptResponse =>
  create(ExecuteScriptResponseSchema, {
    queryId,
    result: { case: 'metaData', value: { id, name, relation: { columns: frame.columns.map(columnInfo) } } },
  });

function columnInfo({ name, type, meaning }: ColumnSpec): MessageInitShape<typeof Relation_ColumnInfoSchema> {
  return {
    columnName: name,
    columnType: dataTypes[type],
    columnSemanticType: meaning === undefined ? SemanticType.ST_NONE : semanticTypes[meaning],
  };
}

/** A table's rows in batches, the last of which says that it is: a table without rows has one as well. */
export function* batchesOf(
  queryId: string,
  { table: { id, frame }, rowsPerBatch }: { table: AnswerTable; rowsPerBatch: number },
): Generator<ExecuteScriptResponse> {
  for (let from = 0; from === 0 || from < frame.rows; from += rowsPerBatch) {
    const to = Math.min(from + rowsPerBatch, frame.rows);
    const isLast = to === frame.rows;
    const cols = frame.columns.map((column) => columnData(column, { from, to }));
    const batch = { cols, numRows: BigInt(to - from), eow: isLast, eos: isLast, tableId: id };
    yield create(ExecuteScriptResponseSchema, { queryId, result: { case: 'data', value: { batch } } });
  }
}

/** What comes last. */
export function statsOf(queryId: string, tables: readonly AnswerTable[]): ExecuteScriptResponse {
  const records = tables.reduce((sum, { frame }) => sum + frame.rows, 0);
  return create(ExecuteScriptResponseSchema, {
    queryId,
    result: {
      case: 'data',
      value: {
        executionStats: {
          timing: { executionTimeNs: 1_000_000n, compilationTimeNs: 1_000_000n },
          bytesProcessed: BigInt(records * 40),
          recordsProcessed: BigInt(records),
        },
      },
    },
  });
}

const low64 = 0xffff_ffff_ffff_ffffn;

function columnData(
  { type, values }: Column,
  { from, to }: { from: number; to: number },
): MessageInitShape<typeof ColumnSchema> {
  const slice = Array.from({ length: to - from }, (_, index) => values[from + index] ?? 0n);
  switch (type) {
    case 'boolean':
      return { colData: { case: 'booleanData', value: { data: slice.map((value) => value === true) } } };
    case 'int64':
      return { colData: { case: 'int64Data', value: { data: slice.map((value) => BigInt(value)) } } };
    case 'time64ns':
      return { colData: { case: 'time64nsData', value: { data: slice.map((value) => BigInt(value)) } } };
    case 'float64':
      return { colData: { case: 'float64Data', value: { data: slice.map((value) => Number(value)) } } };
    case 'string': {
      const data = slice.map((value) => new TextEncoder().encode(String(value)));
      return { colData: { case: 'stringData', value: { data } } };
    }
    case 'uint128': {
      const halves = slice.map((value) => ({ high: BigInt(value) >> 64n, low: BigInt(value) & low64 }));
      return { colData: { case: 'uint128Data', value: { data: halves } } };
    }
  }
}
