import { fieldSpecs, globals, pathsOf, sizedGlobals } from './fields.js';
import type { Measured } from './measure.js';
import { columnsOf, type Group, offsetsOf, othersOf, sizesOf, type TableColumn } from './table.js';

/** The text of src/binary/layouts-table.ts. */
export function writeTable(groups: readonly Group[]): string {
  const columns = columnsOf(groups);
  const shown = columns.map(({ minor, patch, experiment }, i) => {
    const why = remarkOn(columns, i);
    const name = experiment === undefined ? '' : `, experiment: '${experiment}'`;
    return `  { minor: ${minor}, patch: ${patch}${name} },${why}`;
  });
  return `${head(groups)}
export const columns = [
${shown.join('\n')}
] as const satisfies readonly Column[];

${types}
/** Names are the runtime's own, except where a comment says otherwise. linux/amd64. */
export const table = {
${Object.keys(fieldSpecs)
  .map((global) => rowsOf(columns, 'amd64', global))
  .join('\n')}
} as const;

/** The globals that linux/arm64, with its longer cache lines, lays out in another way. */
export const arm64Table = {
${arm64Globals(columns)
  .map((global) => rowsOf(columns, 'arm64', global))
  .join('\n')}
} as const;

/** The sizes of two globals, which no patch release changed without moving fields: they tell a foreign layout. */
export const sizes = {
${sizesText(columns, 'amd64')}
} as const satisfies Record<string, PerColumn<number>>;

/**
 * What lies beside those fields, as offset and size in turn, in each column: no field that is read may share a place with
 * it. linux/amd64.
 */
export const others = {
${globals
  .map(
    (global) =>
      `  ${global}: [${columns.map((column) => `[${othersOf(column, global).join(', ')}]`).join(', ')}],`,
  )
  .join('\n')}
} as const satisfies Record<string, PerColumn<readonly number[]>>;

export const arm64Sizes = {
${sizesText(columns, 'arm64')}
} as const satisfies Record<keyof typeof sizes, PerColumn<number>>;
`;
}

/** Why a minor release has another column. */
function remarkOn(columns: readonly TableColumn[], index: number): string {
  const [before, column] = [columns[index - 1], columns[index]];
  if (column === undefined || before?.minor !== column.minor) return '';
  if (column.experiment !== undefined) return '';
  const placesIn = ({ groups: [group] }: TableColumn) => group?.amd64 ?? {};
  const moved = pathsOf(column.minor).filter(
    (path) => placesIn(column)[path]?.[0] !== placesIn(before)[path]?.[0],
  );
  return ` // ${moved.length} fields moved with go1.${column.minor}.${column.patch}`;
}

function rowsOf(columns: readonly TableColumn[], machine: keyof Measured, global: string): string {
  const rows = Object.entries(fieldSpecs[global] ?? {}).map(([name, { kind, comment = [] }]) => {
    const offsets = offsetsOf(columns, machine, { global, name });
    const comments = machine === 'amd64' ? comment.map((line) => `    // ${line}\n`).join('') : '';
    return `${comments}    ${name}: at('${kind}', [${offsets.map((offset) => offset ?? 'no').join(', ')}]),`;
  });
  return `  ${global}: {\n${rows.join('\n')}\n  },`;
}

const arm64Globals = (columns: readonly TableColumn[]): readonly string[] =>
  Object.keys(fieldSpecs).filter(
    (global) =>
      rowsOf(columns, 'arm64', global) !== rowsOf(columns, 'amd64', global).replace(/ +\/\/.*\n/g, ''),
  );

const sizesText = (columns: readonly TableColumn[], machine: keyof Measured): string =>
  sizedGlobals.map((global) => `  ${global}: [${sizesOf(columns, machine, global).join(', ')}],`).join('\n');

function head(groups: readonly Group[]): string {
  const columns = columnsOf(groups);
  const agreeing = groups.map(({ builds }) => builds.map((build) => build.replace(/^go/, '')).join(', '));
  return `/**
 * Where the Go runtime keeps the collector's figures: byte offsets within its globals, one column a layout.
 *
 * Written by test/layouts/generate.ts from the debug information (DWARF) of a program built with each of these releases,
 * for linux/amd64 and linux/arm64, and where one is named with that GOEXPERIMENT; those in one line agree in everything:
 *
${agreeing.map((line) => wrapped(` * ${line};`)).join('\n')}
 *
 * ${columns.length} columns. Do not edit: CONTRIBUTING.md says how a release is added.
 */`;
}

const wrapped = (line: string): string =>
  line.length <= 110 ? line : line.replace(/(.{80,105},) /g, '$1\n *   ');

const types = `/** A layout: of \`minor\` from \`patch\` on, where the program was built with that GOEXPERIMENT, if one is named. */
export interface Column {
  readonly minor: number;
  readonly patch: number;
  readonly experiment?: string;
}

/** How a field is stored, little-endian. \`u64x256\` is a ring of 256 numbers; a bool is a \`u8\`. */
export type FieldKind = keyof typeof fieldBytes;

export const fieldBytes = { u8: 1, i32: 4, u32: 4, i64: 8, u64: 8, f64: 8, u64x256: 2048 } as const;

/** One value for each column. */
export type PerColumn<T> = EachOf<typeof columns, T>;
type EachOf<Tuple extends readonly unknown[], T> = { readonly [Index in keyof Tuple]: T };

/** One field: how it is stored, and its offset in each column, where it has one. */
export interface Row<Offset extends number | undefined> {
  readonly kind: FieldKind;
  readonly offsets: PerColumn<Offset>;
}

const at = <Offset extends number | undefined>(kind: FieldKind, offsets: PerColumn<Offset>): Row<Offset> => ({
  kind,
  offsets,
});

const no = undefined;
`;
