import type { GlobalName } from './layouts.js';

/**
 * Functions of the runtime that use a field. A release, or a build without inlining (-gcflags=all=-l, as for a debugger),
 * may have others.
 */
export interface Witness {
  /** In each line at least one of those that the program has names the field's address, for as many bytes. */
  readonly operand?: readonly (readonly string[])[];
  /** At least one of these methods reaches the field by its offset from the receiver. */
  readonly offset?: readonly string[];
}

const by = (...operand: readonly (string | readonly string[])[]): Witness => ({
  operand: operand.map((line) => (typeof line === 'string' ? [line] : line)),
});
const byMethod = (name: string): Witness => ({ offset: [`(*gcControllerState).${name}`] });

/** Function literals, whose numbers are not the same in all releases. */
const literals = (name: string): readonly string[] => [1, 2, 3, 4, 5].map((n) => `${name}.func${n}`);

const atBothEnds = by('gcStart', 'gcMarkTermination');
const atEnd = by('gcMarkTermination');
const inWorkers = by(
  ['gcStart', 'gcBgMarkPrepare'],
  ['gcMarkDone', 'gcIsMarkDone'],
  ['gcAssistAlloc1', 'gcBeginWork'],
  ['gcBgMarkWorker', 'gcEndWork'],
);
const inAccounts = by('gcMarkTermination', '(*cpuStats).accumulate');

/**
 * What proves each field of the layouts in a program's own code (runtime/mgc.go, mgcpacer.go, mgcsweep.go of Go 1.16 to
 * 1.27). A field that is shifted has no such instructions, or shares its place with another one.
 */
export const witnesses: Readonly<Record<GlobalName, Readonly<Record<string, Witness>>>> = {
  work: {
    cycles: by('gcStart', 'gcWaitOnMark', 'gcTrigger.test', 'GC'),
    mode: by('gcStart', literals('gcMarkTermination')),
    userForced: atBothEnds,
    stwprocs: atBothEnds,
    maxprocs: atBothEnds,
    tSweepTerm: atBothEnds,
    tMark: by('gcMarkTermination', literals('gcStart')),
    tMarkTerm: by('gcMarkDone', 'gcMarkTermination'),
    tEnd: atEnd,
    pauseNS: by('gcStart', 'gcMarkTermination', literals('gcStart'), literals('gcMarkDone')),
    heap0: atBothEnds,
    heap1: atEnd,
    heap2: by('gcMarkTermination', literals('gcMarkTermination')),
    heapGoal: atBothEnds,
    bytesMarked: by('gcMark', 'gcResetMarkState', '(*gcWork).dispose', literals('gcMarkTermination')),
    nproc: inWorkers,
    nwait: inWorkers,
  },
  memstats: {
    last_gc_unix: atEnd,
    last_gc_nanotime: by('gcMarkTermination', ['gcTrigger.test', 'gcStart']),
    pause_total_ns: atEnd,
    pause_ns: atEnd,
    pause_end: atEnd,
    numgc: atEnd,
    numforcedgc: atEnd,
    gc_cpu_fraction: atEnd,
    heap_inuse: by('(*mheap).allocSpan', '(*mheap).freeSpanLocked', 'gcMarkTermination'),
    heap_released: by('(*mheap).allocSpan', '(*mheap).grow', ['gcPaceScavenger', 'heapRetained']),
    next_gc: by('gcSetTriggerRatio', 'gcMarkTermination', 'gcStart'),
    gc_trigger: by('gcSetTriggerRatio', ['gcStart', 'gcTrigger.test']),
    heap_live: by('gcMark', 'gcStart', 'deductSweepCredit'),
    heap_marked: by('gcMark', 'gcSetTriggerRatio', 'gcinit'),
  },
  gcController: {
    gcPercent: by('gcStart', 'gcMarkDone', 'gcinit'),
    memoryLimit: by('gcControllerCommit', '(*mheap).allocSpan'),
    heapMinimum: byMethod('commit'),
    trigger: by(['gcStart', 'gcTrigger.test']),
    heapGoal: by('gcStart', 'gcMarkTermination'),
    gcPercentHeapGoal: byMethod('heapGoalInternal'),
    sweepDistMinTrigger: byMethod('heapGoalInternal'),
    triggered: byMethod('heapGoalInternal'),
    lastHeapGoal: by('gcMarkTermination', 'gcControllerCommit'),
    heapLive: by('gcMarkTermination', 'gcStart', 'deductSweepCredit', 'gcResetMarkState'),
    heapMarked: { ...byMethod('resetLive'), ...by('gcMark') },
    printedStackScan: atEnd,
    globalsScan: atEnd,
    lastHeapScan: byMethod('resetLive'),
    lastStackScan: byMethod('resetLive'),
    scanWork: by('gcDrain', 'gcDrainN', 'gcMark', '(*gcWork).dispose'),
    heapScanWork: by('gcDrain', 'gcDrainN', '(*gcWork).dispose'),
    stackScanWork: by('markroot'),
    globalsScanWork: by('markroot'),
    bgScanCredit: by('gcFlushBgCredit', 'gcAssistAlloc', 'gcParkAssist'),
    assistTime: by('gcMarkTermination', 'gcAssistAlloc1', '(*cpuStats).accumulate'),
    dedicatedMarkTime: inAccounts,
    fractionalMarkTime: inAccounts,
    idleMarkTime: inAccounts,
    markStartTime: by('pollFractionalWorkerExit'),
    dedicatedMarkWorkersNeeded: { ...byMethod('startCycle'), ...by('gcBgMarkWorker') },
    heapInUse: by('(*mheap).allocSpan', '(*mheap).freeSpanLocked', 'gcMarkTermination'),
    heapReleased: by('(*mheap).allocSpan', '(*mheap).grow', '(*pageAlloc).scavengeOne'),
    heapFree: by('(*mheap).allocSpan', '(*mheap).freeSpanLocked', '(*pageAlloc).scavengeOne'),
    totalAlloc: by('(*mcache).refill', '(*mcache).allocLarge', '(*mcache).releaseAll'),
    totalFree: by('(*sweepLocked).sweep'),
    mappedReady: by('(*mheap).allocSpan', 'sysAlloc', 'sysFree'),
  },
  mheap_: {
    sweepdone: by('sweepone', 'gcSweep', 'gcinit'),
    sweepDrained: by('sweepone', 'gcSweep', 'gcinit'),
    sweepers: by(['sweepone', '(*sweepLocker).dispose']),
    pagesInUse: by(['gcPaceSweeper', '(*gcControllerState).commit', 'gcSetTriggerRatio']),
    pagesSwept: by('deductSweepCredit', 'gcSweep', ['(*sweepLocked).sweep', '(*mspan).sweep']),
  },
  sweep: {
    activeState: by('sweepone', 'gcSweep', 'gcinit', 'finishsweep_m'),
  },
};
