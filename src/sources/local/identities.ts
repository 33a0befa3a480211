import { GctopError } from '../../error.js';
import { inOrder } from './cycle-record.js';
import { ringSize, type Sample } from './sample.js';

/** What holds between figures of any Go runtime, whatever the program does. */
export interface Identity {
  readonly name: string;
  /** Fields of the layout that it holds together: `work.heap2`. */
  readonly fields: readonly string[];
  holds(sample: Sample): boolean;
  /** What is the case instead, in words. */
  otherwise(sample: Sample): string;
}

/** Between a cycle's end and the first stop of the next, in which what is kept of it is whole. */
const isBetween = ({ record, cycles }: Sample): boolean => cycles > 0 && record.started === cycles;

/** As `isBetween`, and gcStart has not begun to overwrite it, either: it dates its stop before it counts the cycle. */
const isAtRest = (sample: Sample): boolean =>
  isBetween(sample) && sample.record.sweepTermAtNs <= sample.record.endAtNs;

/**
 * That the marked heap is in two places is seen again after every cycle: gcMark hands work.bytesMarked to the pacer
 * (gcController.heapMarked, memstats.heap_marked in Go 1.16), gcMarkTermination copies it to work.heap2, both while the
 * world stands (runtime/mgc.go).
 */
export const markedTwice: Identity = {
  name: 'heapMarked = work.heap2 between two cycles',
  fields: ['gcController.heapMarked', 'memstats.heap_marked', 'work.heap2'],
  holds: (sample) => {
    const { marked } = sample.heap();
    return !isAtRest(sample) || marked === undefined || marked === sample.record.heapMarked;
  },
  otherwise: (sample) =>
    `its last cycle marked ${sample.record.heapMarked} bytes, and ${sample.heap().marked} are said to be marked`,
};

/** What the first look at a program is held against. */
export const identities: readonly Identity[] = [
  {
    name: 'numgc < 2^31',
    fields: ['memstats.numgc'],
    holds: ({ cycles }) => cycles < 2 ** 31,
    otherwise: ({ cycles }) => `it counts ${cycles} cycles`,
  },
  {
    name: 'numforcedgc <= numgc',
    fields: ['memstats.numforcedgc', 'memstats.numgc'],
    holds: ({ forcedCycles, cycles }) => forcedCycles <= cycles,
    otherwise: ({ forcedCycles, cycles }) => `${forcedCycles} of ${cycles} cycles were forced`,
  },
  {
    name: 'work.cycles = numgc, or the next',
    fields: ['work.cycles', 'memstats.numgc'],
    holds: ({ record: { started }, cycles }) => started === cycles || started === cycles + 1,
    otherwise: ({ record: { started }, cycles }) =>
      `cycle ${started} has begun and cycle ${cycles} has ended`,
  },
  {
    name: 'the sum of pause_ns = pause_total_ns, or less after 256 cycles',
    fields: ['memstats.pause_ns', 'memstats.pause_total_ns', 'memstats.numgc'],
    holds: (sample) => {
      const ringNs = sumOfRing(sample);
      return sample.cycles <= ringSize ? ringNs === sample.pauseTotalNs : ringNs <= sample.pauseTotalNs;
    },
    otherwise: (sample) =>
      `pauses of ${sumOfRing(sample)} ns are said to add up to ${sample.pauseTotalNs} ns`,
  },
  {
    name: '1 <= maxprocs <= 4096',
    fields: ['work.maxprocs'],
    holds: ({ record: { started, procs } }) => started === 0 || isProcs(procs),
    otherwise: ({ record: { procs } }) => `it runs on ${procs} Ps`,
  },
  {
    name: '1 <= stwprocs <= maxprocs',
    fields: ['work.stwprocs', 'work.maxprocs'],
    holds: ({ record: { started, procs, stwProcs } }) =>
      started === 0 || (isProcs(stwProcs) && stwProcs <= procs),
    otherwise: ({ record: { procs, stwProcs } }) => `its stops held ${stwProcs} of ${procs} Ps`,
  },
  {
    name: 'tSweepTerm and tEnd have passed',
    fields: ['work.tSweepTerm', 'work.tEnd'],
    holds: ({ record: { sweepTermAtNs, endAtNs }, atNs }) => sweepTermAtNs <= atNs && endAtNs <= atNs,
    otherwise: () => 'its last cycle lies in the future',
  },
  {
    name: 'tSweepTerm <= tMark <= tMarkTerm <= tEnd',
    fields: ['work.tSweepTerm', 'work.tMark', 'work.tMarkTerm', 'work.tEnd'],
    holds: (sample) => !isAtRest(sample) || inOrder(sample.record),
    otherwise: () => "its last cycle's phases are out of order",
  },
  {
    name: 'heap sizes below 2^47',
    fields: [
      'memstats.heap_live',
      'memstats.heap_inuse',
      'memstats.heap_released',
      'gcController.heapLive',
      'gcController.heapInUse',
      'gcController.heapFree',
      'gcController.heapReleased',
    ],
    holds: hasPossibleHeap,
    otherwise: () => 'its heap has sizes that cannot be',
  },
  {
    name: 'tEnd = last_gc_nanotime between two cycles',
    fields: ['work.tEnd', 'memstats.last_gc_nanotime', 'memstats.last_gc_unix', 'memstats.pause_end'],
    holds: (sample) => !isBetween(sample) || sample.record.endAtNs === sample.entry(sample.cycles).endAtNs,
    otherwise: () => 'its last cycle has two ends',
  },
  markedTwice,
];

const isProcs = (procs: number): boolean => procs >= 1 && procs <= 4096;

/** Sizes are checked where they are made. */
function hasPossibleHeap(sample: Sample): boolean {
  try {
    const { live, inUse = 0, free = 0, released = 0 } = sample.heap();
    return [live, inUse, free, released].every((size) => size < 2 ** 47);
  } catch (error) {
    if (error instanceof GctopError) return false;
    throw error;
  }
}

function sumOfRing(sample: Sample): number {
  let sum = 0;
  for (let cycle = sample.oldest; cycle <= sample.cycles; cycle++) sum += sample.entry(cycle).pauseNs;
  return sum;
}
