import { GctopError } from '../../error.js';
import { type ProbeName, probeCatalogue } from '../../gc/probe.js';
import type { PodRef } from '../../gc/source-control.js';

/** PxL as gctop has Pixie run it, made from the texts in pxl/, which also run by themselves. */

/** What can be deployed: a probe, or the one that only shows that probes can be placed. */
export type Traced = ProbeName | 'canary';

/** The text of each file that places a probe. */
export type PxlTexts = ReadonlyMap<Traced, string>;

export interface Tracepoint {
  readonly probe: Traced;
  readonly name: string;
  readonly table: string;
}

export interface DeployOptions {
  readonly texts: PxlTexts;
  /** `namespace/name`, whole. */
  readonly pod: string;
  readonly container?: string | undefined;
  /** A number and one unit: `10m`. */
  readonly ttl: string;
}

/** Places tracepoints, or renews those that are there; once they all run, its one table `status` tells of every tracepoint. */
export function deployScript(tracepoints: readonly Tracepoint[], options: DeployOptions): string {
  const { texts, pod, container = '', ttl } = options;
  return lines(
    'import px',
    'import pxtrace',
    '',
    `pod = ${quoted(pod)}`,
    `container = ${quoted(container)}`,
    `ttl = ${quoted(ttl)}`,
    ...tracepoints.flatMap(({ probe, name, table }) => [
      '',
      `tracepoint = ${quoted(name)}`,
      `table = ${quoted(table)}`,
      programOf(probe, texts),
    ]),
    '',
    showStatus,
  );
}

/** Removes one tracepoint: of several, a single unknown name would keep all of them. Its result is of no use. */
export const deleteScript = (name: string): string =>
  lines('import px', 'import pxtrace', '', `pxtrace.DeleteTracepoint(${quoted(name)})`, showStatus);

/** One table, `status`: each tracepoint of the cluster with its state and what went wrong. */
export const statusScript = (): string => lines('import px', '', showStatus);

/** One table, `agents`: Pixie's agents, their health, and whether they have kernel headers. */
export const pemScript = (): string => lines('import px', '', "px.display(px.GetAgentStatus(), 'agents')");

export interface ReadTable {
  readonly probe: ProbeName;
  readonly table: string;
  /** Rows of calls that returned then or later, ns since 1970 of the node's clock. */
  readonly startUnixNs: bigint;
}

export interface ReadOptions {
  readonly pod: string;
  /** Of each table. Pixie leaves out the newest beyond it and does not say so. */
  readonly maxRows: number;
}

/**
 * Reads tables, each shown under its probe's name with the columns of `rowColumns`. One that does not exist fails the whole
 * script. A table `clock` of one row has Pixie's time when it compiled the script, as `unix_ns`.
 */
export const readScript = (tables: readonly ReadTable[], { pod, maxRows }: ReadOptions): string =>
  lines(
    `#px:set max_output_rows_per_table=${maxRows}`,
    'import px',
    '',
    'clock = px.Version()',
    'clock.unix_ns = px.now()',
    "px.display(clock[['unix_ns']], 'clock')",
    ...tables.flatMap(({ probe, table, startUnixNs }) => [
      '',
      `df = px.DataFrame(${quoted(table)}, start_time=${startUnixNs})`,
      `df = df[df.ctx['pod'] == ${quoted(pod)}]`,
      `px.display(df[[${rowColumns(probe).map(quoted).join(', ')}]], ${quoted(probe)})`,
    ]),
  );

/** The columns that `readScript` shows: when the call returned, its process and goroutine, what the probe takes, how long. */
export const rowColumns = (probe: ProbeName): readonly string[] => [
  'time_',
  'upid',
  'goid_',
  ...ownColumns(probe),
];

export interface TracepointOptions {
  readonly texts: PxlTexts;
  readonly pod: PodRef;
  /** Another one for each attempt: what Pixie could not place once it never will under the same name. */
  readonly attempt: string;
}

/**
 * How a tracepoint is named. Pixie takes one of the same name and program for the same, whatever its target, and keeps the
 * columns of a table for ever: so its name tells target and program apart, and its table's name the columns. The target
 * comes first, by itself: whoever reads a name in the cluster sees whether it is a probe of the same program run.
 */
export function tracepointFor(
  probe: Traced,
  { texts, pod, attempt }: TracepointOptions,
): Tracepoint & { readonly targetPrefix: string } {
  const { namespace, name, instance, container = '' } = pod;
  const target = hashOf(JSON.stringify([namespace, name, container, instance]));
  const targetPrefix = `gctop_${probe}_${target}_`;
  const program = hashOf(programOf(probe, texts));
  return { probe, name: `${targetPrefix}${program}_${attempt}`, table: tableName(probe), targetPrefix };
}

/** The table that a probe fills, the same for every target and attempt. */
export const tableName = (probe: Traced): string => `gctop_${probe}_${hashOf(schemaOf(probe))}`;

/** A literal of Python and of PxL. What is not ASCII stays as it is, for the two do not escape it alike. */
export const quoted = (text: string): string =>
  `'${text
    .replace(/[\\']/g, '\\$&')
    .replace(/\p{Cc}/gu, hexEscape)
    .replace(/\p{Surrogate}/gu, '\ufffd')}'`;

/** Of a control character; beyond ASCII they can stay. */
const hexEscape = (control: string): string =>
  control < '\x80' ? `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}` : control;

const showStatus = "px.display(px.GetTracepointStatus(), 'status')";

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

const columnsOf = (probe: Traced) => (probe === 'canary' ? [] : probeCatalogue[probe].columns);

const ownColumns = (probe: Traced): readonly string[] => [
  ...columnsOf(probe).map(({ name }) => name),
  'latency',
];

const schemaOf = (probe: Traced): string =>
  [...columnsOf(probe).map(({ name, type }) => `${name}:${type}`), 'latency:integer'].join();

/** The part of a probe's file that defines and places it. */
function programOf(probe: Traced, texts: PxlTexts): string {
  const [, program] = /^# --- deploy\n(.*)^# --- show/ms.exec(texts.get(probe) ?? '') ?? [];
  if (program === undefined)
    throw new GctopError('INTERNAL', `the script of the probe ${probe} lacks its marks`);
  return program.trim();
}

/** FNV-1a, 32 bits, over UTF-8. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
