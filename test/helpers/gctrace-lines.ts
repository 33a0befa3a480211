import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { parseGctraceLine, printGctraceLine } from '../../src/gc/gctrace-line.js';

export interface Trace {
  /** What the program printed. */
  readonly trace: readonly string[];
  readonly goMinor: number;
  /** Whether every cycle between the first and the last is expected. @default true */
  readonly whole?: boolean;
}

/** Each cycle's line has to be the one that the runtime printed; how far `@` agrees is only reported. */
export function compareWithTrace(
  t: TestContext,
  cycles: readonly GcCycle[],
  { trace, goMinor, whole = true }: Trace,
): void {
  if (whole) checkNumbers(cycles);
  const { pairs, different } = linesBeside(cycles, trace, goMinor);
  const equal = pairs.filter(({ ours, theirs }) => ours === theirs);
  t.diagnostic(
    `${pairs.length} cycles compared, ${forcedIn(cycles)} of them forced; equal with @ as well: ${equal.length}`,
  );
  assert.deepEqual(different, []);
  assert.ok(pairs.length > 0, 'there was nothing to compare');
}

/** A cycle as we print it and as the runtime did. */
interface LinePair {
  readonly ours: string;
  readonly theirs: string;
}

/** The lines of the cycles beside those that the runtime printed, and where they differ in anything but `@`. */
export function linesBeside(
  cycles: readonly GcCycle[],
  trace: readonly string[],
  goMinor: number,
): { readonly pairs: readonly LinePair[]; readonly different: readonly LinePair[] } {
  const comparable = (line: string) => (goMinor < 20 ? withoutForced(line) : line);
  const printed = new Map(trace.map((line) => [parseGctraceLine(line)?.number, line]));
  const pairs = cycles.map((cycle) => ({
    ours: comparable(printGctraceLine(cycle, goMinor) ?? `no line for ${JSON.stringify(cycle)}`),
    theirs: comparable(printed.get(cycle.number) ?? `no line printed for cycle ${cycle.number}`),
  }));
  const different = pairs.filter(({ ours, theirs }) => withoutSince(ours) !== withoutSince(theirs));
  return { pairs, different };
}

/** One after the other, none missing, none twice. */
export function checkNumbers(cycles: readonly GcCycle[]): void {
  const first = cycles[0]?.number ?? 0;
  assert.deepEqual(
    cycles.map(({ number }) => number),
    cycles.map((_, i) => first + i),
  );
}

/** The numbers of the cycles that a program printed, whatever else it printed. */
export const numbersIn = (trace: readonly string[]): readonly (number | undefined)[] =>
  trace.flatMap((line) => parseGctraceLine(line)?.number ?? []);

export const forcedIn = (cycles: readonly GcCycle[]): number =>
  cycles.filter(({ trigger }) => trigger === 'forced').length;

const withoutSince = (line: string): string => line.replace(/ @[\d.]+s /, ' ');

/** Up to Go 1.19 a goroutine that waits for the next cycle can change what is printed of this one (gcStart). */
const withoutForced = (line: string): string => line.replace(/ \(forced\)$/, '');
