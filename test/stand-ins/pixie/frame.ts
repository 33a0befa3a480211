import { columnNamed, evaluate, momentOf, type Surroundings } from './expression.js';
import { merged } from './merge.js';
import {
  type Aggregate,
  CompilerError,
  type FrameOp,
  type FramePlan,
  type FrameSource,
  type Place,
} from './plan.js';
import type { ReadOptions } from './stored-table.js';
import type { Column, ColumnSpec, Frame, Value } from './values.js';

/** Where frames begin. */
export interface FrameSources extends Surroundings {
  /** Undefined: there is no such table. */
  readonly schemaOf: (table: string) => readonly ColumnSpec[] | undefined;
  readonly read: (table: string, options: ReadOptions) => Frame;
  readonly callUdtf: (name: string, args: Readonly<Record<string, unknown>>) => Frame;
}

/** Everything that a plan of a frame asks for. Throws `CompilerError`. */
export function computeFrame(plan: FramePlan, sources: FrameSources): Frame {
  const begin = sourceFrame(plan.source, sources);
  return plan.ops.reduce((frame, op) => applied(op, { frame, sources }), begin);
}

function sourceFrame(source: FrameSource, sources: FrameSources): Frame {
  if (source.kind === 'udtf') return sources.callUdtf(source.name, source.args);
  const place = { line: source.line, column: source.column };
  if (sources.schemaOf(source.table) === undefined)
    throw new CompilerError(`Table '${source.table}' not found.`, place);
  const moment = (expression: typeof source.start): bigint | undefined =>
    expression === null ? undefined : momentOf(expression, { ...sources, place });
  const frame = sources.read(source.table, { startNs: moment(source.start), endNs: moment(source.end) });
  return source.select === null ? frame : selected(frame, { columns: source.select, place });
}

function applied(op: FrameOp, { frame, sources }: { frame: Frame; sources: FrameSources }): Frame {
  const place = { line: op.line, column: op.column };
  switch (op.op) {
    case 'map': {
      const { type, values } = evaluate(op.value, { ...sources, frame, place });
      const others = frame.columns.filter(({ name }) => name !== op.name);
      return { rows: frame.rows, columns: [...others, { name: op.name, type, values }] };
    }
    case 'filter': {
      const { values } = evaluate(op.value, { ...sources, frame, place });
      return rowsOf(
        frame,
        indexesWhere(frame.rows, (row) => values[row] === true),
      );
    }
    case 'select':
      return selected(frame, { columns: op.columns, place });
    case 'drop': {
      for (const name of op.columns) columnNamed(name, { frame, place });
      return { rows: frame.rows, columns: frame.columns.filter(({ name }) => !op.columns.includes(name)) };
    }
    case 'head':
      return firstRows(frame, op.rows);
    case 'append':
      return op.frames.reduce(
        (sum, other) => appended(sum, { other: computeFrame(other, sources), place }),
        frame,
      );
    case 'merge':
      return merged(frame, { ...op, other: computeFrame(op.right, sources), place });
    case 'agg':
      return grouped(frame, { by: op.by, outputs: op.outputs, place });
  }
}

const selected = (frame: Frame, { columns, place }: { columns: readonly string[]; place: Place }): Frame => ({
  rows: frame.rows,
  columns: columns.map((name) => columnNamed(name, { frame, place })),
});

/** The first rows of a frame. */
export const firstRows = (frame: Frame, rows: number): Frame =>
  rows >= frame.rows
    ? frame
    : rowsOf(
        frame,
        Array.from({ length: rows }, (_, row) => row),
      );

const indexesWhere = (rows: number, wanted: (row: number) => boolean): number[] =>
  Array.from({ length: rows }, (_, row) => row).filter(wanted);

const rowsOf = ({ columns }: Frame, indexes: readonly number[]): Frame => ({
  rows: indexes.length,
  columns: columns.map((column) => ({
    ...column,
    values: indexes.map((index) => column.values[index] ?? 0n),
  })),
});

/** Two frames with the same columns, one after the other. */
export function appended(frame: Frame, { other, place }: { other: Frame; place: Place }): Frame {
  const columns = frame.columns.map((column): Column => {
    const more = columnNamed(column.name, { frame: other, place });
    return { ...column, values: [...Array.from(column.values), ...Array.from(more.values)] };
  });
  return { rows: frame.rows + other.rows, columns };
}

interface Grouping {
  readonly by: readonly string[];
  readonly outputs: readonly Aggregate[];
  readonly place: Place;
}

function grouped(frame: Frame, { by, outputs, place }: Grouping): Frame {
  const keys = by.map((name) => columnNamed(name, { frame, place }));
  const groups = new Map<string, number[]>();
  for (let row = 0; row < frame.rows; row += 1) {
    const key = JSON.stringify(keys.map(({ values }) => String(values[row])));
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  const members =
    by.length === 0 ? [Array.from({ length: frame.rows }, (_, row) => row)] : [...groups.values()];
  const keyColumns = keys.map((column) => ({
    ...column,
    values: members.map(([first = 0]) => column.values[first] ?? 0n),
  }));
  const computed = outputs.map(({ name, of, fn }): Column => {
    const column = columnNamed(of, { frame, place });
    const type = fn === 'count' ? 'int64' : fn === 'mean' ? 'float64' : column.type;
    return { name, type, values: members.map((rows) => aggregate(fn, { column, rows, place })) };
  });
  return { rows: members.length, columns: [...keyColumns, ...computed] };
}

function aggregate(
  fn: string,
  { column, rows, place }: { column: Column; rows: readonly number[]; place: Place },
): Value {
  const values = rows.map((row) => column.values[row] ?? 0n);
  const whole = column.type === 'int64' || column.type === 'time64ns';
  const sum = (): Value =>
    whole
      ? values.reduce<bigint>((total, value) => total + BigInt(value), 0n)
      : values.reduce<number>((total, value) => total + Number(value), 0);
  switch (fn) {
    case 'count':
      return BigInt(values.length);
    case 'sum':
      return sum();
    case 'mean':
      return values.length === 0 ? 0 : Number(sum()) / values.length;
    case 'min':
      return values.reduce((least, value) => (value < least ? value : least));
    case 'max':
      return values.reduce((most, value) => (value > most ? value : most));
    default:
      throw new CompilerError(`'${fn}' is no aggregate that the stand-in knows`, place);
  }
}
