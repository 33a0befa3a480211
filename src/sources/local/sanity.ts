import { GctopError } from '../../error.js';
import { inOrder } from './cycle-record.js';
import { ringSize, type Sample } from './sample.js';

/**
 * Refuses to show anything of a program whose memory does not look like a Go runtime's: the offsets would belong to
 * another release, or to a changed runtime. Throws UNKNOWN_LAYOUT and names the first figure that cannot be.
 */
export function checkSanity(sample: Sample, goVersion: string): void {
  const broken = contradictions(sample)[0];
  if (broken === undefined) return;
  throw new GctopError(
    'UNKNOWN_LAYOUT',
    `the program's memory does not look like that of ${goVersion}: ${broken}`,
    {
      hint: 'the program may be built with a changed Go runtime; report it with the output of `go version -m`',
    },
  );
}

function contradictions(sample: Sample): readonly string[] {
  const { cycles, forcedCycles, record, pauseTotalNs, atNs } = sample;
  const { started, procs, stwProcs, sweepTermAtNs, endAtNs } = record;
  const isBetween = started === cycles;
  const ringNs = sumOfRing(sample);
  const checks: readonly (readonly [holds: boolean, otherwise: string])[] = [
    [cycles < 2 ** 31, `it counts ${cycles} cycles`],
    [forcedCycles <= cycles, `${forcedCycles} of ${cycles} cycles were forced`],
    [isBetween || started === cycles + 1, `cycle ${started} has begun and cycle ${cycles} has ended`],
    [
      cycles <= ringSize ? ringNs === pauseTotalNs : ringNs <= pauseTotalNs,
      `pauses of ${ringNs} ns are said to add up to ${pauseTotalNs} ns`,
    ],
    [started === 0 || isProcs(procs), `it runs on ${procs} Ps`],
    [started === 0 || (isProcs(stwProcs) && stwProcs <= procs), `its stops held ${stwProcs} of ${procs} Ps`],
    [sweepTermAtNs <= atNs && endAtNs <= atNs, 'its last cycle lies in the future'],
    [!isBetween || sweepTermAtNs > endAtNs || inOrder(record), "its last cycle's phases are out of order"],
    [hasPossibleHeap(sample), 'its heap has sizes that cannot be'],
    [!isBetween || cycles === 0 || endAtNs === sample.entry(cycles).endAtNs, 'its last cycle has two ends'],
  ];
  return checks.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}

const isProcs = (procs: number): boolean => procs >= 1 && procs <= 4096;

/** Sizes are checked where they are made. */
function hasPossibleHeap(sample: Sample): boolean {
  try {
    return sample.heap().live < 2 ** 47;
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
