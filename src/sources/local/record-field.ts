import type { GlobalName, Layout } from '../../binary/layouts.js';

/** All that the runtime keeps of one cycle, as it keeps it. Times since the session's origin, `notYet` before the first; sizes in bytes. */
export interface CycleRecord {
  /** memstats.numgc and numforcedgc, after the cycle. */
  readonly number: number;
  readonly forcedCycles: number;
  /** work.cycles: equals `number` from the end of a cycle to the next one's first stop. */
  readonly started: number;
  /** 1 when runtime.GC() asked for the cycle; cycle-record.ts says when it lies. */
  readonly userForced: number;
  readonly stwProcs: number;
  readonly procs: number;
  readonly sweepTermAtNs: number;
  readonly markAtNs: number;
  readonly markTermAtNs: number;
  readonly endAtNs: number;
  readonly pauseNs: number;
  readonly heapAtStart: number;
  readonly heapAtEnd: number;
  readonly heapMarked: number;
  readonly heapGoal: number;
  /** Go 1.18 and later. */
  readonly stackScan?: number;
  readonly globalsScan?: number;
  readonly assistNs: number;
  readonly dedicatedNs: number;
  readonly fractionalNs: number;
  readonly idleNs: number;
  readonly cpuFraction: number;
}

/** How a figure is stored; `time` is a nanotime, CLOCK_MONOTONIC. */
export type FigureType = 'u8' | 'u32' | 'u64' | 'f64' | 'time';

/** Where one figure of the record lies. */
export interface RecordField {
  readonly key: keyof CycleRecord;
  readonly type: FigureType;
  readonly global: GlobalName;
  readonly offset: number;
}

/** Where gcMarkTermination (runtime/mgc.go) takes the figures of a gctrace line from, and what proves them. */
export function recordFields(layout: Layout): readonly RecordField[] {
  const { work, memstats, gcController } = layout;
  const found: RecordField[] = [];
  const add = (key: keyof CycleRecord, type: FigureType, global: GlobalName, offset: number | undefined) => {
    if (offset !== undefined) found.push({ key, type, global, offset });
  };
  add('number', 'u32', 'memstats', memstats.numgc);
  add('forcedCycles', 'u32', 'memstats', memstats.numforcedgc);
  add('cpuFraction', 'f64', 'memstats', memstats.gc_cpu_fraction);
  add('started', 'u32', 'work', work.cycles);
  add('userForced', 'u8', 'work', work.userForced);
  add('stwProcs', 'u32', 'work', work.stwprocs);
  add('procs', 'u32', 'work', work.maxprocs);
  add('sweepTermAtNs', 'time', 'work', work.tSweepTerm);
  add('markAtNs', 'time', 'work', work.tMark);
  add('markTermAtNs', 'time', 'work', work.tMarkTerm);
  add('endAtNs', 'time', 'work', work.tEnd);
  add('pauseNs', 'u64', 'work', work.pauseNS);
  add('heapAtStart', 'u64', 'work', work.heap0);
  add('heapAtEnd', 'u64', 'work', work.heap1);
  add('heapMarked', 'u64', 'work', work.heap2);
  // Up to Go 1.18 the goal in force is copied to work; later the controller keeps it.
  if (work.heapGoal !== undefined) add('heapGoal', 'u64', 'work', work.heapGoal);
  else add('heapGoal', 'u64', 'gcController', gcController.lastHeapGoal);
  add('stackScan', 'u64', 'gcController', gcController.printedStackScan);
  add('globalsScan', 'u64', 'gcController', gcController.globalsScan);
  add('assistNs', 'u64', 'gcController', gcController.assistTime);
  add('dedicatedNs', 'u64', 'gcController', gcController.dedicatedMarkTime);
  add('fractionalNs', 'u64', 'gcController', gcController.fractionalMarkTime);
  add('idleNs', 'u64', 'gcController', gcController.idleMarkTime);
  return found;
}

/** Puts single figures together; undefined when one is missing that every release has. */
export function recordOf(figures: Partial<CycleRecord>): CycleRecord | undefined {
  return isComplete(figures) ? figures : undefined;
}

const everywhere: readonly (keyof CycleRecord)[] = [
  'number',
  'forcedCycles',
  'started',
  'userForced',
  'stwProcs',
  'procs',
  'sweepTermAtNs',
  'markAtNs',
  'markTermAtNs',
  'endAtNs',
  'pauseNs',
  'heapAtStart',
  'heapAtEnd',
  'heapMarked',
  'heapGoal',
  'assistNs',
  'dedicatedNs',
  'fractionalNs',
  'idleNs',
  'cpuFraction',
];

const isComplete = (figures: Partial<CycleRecord>): figures is CycleRecord =>
  everywhere.every((key) => figures[key] !== undefined);
