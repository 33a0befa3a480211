import { type GctraceLine, parseGctraceLine } from '../../src/gc/gctrace-line.js';
import type { Capture, CapturedCall } from './captured-call.js';
import { type DerivedCycle, deriveCycles } from './derived-cycle.js';

/** A cycle as its calls tell of it, and the line that the runtime printed for it. */
export interface ComparedCycle {
  readonly cycle: DerivedCycle;
  readonly line: GctraceLine;
}

/** Puts each cycle of a capture beside its gctrace line. Throws when there are not as many of both. */
export function comparedCycles({ calls }: Capture, gctrace: readonly string[]): readonly ComparedCycle[] {
  const cycles = deriveCycles(calls);
  if (cycles.length !== gctrace.length)
    throw new Error(`${cycles.length} cycles were captured, ${gctrace.length} printed`);
  return cycles.map((cycle, index) => {
    const line = parseGctraceLine(gctrace[index] ?? '');
    if (line === undefined) throw new Error(`'${gctrace[index]}' is no gctrace line`);
    return { cycle, line };
  });
}

/** How much longer the parts of a cycle took by its calls than gctrace says; 0 within what its rounding leaves open. */
export interface ClockDifference {
  readonly sweepTermNs: number;
  readonly markNs: number;
  /** Of both together: a thread that starts the world may rest before it returns, and marking seems to begin later. */
  readonly untilMarkTermNs: number;
  readonly markTermNs: number;
}

/** The times that part a cycle's clock, by whatever they were found out. */
export type CycleTimes = Omit<DerivedCycle, 'begin' | 'markTermination'>;

/** Compares the three parts of a cycle's clock. */
export function clockDifference({
  cycle,
  line,
}: {
  readonly cycle: CycleTimes;
  readonly line: GctraceLine;
}): ClockDifference {
  const { sweepTermAtNs, markAtNs, markTermAtNs, endAtNs } = cycle;
  const [sweepTerm, mark, markTerm] = line.clockNs;
  return {
    sweepTermNs: beyond(markAtNs - sweepTermAtNs, [sweepTerm]),
    markNs: beyond(markTermAtNs - markAtNs, [mark]),
    untilMarkTermNs: beyond(markTermAtNs - sweepTermAtNs, [sweepTerm, mark]),
    markTermNs: beyond(endAtNs - markTermAtNs, [markTerm]),
  };
}

/** gctrace cuts durations off: whole milliseconds from 10 ms on, else two digits (fmtNSAsMS, runtime/mgc.go). */
function beyond(ns: number, printedNs: readonly number[]): number {
  const least = printedNs.reduce((sum, printed) => sum + printed, 0);
  const most = printedNs.reduce((sum, printed) => sum + printed + stepOf(printed), 0);
  return ns < least ? ns - least : Math.max(0, ns - most);
}

const stepOf = (printedNs: number): number =>
  printedNs >= 10e6 ? 1e6 : 10 ** Math.max(3, Math.floor(Math.log10(Math.max(1, printedNs))) - 1);

/** What was captured and how it agrees with gctrace, for the eyes of who captured it. */
export function describeCapture(capture: Capture, gctrace: readonly string[]): readonly string[] {
  const { calls, head } = capture;
  const compared = comparedCycles(capture, gctrace);
  const differences = compared.map(clockDifference);
  return [
    `${calls.length} calls in ${(head.durationNs / 1e9).toFixed(1)} s: ${counts(calls)}`,
    `${compared.length} cycles, ${compared.filter(({ line }) => line.forced).length} of them forced`,
    `stop for sweep termination, more than gctrace says: ${spread(differences.map((of) => of.sweepTermNs))}`,
    `mark: ${spread(differences.map((of) => of.markNs))}`,
    `both together: ${spread(differences.map((of) => of.untilMarkTermNs))}`,
    `stop for mark termination: ${spread(differences.map((of) => of.markTermNs))}`,
    `pages: ${pagesOf(calls, 'allocSpan')} allocated, ${pagesOf(calls, 'sweepone')} swept and freed`,
  ];
}

function counts(calls: readonly CapturedCall[]): string {
  const of = new Map<string, number>();
  for (const [probe] of calls) of.set(probe, (of.get(probe) ?? 0) + 1);
  return [...of].map(([probe, count]) => `${probe} ${count}`).join(', ');
}

function spread(differencesNs: readonly number[]): string {
  const sorted = [...differencesNs].sort((a, b) => a - b);
  const us = (at: number | undefined) => ((at ?? 0) / 1e3).toFixed(1);
  const median = sorted[Math.floor(sorted.length / 2)];
  return `least ${us(sorted[0])} us, median ${us(median)}, most ${us(sorted.at(-1))}`;
}

/** sweepone gives -1 where nothing was left to sweep, which is not a page count. */
export const pagesOf = (calls: readonly CapturedCall[], probe: 'allocSpan' | 'sweepone'): number =>
  calls.reduce((sum, [name, , , , { npages = 0 }]) => sum + (name === probe ? Math.max(0, npages) : 0), 0);
