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
  const printed = new Map(trace.map((line) => [parseGctraceLine(line)?.number, line]));
  const pairs = cycles.map((cycle) => ({
    ours: printGctraceLine(cycle, goMinor) ?? `no line for ${JSON.stringify(cycle)}`,
    theirs: printed.get(cycle.number) ?? `no line printed for cycle ${cycle.number}`,
  }));
  const comparable = (line: string) => (goMinor < 20 ? withoutForced(line) : line);
  const equal = pairs.filter(({ ours, theirs }) => comparable(ours) === comparable(theirs));
  t.diagnostic(
    `${pairs.length} cycles compared, ${forcedIn(cycles)} of them forced; equal with @ as well: ${equal.length}`,
  );
  const different = pairs.filter(
    ({ ours, theirs }) => withoutSince(comparable(ours)) !== withoutSince(comparable(theirs)),
  );
  assert.deepEqual(different, []);
  assert.ok(pairs.length > 0, 'there was nothing to compare');
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
