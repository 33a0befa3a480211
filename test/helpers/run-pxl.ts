import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a script did, run by Python against stubs of Pixie's modules. */
export interface PxlRun {
  readonly upserts: readonly PxlUpsert[];
  readonly deletes: readonly string[];
  readonly displays: Readonly<Record<string, PxlTable>>;
  /** Of `calls`, by the function's name. */
  readonly results: Readonly<Record<string, PxlTable>>;
  /** The script's variables that hold strings. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface PxlUpsert {
  readonly name: string;
  readonly table: string;
  readonly symbol: string;
  readonly columns: readonly (readonly [name: string, taken: { of: string; expression?: string }])[];
  /** Pod, container, pattern of the command line. */
  readonly target: readonly [string, string, string];
  readonly ttl: string;
}

export interface PxlTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface PxlWorld {
  readonly tables?: Readonly<Record<string, PxlTable>>;
  /** Which pod a process is of, by upid. */
  readonly pods?: Readonly<Record<string, string>>;
  readonly now?: number;
  readonly calls?: readonly (readonly [name: string, args: Readonly<Record<string, string>>])[];
}

const runner = fileURLToPath(new URL('./pxl/run.py', import.meta.url));

/** Runs a PxL script; throws what Python says of one that fails. */
export function runPxl(script: string, world: PxlWorld = {}): PxlRun {
  const { tables = {}, pods = {}, now = 0, calls = [] } = world;
  const input = JSON.stringify({ script, tables, pods, now, calls });
  const { status, stdout, stderr, error } = spawnSync('python3', [runner], { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${stderr}\nthe script:\n${script}`);
  return JSON.parse(stdout);
}
