import { gctraceSpanNs } from './gctrace-cycle.js';
import type { GctraceLine } from './gctrace-line.js';

/**
 * Whether the runtime can have printed this line after the other one. The stops' CPU time is their clock time times the
 * Ps that stood still (gcMarkTermination, runtime/mgc.go), so a figure that lost a digit gives itself away.
 */
export function isPlausible(line: GctraceLine, before: GctraceLine | undefined): boolean {
  const [sweepTerm, , markTerm] = line.clockNs;
  const [cpuSweepTerm, , , , cpuMarkTerm] = line.cpuNs;
  return (
    line.procs >= 1 &&
    line.cpuPercent <= 100 &&
    isStopOf(line.procs, sweepTerm, cpuSweepTerm) &&
    isStopOf(line.procs, markTerm, cpuMarkTerm) &&
    (before === undefined || follows(line, before))
  );
}

function isStopOf(procs: number, clockNs: number, cpuNs: number): boolean {
  return cpuNs + stepNs(cpuNs) > clockNs && cpuNs < procs * (clockNs + stepNs(clockNs));
}

/** The last digit that is printed of a duration: what was cut off is less. */
function stepNs(ns: number): number {
  if (ns >= 10e6) return 1e6;
  if (ns >= 1e6) return 100e3;
  return ns >= 100e3 ? 10e3 : 1e3;
}

/** Cycles come one after the other; both ends are cut, by a millisecond in `@` and by less than a tenth elsewhere. */
function follows(line: GctraceLine, before: GctraceLine): boolean {
  if (line.number <= before.number) return line.number === 1;
  return (line.sinceStartMs + 1) * 1e6 > before.sinceStartMs * 1e6 + gctraceSpanNs(before);
}
