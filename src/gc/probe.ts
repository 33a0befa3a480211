/** The functions of the Go runtime whose single calls can be watched, by the last part of their names. */
export const probeNames = [
  'GC',
  'gcWaitOnMark',
  'gcSweep',
  'gcStart',
  'gcMarkTermination',
  'stopTheWorldWithSema',
  'startTheWorldWithSema',
  'allocSpan',
  'sweepone',
  'gcDrainN',
  'gcAssistAlloc1',
  'gcSetTriggerRatio',
  'commit',
  'gcPaceSweeper',
] as const;
export type ProbeName = (typeof probeNames)[number];

/** What a probe takes from each call, beside when it returned and how long it took (`latency`, ns). */
export interface ProbeColumn {
  readonly name: string;
  /** An argument, or a field of one (`c.heapMarked`); or a result, `$0` being the first. */
  readonly of: 'argument' | 'result';
  readonly expression: string;
  readonly type: 'integer' | 'float';
}

/** One function of the runtime, what a probe takes from it, and the minors of Go 1 that have it so. */
export interface ProbeSpec {
  readonly name: ProbeName;
  /** The symbol, whole. */
  readonly symbol: string;
  readonly columns: readonly ProbeColumn[];
  readonly firstMinor: number;
  /** Absent: the newest as well. */
  readonly lastMinor?: number;
}
