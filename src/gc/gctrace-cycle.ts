import type { GcCycle } from './cycle.js';
import type { GctraceLine } from './gctrace-line.js';
import { type Bytes, bytes, durationNs, type Nanos, nanos } from './units.js';

/** What of a cycle its gctrace line does not say. */
export interface Placed {
  /** When it began. */
  readonly beginAtNs: Nanos;
  /** The runtime told before that two minutes had passed without a cycle. */
  readonly byTimer: boolean;
}

/**
 * The cycle that a gctrace line tells of, in the line's own rounding: printed again it gives the same line. Marking is
 * all that lies between the two stops; what Go 1.5 told of it apart is in the sums.
 */
export function cycleOfGctrace(line: GctraceLine, { beginAtNs, byTimer }: Placed): GcCycle {
  const [sweepTermNs, , markTermNs] = line.clockNs;
  const [cpuSweepTerm, assist, workers, idle, cpuMarkTerm] = line.cpuNs;
  const endAtNs = nanos(beginAtNs + gctraceSpanNs(line));
  const [atStart, atEnd, marked] = line.heapMB;
  const [stacks, globals] = line.scanMB ?? [];
  return {
    number: line.number,
    trigger: line.forced ? 'forced' : byTimer ? 'time' : 'heap',
    sweepTermAtNs: beginAtNs,
    markAtNs: nanos(beginAtNs + sweepTermNs),
    markTermAtNs: nanos(endAtNs - markTermNs),
    endAtNs,
    heapAtStart: ofMB(atStart),
    heapAtEnd: ofMB(atEnd),
    heapMarked: ofMB(marked),
    heapGoal: line.goalMB >= leastNoGoalMB ? 'none' : ofMB(line.goalMB),
    ...(stacks === undefined ? {} : { stackScan: ofMB(stacks) }),
    ...(globals === undefined ? {} : { globalsScan: ofMB(globals) }),
    cpu: {
      sweepTermNs: durationNs(cpuSweepTerm),
      assistNs: durationNs(assist),
      dedicatedNs: durationNs(workers + sum(line.firstPhases?.cpuNs)),
      idleNs: durationNs(idle),
      markTermNs: durationNs(cpuMarkTerm),
    },
    cpuFraction: fractionOf(line.cpuPercent),
    procs: line.procs,
    ...sinceStart(line),
    evidence: 'rounded',
  };
}

/** Left out after 104 days: so many nanoseconds are no safe integer. */
const sinceStart = ({ sinceStartMs }: GctraceLine): Pick<GcCycle, 'sinceStartNs'> =>
  Number.isSafeInteger(sinceStartMs * 1e6) ? { sinceStartNs: durationNs(sinceStartMs * 1e6) } : {};

/** From a cycle's begin to its end. */
export const gctraceSpanNs = ({ clockNs, firstPhases }: GctraceLine): Nanos =>
  durationNs(sum(clockNs) + sum(firstPhases?.clockNs));

const sum = (figures: readonly number[] = []): number => figures.reduce((total, ns) => total + ns, 0);

const ofMB = (size: number): Bytes => bytes(size * 2 ** 20);

/** 2^53 bytes: what is larger is no goal but the absence of one. */
const leastNoGoalMB = 2 ** 33;

/** The least fraction that the runtime prints as this percentage: it cuts 0.29 * 100 to 28. */
function fractionOf(percent: number): number {
  const fraction = percent / 100;
  return Math.trunc(fraction * 100) === percent ? fraction : fraction * (1 + Number.EPSILON);
}
