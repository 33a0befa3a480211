import type { Machine } from './elf.js';
import type { GoVersion } from './go-version.js';
import { columns, fieldBytes, type PerColumn, type Row, sizes, table } from './layouts-table.js';

/** The globals of the runtime in which the fields lie; the symbols are `runtime.work` and so on. */
export type GlobalName = keyof typeof table;

/** Byte offsets within each global: `layout.work.tSweepTerm`. Undefined: the release has no such field. */
export type Layout = { readonly [Global in GlobalName]: Offsets<(typeof table)[Global]> };

type Offsets<Rows> = {
  readonly [Field in keyof Rows]: Rows[Field] extends Row<infer Offset> ? Widen<Offset> : never;
};
type Widen<Offset> = undefined extends Offset ? number | undefined : number;

/** How large the globals are; what contradicts it is a foreign layout. */
export interface GlobalSizes {
  /** Bytes from a global's start to the end of its last field; 0 where the release has none of the fields. */
  readonly atLeast: Readonly<Record<GlobalName, number>>;
  /** As the linker counts them. */
  readonly exactly: Readonly<Record<keyof typeof sizes, number>>;
}

/** The layout of a release's globals; undefined for a release or a machine that is not in the table. */
export function layoutFor(version: GoVersion, machine: Machine): Layout | undefined {
  const column = columnFor(version, machine);
  return column === undefined ? undefined : layoutAt(column);
}

/** The sizes that go with `layoutFor` of the same release. */
export function sizesFor(version: GoVersion, machine: Machine): GlobalSizes | undefined {
  const column = columnFor(version, machine);
  return column === undefined
    ? undefined
    : { atLeast: extentsAt(column), exactly: mapValues(sizes, (row: PerColumn<number>) => row[column] ?? 0) };
}

/** The releases in the table, in words. */
export const knownReleases = `go1.${columns[0].minor} to go1.${columns[columns.length - 1]?.minor}`;

/** Patches rise, and an experiment stands behind the same release without: the last column that fits is the best. */
function columnFor(version: GoVersion, machine: Machine): number | undefined {
  if (machine !== 'x86-64' || version.stage === 'development') return undefined;
  const column = columns.findLastIndex(
    (candidate) =>
      candidate.minor === version.minor &&
      candidate.patch <= version.patch &&
      (!('experiment' in candidate) || version.experiments.includes(candidate.experiment)),
  );
  return column < 0 ? undefined : column;
}

type AnyRow = Row<number | undefined>;
type Rows = Readonly<Record<string, AnyRow>>;

const layoutAt = (column: number): Layout =>
  mapValues(table, (rows: Rows) => mapValues(rows, (row) => row.offsets[column])) as Layout;

const extentsAt = (column: number): GlobalSizes['atLeast'] =>
  mapValues(table, (rows: Rows) => Math.max(...Object.values(rows).map((row) => extentOf(row, column))));

function extentOf({ kind, offsets }: AnyRow, column: number): number {
  const offset = offsets[column];
  return offset === undefined ? 0 : offset + fieldBytes[kind];
}

function mapValues<Key extends string, From, To>(
  from: Readonly<Record<Key, From>>,
  to: (value: From) => To,
): Record<Key, To> {
  const entries = Object.entries<From>(from).map(([key, value]) => [key, to(value)] as const);
  return Object.fromEntries(entries) as Record<Key, To>;
}
