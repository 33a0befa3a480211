import type { Machine } from './elf.js';
import type { GoVersion } from './go-version.js';
import {
  arm64Sizes,
  arm64Table,
  columns,
  fieldBytes,
  others,
  type PerColumn,
  type Row,
  sizes,
  table,
} from './layouts-table.js';

/** The globals of the runtime in which most fields lie; the symbols are `runtime.work` and so on. */
export const globalNames = [
  'work',
  'memstats',
  'gcController',
  'mheap_',
  'sweep',
] as const satisfies StructName[];
export type GlobalName = (typeof globalNames)[number];

/** The globals, and types of which there are many. */
export type StructName = keyof typeof table;

/** Byte offsets within each of them: `layout.work.tSweepTerm`. Undefined: the release has no such field. */
export type Layout = { readonly [Struct in StructName]: Offsets<(typeof table)[Struct]> };

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

/** How one column of the table lays the runtime out. */
export interface ReleaseLayout {
  /** The first release that has it: `go1.23.4`. */
  readonly since: string;
  readonly minor: number;
  readonly layout: Layout;
  readonly sizes: GlobalSizes;
  /** What lies in each global beside the fields of the layout; it is known for linux/amd64. */
  readonly others: Readonly<Record<GlobalName, readonly Span[]>>;
}

/** A stretch of a global. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** The layout of a release's globals; undefined for a release or a machine that is not in the table. */
export const layoutFor = (version: GoVersion, machine: Machine): Layout | undefined =>
  releaseLayoutFor(version, machine)?.layout;

/** The same with what goes with it. */
export function releaseLayoutFor(version: GoVersion, machine: Machine): ReleaseLayout | undefined {
  if (machine === 'other' || version.stage === 'development') return undefined;
  // Patches rise, and an experiment stands behind the same release without: the last column that fits is the best.
  const column = columns.findLastIndex(
    (candidate) =>
      candidate.minor === version.minor &&
      candidate.patch <= version.patch &&
      (!('experiment' in candidate) || version.experiments.includes(candidate.experiment)),
  );
  return column < 0 ? undefined : releaseLayoutAt(column, machine);
}

/**
 * The layouts that a program can have whose release the table does not tell: a development version is like the release
 * before or after it, a program that tells nothing like any. None for a release that is newer than the table.
 */
export function possibleLayouts(version: GoVersion | undefined, machine: Machine): readonly ReleaseLayout[] {
  if (machine === 'other') return [];
  return columns.flatMap(({ minor }, column) => {
    const isNear =
      version === undefined ||
      (version.stage === 'development' && (minor === version.minor || minor === version.minor - 1));
    return isNear ? [releaseLayoutAt(column, machine)] : [];
  });
}

/** The releases in the table, in words. */
export const knownReleases = `go1.${columns[0].minor} to go1.${columns[columns.length - 1]?.minor}`;

function releaseLayoutAt(column: number, machine: Machine): ReleaseLayout {
  const { minor = 0, patch = 0 } = columns[column] ?? {};
  const isArm = machine === 'aarch64';
  const tables = isArm ? { ...table, ...arm64Table } : table;
  const exactSizes = isArm ? arm64Sizes : sizes;
  return {
    since: patch === 0 ? `go1.${minor}` : `go1.${minor}.${patch}`,
    minor,
    layout: mapValues(tables, (rows: Rows) => mapValues(rows, (row) => row.offsets[column])) as Layout,
    sizes: {
      atLeast: mapValues(tables, (rows: Rows) =>
        Math.max(...Object.values(rows).map((row) => extentOf(row, column))),
      ),
      exactly: mapValues(exactSizes, (row: PerColumn<number>) => row[column] ?? 0),
    },
    others: mapValues(others, (row: PerColumn<readonly number[]>) =>
      isArm ? [] : spansOf(row[column] ?? []),
    ),
  };
}

/** Out of offset and size in turn. */
const spansOf = (numbers: readonly number[]): readonly Span[] =>
  numbers.flatMap((begin, i) => (i % 2 === 0 ? [{ begin, end: begin + (numbers[i + 1] ?? 0) }] : []));

type AnyRow = Row<number | undefined>;
type Rows = Readonly<Record<string, AnyRow>>;

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
