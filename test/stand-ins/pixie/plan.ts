/** What a script asks for, as plan.py writes it down. */
export interface Plan {
  readonly mutations: readonly Mutation[];
  readonly displays: readonly Display[];
}

export type Mutation = Upsert | { readonly kind: 'delete'; readonly name: string };

export interface Upsert {
  readonly kind: 'upsert';
  readonly name: string;
  readonly table: string;
  readonly ttlNs: string;
  readonly program: Program;
  readonly target: Target;
}

/** A probe of one function, and what it takes from each call. */
export interface Program {
  readonly symbol: string;
  readonly outputs: readonly ProgramOutput[];
}

export interface ProgramOutput {
  readonly column: string;
  readonly of: 'argument' | 'result' | 'latency';
  readonly expression: string;
}

export interface Target {
  readonly pod: string;
  readonly container: string;
  readonly process: string;
}

export interface Display {
  readonly name: string;
  readonly frame: FramePlan;
}

export interface FramePlan {
  readonly source: FrameSource;
  readonly ops: readonly FrameOp[];
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export type FrameSource = Place &
  (
    | {
        readonly kind: 'table';
        readonly table: string;
        readonly select: readonly string[] | null;
        readonly start: Expression | null;
        readonly end: Expression | null;
      }
    | { readonly kind: 'udtf'; readonly name: string; readonly args: Readonly<Record<string, unknown>> }
  );

export type FrameOp = Place &
  (
    | { readonly op: 'map'; readonly name: string; readonly value: Expression }
    | { readonly op: 'filter'; readonly value: Expression }
    | { readonly op: 'select' | 'drop'; readonly columns: readonly string[] }
    | { readonly op: 'head'; readonly rows: number }
    | { readonly op: 'append'; readonly frames: readonly FramePlan[] }
    | MergeOp
    | { readonly op: 'agg'; readonly by: readonly string[]; readonly outputs: readonly Aggregate[] }
  );

/** Rows of two frames side by side, where their keys are equal. */
export interface MergeOp {
  readonly op: 'merge';
  readonly right: FramePlan;
  readonly how: 'inner' | 'left';
  readonly leftOn: readonly string[];
  readonly rightOn: readonly string[];
  readonly suffixes: readonly [string, string];
}

export interface Aggregate {
  readonly name: string;
  readonly of: string;
  readonly fn: string;
}

export type Expression =
  | { readonly col: string }
  | { readonly ctx: string }
  | { readonly fn: string; readonly args: readonly Expression[] }
  | { readonly type: 'int64' | 'string'; readonly value: string }
  | { readonly type: 'float64'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean };

/** What a compiler has to say against a script. */
export class CompilerError extends Error {
  readonly place: Place | undefined;

  constructor(message: string, place?: Place) {
    super(message);
    this.place = place;
  }
}
