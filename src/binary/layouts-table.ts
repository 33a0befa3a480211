/**
 * Where the Go runtime keeps the collector's figures: byte offsets within its globals, linux/amd64, one column a layout.
 *
 * Every number equals the DWARF of a program built with that release. Built and compared: go1.16, 1.16.15; 1.17, 1.17.13;
 * 1.18, 1.18.10; 1.19, 1.19.13; 1.20, 1.20.14; 1.21.0, .13; 1.22.0, .6, .12; 1.23.0 to .12, each; 1.24.0, .3, .12, .13;
 * 1.25.0, .7, .14; 1.26rc1, .0, .5, .8, .11; 1.27.0, .4; with GOEXPERIMENT=greenteagc 1.25.7, with nogreenteagc 1.26.5
 * and 1.27.0 (both lay these fields out as without).
 */
export const columns = [
  { minor: 16, patch: 0 },
  { minor: 17, patch: 0 },
  { minor: 18, patch: 0 },
  { minor: 19, patch: 0 },
  { minor: 20, patch: 0 },
  { minor: 21, patch: 0 },
  { minor: 22, patch: 0 },
  { minor: 23, patch: 0 },
  { minor: 23, patch: 4 }, // work.strongFromWeak came with go1.23.4
  { minor: 24, patch: 0 },
  { minor: 25, patch: 0 },
  { minor: 25, patch: 0, experiment: 'greenteagc' }, // the default from Go 1.26 on
  { minor: 26, patch: 0 },
  { minor: 27, patch: 0 },
] as const satisfies readonly Column[];

/** A layout: of `minor` from `patch` on, where the program was built with that GOEXPERIMENT, if one is named. */
export interface Column {
  readonly minor: number;
  readonly patch: number;
  readonly experiment?: string;
}

/** How a field is stored, little-endian. `u64x256` is a ring of 256 numbers; a bool is a `u8`. */
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

