import { bytes, nanos } from '../../../src/gc/units.js';
import { notYet } from '../../../src/sources/local/block.js';
import type { CycleRecord } from '../../../src/sources/local/record-field.js';
import { type RingEntry, ringSize, type Sample } from '../../../src/sources/local/sample.js';

/** One cycle each 10 ms: begins at 10 n ms, marks for 1 ms, pauses for n + 30 us in all. Every third one is forced. */
export function recordOfCycle(number: number, changes: Partial<CycleRecord> = {}): CycleRecord {
  const beganAtNs = number * 10e6;
  const markTermAtNs = beganAtNs + 20_000 + 1e6;
  return {
    number,
    forcedCycles: Math.floor(number / 3),
    started: number,
    userForced: number % 3 === 0 ? 1 : 0,
    stwProcs: 2,
    procs: 2,
    sweepTermAtNs: beganAtNs,
    markAtNs: beganAtNs + 20_000,
    markTermAtNs,
    endAtNs: markTermAtNs + 10_000 + number * 1_000,
    pauseNs: 30_000 + number * 1_000,
    heapAtStart: 4 << 20,
    heapAtEnd: 5 << 20,
    heapMarked: 2 << 20,
    heapGoal: 6 << 20,
    stackScan: 100_000,
    globalsScan: 200_000,
    assistNs: 10,
    dedicatedNs: 20,
    fractionalNs: 30,
    idleNs: 40,
    cpuFraction: 0.01,
    ...changes,
  };
}

/** A look at a program in which that many of these cycles have ended. */
export function sampleAfter(cycles: number, changes: Partial<Sample> = {}): Sample {
  const entry = (cycle: number): RingEntry => recordOfCycle(cycle);
  let pauseTotalNs = 0;
  for (let cycle = 1; cycle <= cycles; cycle++) pauseTotalNs += entry(cycle).pauseNs;
  const atNs = nanos(cycles * 10e6 + 5e6);
  return {
    atNs,
    cycles,
    forcedCycles: recordOfCycle(cycles).forcedCycles,
    pauseTotalNs,
    oldest: Math.max(1, cycles - ringSize + 1),
    entry,
    record: cycles === 0 ? neverRan : recordOfCycle(cycles),
    swept: true,
    heap: () => ({ kind: 'heap', atNs, live: bytes(3 << 20) }),
    ...changes,
  };
}

/** runtime.work before a program's first cycle: all zero, and its times are not set. */
const neverRan: CycleRecord = recordOfCycle(0, {
  procs: 0,
  stwProcs: 0,
  userForced: 0,
  sweepTermAtNs: notYet,
  markAtNs: notYet,
  markTermAtNs: notYet,
  endAtNs: notYet,
  pauseNs: 0,
});
