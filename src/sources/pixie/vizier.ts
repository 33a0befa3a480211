/** One Vizier, as the rest of this source needs it: a script goes in, its whole result comes out. */
export interface Vizier {
  /**
   * Runs a script to its end. A mutation that is not in place yet is no failure: its outcome has code 14, and no table.
   * Throws `PIXIE_SCRIPT` for a script that does not compile, `PIXIE_UNREACHABLE`, `PIXIE_REFUSED`,
   * `CLUSTER_UNHEALTHY`, `PIXIE_FAILED`, and the signal's reason.
   */
  run(script: string, options: RunOptions): Promise<ScriptResult>;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** The script places or removes tracepoints: without it pxtrace has no effect. @default false */
  readonly mutation?: boolean;
}

export interface ScriptResult {
  readonly tables: readonly ScriptTable[];
  /** What became of the script's tracepoints; only with `mutation`. */
  readonly mutation?: MutationOutcome;
}

/** One table of a result, whole, column by column. */
export interface ScriptTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ScriptColumn[];
}

/** The values of a table's column of strings; none where it has no such column. */
export function stringsOf(table: ScriptTable | undefined, name: string): readonly string[] {
  const column = table?.columns.find((each) => each.name === name);
  return column?.type === 'string' ? column.values : [];
}

/** int64 and times (ns since 1970) are exact; a UINT128 is in the dashed form of a UUID. */
export type ScriptColumn = { readonly name: string } & (
  | { readonly type: 'int64' | 'time64ns'; readonly values: readonly bigint[] }
  | { readonly type: 'float64'; readonly values: readonly number[] }
  | { readonly type: 'boolean'; readonly values: readonly boolean[] }
  | { readonly type: 'string' | 'uint128'; readonly values: readonly string[] }
);

export interface MutationOutcome {
  /** A code of google.rpc: 0, everything runs; 14, send the whole script again. */
  readonly code: number;
  readonly message: string;
  readonly states: readonly TracepointState[];
}

export interface TracepointState {
  readonly id: string;
  readonly name: string;
  readonly state: 'unknown' | 'pending' | 'running' | 'failed' | 'terminated';
}
