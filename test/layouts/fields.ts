import type { FieldKind } from '../../src/binary/layouts-table.js';

/** A field as the table has it, and how the runtime's debug information names it. */
export interface FieldSpec {
  readonly kind: FieldKind;
  /** Behind the global's name, for a minor release; undefined where it has none. @default the field's own name */
  readonly path?: (minor: number) => string | undefined;
  /** What stands above it in the table. */
  readonly comment?: readonly string[];
}

const field = (kind: FieldKind, ...comment: readonly string[]): FieldSpec => ({ kind, comment });

/** Everything that is read, in the order of the table. */
export const fieldSpecs: Readonly<Record<string, Readonly<Record<string, FieldSpec>>>> = {
  work: {
    cycles: field('u32'),
    mode: field('i64'),
    userForced: field('u8'),
    stwprocs: field('i32'),
    maxprocs: field('i32'),
    tSweepTerm: field('i64'),
    tMark: field('i64'),
    tMarkTerm: field('i64'),
    tEnd: field('i64'),
    pauseNS: field('i64'),
    heap0: field('u64'),
    heap1: field('u64'),
    heap2: field('u64'),
    heapGoal: field(
      'u64',
      'The goal in force when the cycle began, until Go 1.18; later gcController.lastHeapGoal.',
    ),
    bytesMarked: field('u64', 'Marked so far; workers of the running cycle, and how many of them wait.'),
    nproc: field('u32'),
    nwait: field('u32'),
  },
  memstats: {
    last_gc_unix: field('u64', 'last_gc_unix and pause_end are wall clock, last_gc_nanotime is monotonic.'),
    last_gc_nanotime: field('u64'),
    pause_total_ns: field('u64'),
    pause_ns: field('u64x256', 'The rings: cycle n (from 1) is at (n - 1) & 255.'),
    pause_end: field('u64x256'),
    numgc: field('u32'),
    numforcedgc: field('u32'),
    gc_cpu_fraction: field('f64'),
    heap_inuse: field('u64', "Until Go 1.18 the heap's figures are here, until Go 1.16 the pacer's, too."),
    heap_released: field('u64'),
    next_gc: field('u64'),
    gc_trigger: field('u64'),
    heap_live: field('u64'),
    heap_marked: field('u64'),
  },
  gcController: {
    gcPercent: field('i32', 'Absent in Go 1.16: there it is the global runtime.gcpercent.'),
    memoryLimit: field('i64'),
    heapMinimum: field('u64'),
    trigger: field('u64'),
    heapGoal: field('u64'),
    gcPercentHeapGoal: field('u64'),
    sweepDistMinTrigger: field('u64'),
    triggered: field('u64'),
    lastHeapGoal: field(
      'u64',
      'In force during the cycle that ended last; its gctrace line prints it from Go 1.19 on.',
    ),
    heapLive: field('u64'),
    heapMarked: field('u64'),
    printedStackScan: {
      kind: 'u64',
      comment: [
        'What gctrace prints as stacks: stackScan in Go 1.18, maxStackScan in 1.19, lastStackScan from 1.20 on.',
      ],
      path: (minor) =>
        minor < 18 ? undefined : minor === 18 ? 'stackScan' : minor === 19 ? 'maxStackScan' : 'lastStackScan',
    },
    globalsScan: field('u64'),
    lastHeapScan: field(
      'u64',
      'Scan work that is expected of the running cycle is lastHeapScan + lastStackScan + globalsScan (Go 1.18 on).',
    ),
    lastStackScan: field('u64'),
    scanWork: field('i64', 'Scan work done; one figure until Go 1.17.'),
    heapScanWork: field('i64'),
    stackScanWork: field('i64'),
    globalsScanWork: field('i64'),
    bgScanCredit: field('i64'),
    assistTime: field('i64', 'CPU time of the running cycle, or of the last one until the next begins.'),
    dedicatedMarkTime: field('i64'),
    fractionalMarkTime: field('i64'),
    idleMarkTime: field('i64'),
    markStartTime: field('i64'),
    dedicatedMarkWorkersNeeded: field('i64'),
    heapInUse: field('u64'),
    heapReleased: field('u64'),
    heapFree: field('u64'),
    totalAlloc: field('u64'),
    totalFree: field('u64'),
    mappedReady: field('u64'),
  },
  mheap_: {
    sweepdone: field('u32', 'Go 1.16, 1.17: the sweep is over when the flag is set and no sweeper is left.'),
    sweepDrained: field('u32'),
    sweepers: field('u32'),
    pagesInUse: field('u64'),
    pagesSwept: field('u64'),
  },
  sweep: {
    activeState: {
      kind: 'u32',
      path: () => 'active.state',
      comment: [
        'Top bit: no span is left to sweep; the rest counts the sweepers (runtime/mgcsweep.go, activeSweep).',
      ],
    },
  },
  // Types, not globals: what a probe reads of the goroutine that it finds (runtime/runtime2.go).
  g: {
    stackHi: { kind: 'u64', path: () => 'stack.hi' },
    m: field('u64'),
    goid: field('u64'),
  },
  m: {
    curg: field('u64', 'The goroutine that runs on the thread, also while it is on the system stack.'),
  },
};

/** Of those, the globals: nothing else may lie where their fields are read. */
export const globals: readonly string[] = Object.keys(fieldSpecs).filter(
  (name) => name !== 'g' && name !== 'm',
);

/** The globals whose sizes no patch release changed without moving fields. */
export const sizedGlobals = ['work', 'gcController'] as const;

/** The name of a field in the debug information of a minor release. */
export function pathOf(global: string, name: string, minor: number): string | undefined {
  const { path } = fieldSpecs[global]?.[name] ?? {};
  const behind = path === undefined ? name : path(minor);
  return behind === undefined ? undefined : `runtime.${global}.${behind}`;
}

/** Every name that is asked of a minor release's debug information; `runtime.work.*` stands for all fields there are. */
export const pathsOf = (minor: number): readonly string[] => [
  ...sizedGlobals.map((global) => `runtime.${global}`),
  ...globals.map((global) => `runtime.${global}.*`),
  ...Object.entries(fieldSpecs).flatMap(([global, fields]) =>
    Object.keys(fields).flatMap((name) => pathOf(global, name, minor) ?? []),
  ),
];