/** Names are the runtime's own, except where a comment says otherwise. */
export const table = {
  work: {
    cycles: at('u32', [304, 320, 344, 344, 336, 400, 400, 392, 424, 424, 512, 608, 648, 648]),
    mode: at('i64', [232, 248, 272, 272, 272, 336, 336, 328, 328, 328, 392, 488, 528, 528]),
    userForced: at('u8', [240, 256, 280, 280, 280, 344, 344, 336, 336, 336, 400, 496, 536, 536]),
    stwprocs: at('i32', [308, 324, 348, 348, 340, 404, 404, 396, 428, 428, 516, 612, 652, 652]),
    maxprocs: at('i32', [312, 328, 352, 352, 344, 408, 408, 400, 432, 432, 520, 616, 656, 656]),
    tSweepTerm: at('i64', [320, 336, 360, 360, 352, 416, 416, 408, 440, 440, 528, 624, 664, 664]),
    tMark: at('i64', [328, 344, 368, 368, 360, 424, 424, 416, 448, 448, 536, 632, 672, 672]),
    tMarkTerm: at('i64', [336, 352, 376, 376, 368, 432, 432, 424, 456, 456, 544, 640, 680, 680]),
    tEnd: at('i64', [344, 360, 384, 384, 376, 440, 440, 432, 464, 464, 552, 648, 688, 688]),
    pauseNS: at('i64', [352, 368, 392, 392, 384, 448, 448, 440, 472, 472, 560, 656, 696, 696]),
    heap0: at('u64', [368, 384, 408, 408, 400, 464, 456, 448, 480, 480, 568, 664, 704, 704]),
    heap1: at('u64', [376, 392, 416, 416, 408, 472, 464, 456, 488, 488, 576, 672, 712, 712]),
    heap2: at('u64', [384, 400, 424, 424, 416, 480, 472, 464, 496, 496, 584, 680, 720, 720]),
    // The goal in force when the cycle began, until Go 1.18; later gcController.lastHeapGoal.
    heapGoal: at('u64', [392, 408, 432, no, no, no, no, no, no, no, no, no, no, no]),
    // Marked so far; workers of the running cycle, and how many of them wait.
    bytesMarked: at('u64', [128, 128, 128, 128, 128, 192, 192, 192, 192, 192, 256, 352, 368, 368]),
    nproc: at('u32', [144, 144, 144, 144, 144, 208, 208, 208, 208, 208, 272, 368, 384, 384]),
    nwait: at('u32', [160, 160, 160, 160, 160, 224, 224, 224, 224, 224, 288, 384, 400, 400]),
  },
  memstats: {
    // last_gc_unix and pause_end are wall clock, last_gc_nanotime is monotonic.
    last_gc_unix: at(
      'u64',
      [176, 168, 168, 3592, 3592, 3592, 3592, 3592, 3592, 3592, 3568, 3568, 3568, 3568],
    ),
    last_gc_nanotime: at(
      'u64',
      [5952, 5944, 5944, 7720, 7720, 7720, 7720, 7720, 7720, 7720, 7696, 7696, 7696, 7696],
    ),
    pause_total_ns: at(
      'u64',
      [184, 176, 176, 3600, 3600, 3600, 3600, 3600, 3600, 3600, 3576, 3576, 3576, 3576],
    ),
    // The rings: cycle n (from 1) is at (n - 1) & 255.
    pause_ns: at(
      'u64x256',
      [192, 184, 184, 3608, 3608, 3608, 3608, 3608, 3608, 3608, 3584, 3584, 3584, 3584],
    ),
    pause_end: at(
      'u64x256',
      [2240, 2232, 2232, 5656, 5656, 5656, 5656, 5656, 5656, 5656, 5632, 5632, 5632, 5632],
    ),
    numgc: at('u32', [4288, 4280, 4280, 7704, 7704, 7704, 7704, 7704, 7704, 7704, 7680, 7680, 7680, 7680]),
    numforcedgc: at(
      'u32',
      [4292, 4284, 4284, 7708, 7708, 7708, 7708, 7708, 7708, 7708, 7684, 7684, 7684, 7684],
    ),
    gc_cpu_fraction: at(
      'f64',
      [4296, 4288, 4288, 7712, 7712, 7712, 7712, 7712, 7712, 7712, 7688, 7688, 7688, 7688],
    ),
    // Until Go 1.18 the heap's figures are here, until Go 1.16 the pacer's, too.
    heap_inuse: at('u64', [56, 56, 56, no, no, no, no, no, no, no, no, no, no, no]),
    heap_released: at('u64', [64, 64, 64, no, no, no, no, no, no, no, no, no, no, no]),
    next_gc: at('u64', [168, no, no, no, no, no, no, no, no, no, no, no, no, no]),
    gc_trigger: at('u64', [5992, no, no, no, no, no, no, no, no, no, no, no, no, no]),
    heap_live: at('u64', [6000, no, no, no, no, no, no, no, no, no, no, no, no, no]),
    heap_marked: at('u64', [6016, no, no, no, no, no, no, no, no, no, no, no, no, no]),
  },
  gcController: {
    // Absent in Go 1.16: there it is the global runtime.gcpercent.
    gcPercent: at('i32', [no, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    memoryLimit: at('i64', [no, no, no, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]),
    heapMinimum: at('u64', [no, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16]),
    trigger: at('u64', [no, 24, 24, no, no, no, no, no, no, no, no, no, no, no]),
    heapGoal: at('u64', [no, 32, 104, no, no, no, no, no, no, no, no, no, no, no]),
    gcPercentHeapGoal: at('u64', [no, no, no, 104, 48, 72, 72, 72, 72, 72, 72, 72, 72, 72]),
    sweepDistMinTrigger: at('u64', [no, no, no, 112, 56, 80, 80, 80, 80, 80, 80, 80, 80, 80]),
    triggered: at('u64', [no, no, no, 120, 64, 88, 88, 88, 88, 88, 88, 88, 88, 88]),
    // In force during the cycle that ended last; its gctrace line prints it from Go 1.19 on.
    lastHeapGoal: at('u64', [no, 40, 112, 128, 72, 96, 96, 96, 96, 96, 96, 96, 96, 96]),
    heapLive: at('u64', [no, 48, 120, 136, 80, 104, 104, 104, 104, 104, 104, 104, 104, 104]),
    heapMarked: at('u64', [no, 64, 168, 184, 128, 152, 152, 152, 152, 152, 152, 152, 152, 152]),
    // What gctrace prints as stacks: stackScan in Go 1.18, maxStackScan in 1.19, lastStackScan from 1.20 on.
    printedStackScan: at('u64', [no, no, 144, 168, 104, 128, 128, 128, 128, 128, 128, 128, 128, 128]),
    globalsScan: at('u64', [no, no, 160, 176, 120, 144, 144, 144, 144, 144, 144, 144, 144, 144]),
    // Scan work that is expected of the running cycle is lastHeapScan + lastStackScan + globalsScan (Go 1.18 on).
    lastHeapScan: at('u64', [no, no, 136, 152, 96, 120, 120, 120, 120, 120, 120, 120, 120, 120]),
    lastStackScan: at('u64', [no, no, no, 160, 104, 128, 128, 128, 128, 128, 128, 128, 128, 128]),
    // Scan work done; one figure until Go 1.17.
    scanWork: at('i64', [0, 72, no, no, no, no, no, no, no, no, no, no, no, no]),
    heapScanWork: at('i64', [no, no, 176, 192, 136, 160, 160, 160, 160, 160, 160, 160, 160, 160]),
    stackScanWork: at('i64', [no, no, 184, 200, 144, 168, 168, 168, 168, 168, 168, 168, 168, 168]),
    globalsScanWork: at('i64', [no, no, 192, 208, 152, 176, 176, 176, 176, 176, 176, 176, 176, 176]),
    bgScanCredit: at('i64', [8, 80, 200, 216, 160, 184, 184, 184, 184, 184, 184, 184, 184, 184]),
    // CPU time of the running cycle, or of the last one until the next begins.
    assistTime: at('i64', [16, 88, 208, 224, 168, 192, 192, 192, 192, 192, 192, 192, 192, 192]),
    dedicatedMarkTime: at('i64', [24, 96, 216, 232, 176, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    fractionalMarkTime: at('i64', [32, 104, 224, 240, 184, 208, 208, 208, 208, 208, 208, 208, 208, 208]),
    idleMarkTime: at('i64', [40, 112, 232, 248, 192, 216, 216, 216, 216, 216, 216, 216, 216, 216]),
    markStartTime: at('i64', [48, 120, 240, 256, 200, 224, 224, 224, 224, 224, 224, 224, 224, 224]),
    dedicatedMarkWorkersNeeded: at(
      'i64',
      [56, 128, 248, 264, 208, 232, 232, 232, 232, 232, 232, 232, 232, 232],
    ),
    heapInUse: at('u64', [no, no, no, 304, 248, 272, 272, 272, 272, 272, 272, 272, 272, 272]),
    heapReleased: at('u64', [no, no, no, 312, 256, 280, 280, 280, 280, 280, 280, 280, 280, 280]),
    heapFree: at('u64', [no, no, no, 320, 264, 288, 288, 288, 288, 288, 288, 288, 288, 288]),
    totalAlloc: at('u64', [no, no, no, 328, 272, 296, 296, 296, 296, 296, 296, 296, 296, 296]),
    totalFree: at('u64', [no, no, no, 336, 280, 304, 304, 304, 304, 304, 304, 304, 304, 304]),
    mappedReady: at('u64', [no, no, no, 344, 288, 312, 312, 312, 312, 312, 312, 312, 312, 312]),
  },
  mheap_: {
    // Go 1.16, 1.17: the sweep is over when the flag is set and no sweeper is left.
    sweepdone: at('u32', [65836, no, no, no, no, no, no, no, no, no, no, no, no, no]),
    sweepDrained: at('u32', [no, 65836, no, no, no, no, no, no, no, no, no, no, no, no]),
    sweepers: at('u32', [65840, 65840, no, no, no, no, no, no, no, no, no, no, no, no]),
    pagesInUse: at(
      'u64',
      [65880, 65880, 65872, 65880, 65848, 65888, 65888, 65888, 65888, 65888, 65888, 65888, 65888, 65888],
    ),
    pagesSwept: at(
      'u64',
      [65888, 65888, 65880, 65888, 65856, 65896, 65896, 65896, 65896, 65896, 65896, 65896, 65896, 65896],
    ),
  },
  sweep: {
    // Top bit: no span is left to sweep; the rest counts the sweepers (runtime/mgcsweep.go, activeSweep).
    activeState: at('u32', [no, no, 28, 28, 28, 28, 20, 20, 20, 20, 20, 20, 20, 20]),
  },
} as const;

/** The sizes of two globals, which no patch release changed without moving fields: they tell a foreign layout. */
export const sizes = {
  work: [400, 416, 440, 432, 512, 576, 568, 560, 592, 592, 680, 776, 816, 816],
  gcController: [152, 224, 352, 424, 368, 392, 392, 392, 392, 392, 392, 392, 392, 392],
} as const satisfies Record<string, PerColumn<number>>;
