import type { GlobalName } from './layouts.js';

/**
 * Functions of the runtime that use a field, each in some release. `operand`: an instruction names the field's address;
 * `offset`: the function is a method, and reaches the field by its offset from the receiver.
 */
export interface Witness {
  readonly operand?: readonly string[];
  readonly offset?: readonly string[];
}

const cycle = { operand: ['gcStart', 'gcMarkTermination'] };
const end = { operand: ['gcMarkTermination'] };
const commit = { offset: ['(*gcControllerState).commit'] };
const resetLive = { offset: ['(*gcControllerState).resetLive'] };
const heapGoal = { offset: ['(*gcControllerState).heapGoalInternal'] };

/**
 * What proves each field of the layouts in a program's own code (runtime/mgc.go, mgcpacer.go, mgcsweep.go of Go 1.16 to
 * 1.27). A field that is shifted has no instruction, or shares its place with another one.
 */
export const witnesses: Readonly<Record<GlobalName, Readonly<Record<string, Witness>>>> = {
  work: {
    cycles: { operand: ['gcStart'] },
    mode: { operand: ['gcStart'] },
    userForced: cycle,
    stwprocs: cycle,
    maxprocs: cycle,
    tSweepTerm: cycle,
    tMark: end,
    tMarkTerm: { operand: ['gcMarkDone', 'gcMarkTermination'] },
    tEnd: end,
    pauseNS: cycle,
    heap0: cycle,
    heap1: end,
    heap2: end,
    heapGoal: cycle,
    bytesMarked: { operand: ['gcMark'] },
    nproc: { operand: ['gcMarkDone', 'gcStart'] },
    nwait: { operand: ['gcMarkDone', 'gcStart'] },
  },
  memstats: {
    last_gc_unix: end,
    last_gc_nanotime: end,
    pause_total_ns: end,
    pause_ns: end,
    pause_end: end,
    numgc: end,
    numforcedgc: end,
    gc_cpu_fraction: end,
    heap_inuse: { operand: ['(*mheap).allocSpan'] },
    heap_released: { operand: ['(*mheap).allocSpan'] },
    next_gc: { operand: ['gcSetTriggerRatio'] },
    gc_trigger: { operand: ['gcSetTriggerRatio'] },
    heap_live: { operand: ['gcMark', 'gcStart'] },
    heap_marked: { operand: ['gcSetTriggerRatio'] },
  },
  gcController: {
    gcPercent: { operand: ['gcStart', 'gcControllerCommit'] },
    memoryLimit: { operand: ['gcControllerCommit', '(*mheap).allocSpan'] },
    heapMinimum: commit,
    trigger: { operand: ['gcStart', 'mallocgc'] },
    heapGoal: { operand: ['gcStart', 'gcMarkTermination'] },
    gcPercentHeapGoal: heapGoal,
    sweepDistMinTrigger: heapGoal,
    triggered: heapGoal,
    lastHeapGoal: end,
    heapLive: end,
    heapMarked: { operand: ['gcMark'], ...resetLive },
    printedStackScan: end,
    globalsScan: end,
    lastHeapScan: resetLive,
    lastStackScan: { operand: ['gcMarkTermination'], ...resetLive },
    scanWork: { operand: ['gcDrain', 'gcMark'] },
    heapScanWork: { operand: ['gcDrain', '(*gcWork).dispose'] },
    stackScanWork: { operand: ['markroot'] },
    globalsScanWork: { operand: ['markroot'] },
    bgScanCredit: { operand: ['gcFlushBgCredit', 'gcAssistAlloc'] },
    assistTime: end,
    dedicatedMarkTime: end,
    fractionalMarkTime: end,
    idleMarkTime: end,
    markStartTime: { operand: ['pollFractionalWorkerExit'] },
    dedicatedMarkWorkersNeeded: { operand: ['gcBgMarkWorker'], offset: ['(*gcControllerState).startCycle'] },
    heapInUse: { operand: ['(*mheap).allocSpan'] },
    heapReleased: { operand: ['(*mheap).allocSpan'] },
    heapFree: { operand: ['(*mheap).allocSpan'] },
    totalAlloc: { operand: ['(*mcache).refill'] },
    totalFree: { operand: ['(*sweepLocked).sweep'] },
    mappedReady: { operand: ['(*mheap).allocSpan'] },
  },
  mheap_: {
    sweepdone: { operand: ['sweepone'] },
    sweepDrained: { operand: ['sweepone'] },
    sweepers: { operand: ['sweepone'] },
    pagesInUse: { operand: ['gcPaceSweeper', '(*gcControllerState).commit', 'gcSetTriggerRatio'] },
    pagesSwept: { operand: ['deductSweepCredit'] },
  },
  sweep: {
    activeState: { operand: ['sweepone', 'gcSweep'] },
  },
};
