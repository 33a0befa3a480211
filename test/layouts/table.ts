import { parseGoVersion } from '../../src/binary/go-version.js';
import { fieldBytes } from '../../src/binary/layouts-table.js';
import { fieldSpecs, pathOf, pathsOf, type sizedGlobals } from './fields.js';
import { type Measured, type Places, parseBuild, present } from './measure.js';

/** Builds that lay everything out alike, and how. */
export interface Group extends Measured {
  /** `go1.23.4`, and with what experiment: `go1.25.7 greenteagc`. */
  readonly builds: readonly string[];
}

/** A column of the table: from which release of which minor on, and what it holds. */
export interface TableColumn {
  readonly minor: number;
  readonly patch: number;
  readonly experiment: string | undefined;
  /** All that have it: they agree in what is read, not in all that lies around. */
  readonly groups: readonly Group[];
}

/**
 * The columns that the builds need: one for each minor release, one more for a patch release that moved something, and one
 * for an experiment that did. A candidate counts as the release that it leads to.
 */
export function columnsOf(groups: readonly Group[]): readonly TableColumn[] {
  const builds = groups.flatMap((group) => group.builds.map((build) => columnOf(build, group))).sort(inOrder);
  const columns: TableColumn[] = [];
  for (const build of builds) {
    const best = columns.findLastIndex(
      ({ minor, experiment }) =>
        minor === build.minor && (experiment === undefined || experiment === build.experiment),
    );
    const column = columns[best];
    if (column === undefined) columns.push({ ...build, patch: 0 });
    else if (readIn(column) !== readIn(build)) columns.push(build);
    else columns[best] = { ...column, groups: [...new Set([...column.groups, ...build.groups])] };
  }
  return columns.map((column) => (column.experiment === undefined ? column : { ...column, patch: 0 }));
}

function columnOf(build: string, group: Group): TableColumn {
  const { release, experiment } = parseBuild(build);
  const { minor = 0, patch = 0 } = parseGoVersion(release) ?? {};
  return { minor, patch, experiment: experiment === '' ? undefined : experiment, groups: [group] };
}

/** Where the fields are that are read, on both machines. */
const readIn = ({ minor, groups: [group] }: TableColumn): string =>
  JSON.stringify(pathsOf(minor).map((path) => [group?.amd64[path], group?.arm64[path]]));

/** Experiments come behind all patch releases of their minor. */
const inOrder = (a: TableColumn, b: TableColumn): number =>
  a.minor - b.minor ||
  Number(a.experiment !== undefined) - Number(b.experiment !== undefined) ||
  a.patch - b.patch;

/** A field's offset in each column. Throws where its size is not that of its kind. */
export function offsetsOf(
  columns: readonly TableColumn[],
  machine: keyof Measured,
  { global, name }: { readonly global: string; readonly name: string },
): readonly (number | undefined)[] {
  const kind = fieldSpecs[global]?.[name]?.kind ?? 'u64';
  return columns.map(({ minor, groups: [group] }) => {
    const path = pathOf(global, name, minor);
    const place = path === undefined ? undefined : group?.[machine][path];
    if (place !== undefined && place[1] !== fieldBytes[kind])
      throw new Error(`${path} has ${place[1]} bytes in ${group?.builds[0]}, which is no ${kind}`);
    return place?.[0];
  });
}

/** The sizes of the globals that have exact ones, in each column. */
export const sizesOf = (
  columns: readonly TableColumn[],
  machine: keyof Measured,
  global: (typeof sizedGlobals)[number],
): readonly number[] => columns.map(({ groups: [group] }) => group?.[machine][`runtime.${global}`]?.[1] ?? 0);

/** What lies in a global beside the fields that are read, in any build: offset and size, offset and size, ... */
export function othersOf({ minor, groups }: TableColumn, global: string): readonly number[] {
  const read = Object.keys(fieldSpecs[global] ?? {}).flatMap((name) =>
    present(groups[0]?.amd64[pathOf(global, name, minor) ?? '']),
  );
  const found = new Map<number, number>();
  for (const [path, [offset, size]] of groups.flatMap(({ amd64 }) => Object.entries(amd64))) {
    const isOther =
      path.startsWith(`runtime.${global}.`) && !read.some(([at]) => at >= offset && at < offset + size);
    if (isOther && size > 0) found.set(offset, Math.max(size, found.get(offset) ?? 0));
  }
  return [...found].sort(([a], [b]) => a - b).flat();
}

/** Puts a build's places to those of the others that are the same. */
export function addBuild(groups: readonly Group[], build: string, measured: Measured): readonly Group[] {
  const others = groups
    .map((group) => ({ ...group, builds: group.builds.filter((each) => each !== build) }))
    .filter(({ builds }) => builds.length > 0);
  const same = others.find(
    ({ amd64, arm64 }) => isSame(amd64, measured.amd64) && isSame(arm64, measured.arm64),
  );
  if (same === undefined) return [...others, { ...measured, builds: [build] }].sort(byFirst);
  const builds = [...same.builds, build].sort(byRelease);
  return others.map((group) => (group === same ? { ...same, builds } : group)).sort(byFirst);
}

const isSame = (a: Places, b: Places): boolean => sorted(a) === sorted(b);
const sorted = (places: Places): string =>
  JSON.stringify(Object.entries(places).sort(([x], [y]) => (x < y ? -1 : 1)));

/** A candidate comes before the release that it leads to. */
function byRelease(a: string, b: string): number {
  const rank = (build: string) => build.replace(/rc/, '.-').replace(/^(\S+)/, '$1.');
  return rank(a).localeCompare(rank(b), 'en', { numeric: true });
}
const byFirst = (a: Group, b: Group): number => byRelease(a.builds[0] ?? '', b.builds[0] ?? '');
