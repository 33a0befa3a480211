import { type ProbeName, probeCatalogue, probeNames } from '../../../gc/probe.js';
import type { ScriptColumn, ScriptTable } from '../vizier.js';

/** One probed call of the runtime. */
export interface CallRow {
  readonly probe: ProbeName;
  /** When it returned: ns on the node's clock since the watch began. */
  readonly atNs: number;
  /** How long it took; NaN where the table does not say. */
  readonly latencyNs: number;
  /** The goroutine; -1 where Pixie did not know it. */
  readonly goid: number;
  /** The process, as the table spells it; empty where it does not. */
  readonly process: string;
  /** What the probe took, in the order of `valueNames`; NaN where the table lacks the column. */
  readonly values: readonly number[];
}

/** A probe's table, decoded. */
export interface CallTable {
  readonly probe: ProbeName;
  /** In the order of `compareRows`. */
  readonly rows: readonly CallRow[];
  /** When the call of the answer's last row returned, which need not be the newest. */
  readonly lastNs: number | undefined;
}

/** What each probe's rows hold beside time, goroutine and latency, in the order of the catalogue. */
export const valueNames = (probe: ProbeName): readonly string[] =>
  probeCatalogue[probe].columns.map(({ name }) => name);

/** Decodes a table that is named by its probe; undefined for any other, and for one without times. */
export function decodeTable(table: ScriptTable, sinceUnixNs: bigint): CallTable | undefined {
  const probe = probeNames.find((name) => name === table.name);
  const times = integersOf(columnOf(table, 'time_'));
  if (probe === undefined || times === undefined) return undefined;
  const latencies = numbersOf(columnOf(table, 'latency'));
  const goids = numbersOf(columnOf(table, 'goid_'));
  const processes = processesOf(table);
  const values = valueNames(probe).map((name) => numbersOf(columnOf(table, name)));
  const rows = times.map(
    (time, row): CallRow => ({
      probe,
      atNs: Number(time - sinceUnixNs),
      latencyNs: latencies?.[row] ?? Number.NaN,
      goid: goids?.[row] ?? unknownGoid,
      process: processes?.[row] ?? '',
      values: values.map((column) => column?.[row] ?? Number.NaN),
    }),
  );
  const lastNs = rows.at(-1)?.atNs;
  return { probe, rows: isInOrder(rows) ? rows : rows.sort(compareRows), lastNs };
}

/** The node's clock as the one-row table `clock` tells it, ns since 1970. */
export function clockOf(tables: readonly ScriptTable[]): bigint | undefined {
  const table = tables.find(({ name }) => name === 'clock');
  return table === undefined ? undefined : integersOf(columnOf(table, 'unix_ns'))?.[0];
}

/** By when they returned; 0 only for rows that are the same in everything. */
export function compareRows(a: CallRow, b: CallRow): number {
  const first =
    compare(a.atNs, b.atNs) ||
    compare(a.latencyNs, b.latencyNs) ||
    compare(a.goid, b.goid) ||
    compare(a.process, b.process);
  if (first !== 0) return first;
  for (let i = 0; i < a.values.length; i++) {
    const order = compare(a.values[i] ?? Number.NaN, b.values[i] ?? Number.NaN);
    if (order !== 0) return order;
  }
  return 0;
}

/** When the call began. */
export const beganNs = (row: CallRow): number => row.atNs - row.latencyNs;

/** A thread of which Pixie saw no goroutine begin to run yet. */
export const unknownGoid = -1;

/** Whether both are of one goroutine, as far as is known. */
export const canShareGoroutine = (a: number, b: number): boolean =>
  a === b || a === unknownGoid || b === unknownGoid;

const columnOf = (table: ScriptTable, name: string): ScriptColumn | undefined =>
  table.columns.find((column) => column.name === name);

function integersOf(column: ScriptColumn | undefined): readonly bigint[] | undefined {
  return column?.type === 'int64' || column?.type === 'time64ns' ? column.values : undefined;
}

function numbersOf(column: ScriptColumn | undefined): readonly number[] | undefined {
  if (column?.type === 'float64') return column.values;
  return integersOf(column)?.map(Number);
}

/** Each text once: the column repeats a handful of identities thousands of times. */
function processesOf(table: ScriptTable): readonly string[] | undefined {
  const column = table.columns.find(({ name, type }) => type === 'uint128' || /^(upid|process)$/.test(name));
  if (column?.type !== 'uint128' && column?.type !== 'string') return undefined;
  const known = new Map<string, string>();
  return column.values.map((value) => {
    const same = known.get(value);
    if (same === undefined) known.set(value, value);
    return same ?? value;
  });
}

function isInOrder(rows: readonly CallRow[]): boolean {
  for (let i = 1; i < rows.length; i++) {
    const [before, row] = [rows[i - 1], rows[i]];
    if (before !== undefined && row !== undefined && compareRows(before, row) > 0) return false;
  }
  return true;
}

/** NaN is the same as NaN here. */
const compare = <Value extends number | string>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0);
