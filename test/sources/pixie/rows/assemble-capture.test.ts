// The collector's calls of the real demo service, made into cycles, beside what the runtime printed in the same seconds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { GcCycle } from '../../../../src/gc/cycle.js';
import { type GctraceLine, parseGctraceLine } from '../../../../src/gc/gctrace-line.js';
import { type ProbeName, probeSet } from '../../../../src/gc/probe.js';
import { nanos } from '../../../../src/gc/units.js';
import { RowAssembler } from '../../../../src/sources/pixie/rows/assemble.js';
import { type CallRow, unknownGoid } from '../../../../src/sources/pixie/rows/rows.js';
import { parseCapture } from '../../../capture/captured-call.js';
import { rowsOf } from '../../../capture/captured-rows.js';
import { type CycleTimes, clockDifference } from '../../../capture/compare.js';
import { cyclesIn, eventsOf, gapsIn } from '../../../helpers/pixie-calls.js';

/**
 * Beyond gctrace's rounding: what lies between a probe and the time that the runtime takes, and what probes cost. Sweep
 * termination and mark are compared as one, for the first ends with a return, before which the thread may rest.
 */
const mostNs = 10e3;

for (const minor of [16, 26]) {
  const rows = rowsOf(parseCapture(fixture(`calls-go1.${minor}.ndjson`)));
  const lines = fixture(`gctrace-go1.${minor}.txt`).trimEnd().split('\n').map(lineOf);

  const waits: readonly ProbeName[] = ['GC', 'gcWaitOnMark'];
  for (const [knowing, told] of [
    ['where each goroutine is known', rows],
    ['where no goroutine is known', rows.map((row): CallRow => ({ ...row, goid: unknownGoid }))],
    ['where gcStart alone tells why', rows.filter(({ probe }) => !waits.includes(probe))],
    ['where gcStart does not tell why', rows.map((row) => (row.probe === 'gcStart' ? mute(row) : row))],
  ] as const) {
    describe(`the captured calls of Go 1.${minor}, ${knowing},`, () => {
      const { chapters, leftOut } = assembled(told, minor);
      const cycles = cyclesIn(chapters);

      test('make the cycles that gctrace printed, by number and cause, with what they marked and their goals', () => {
        assert.deepEqual(cycles.map(factsOf), lines.map(minor === 16 ? factsWithoutHeap : printedFactsOf));
      });

      test('are all used: none is left out, nothing is missing, and each cycle has its two pauses', () => {
        assert.deepEqual(leftOut, { absurd: 0, foreign: 0, late: 0 });
        assert.deepEqual(gapsIn(chapters), []);
        const reasons = eventsOf(chapters, 'pause').map(({ reason }) => reason);
        assert.deepEqual(
          reasons,
          cycles.flatMap(() => ['sweep-termination', 'mark-termination']),
        );
      });

      test(`give the cycles a clock that is gctrace's but for ${mostNs / 1e3} us`, () => {
        for (const [index, line] of lines.entries()) {
          const { untilMarkTermNs, markTermNs } = clockDifference({ cycle: timesOf(cycles[index]), line });
          const cycle = `cycle ${line.number}`;
          assert.ok(
            Math.abs(untilMarkTermNs) < mostNs,
            `${cycle}: stop and mark differ by ${untilMarkTermNs} ns`,
          );
          assert.ok(Math.abs(markTermNs) < mostNs, `${cycle}: the second stop differs by ${markTermNs} ns`);
        }
      });
    });
  }
}

function mute(row: CallRow): CallRow {
  return { ...row, values: row.values.map(() => Number.NaN) };
}

function assembled(rows: readonly CallRow[], minor: number) {
  const assembler = new RowAssembler({ probes: probeSet(minor), toSessionNs: nanos });
  const tables = probeSet(minor).map((probe) => {
    const own = rows.filter((row) => row.probe === probe);
    return { probe, rows: own, lastNs: own.at(-1)?.atNs };
  });
  assembler.add(tables);
  const chapters = assembler.end();
  return { chapters, leftOut: assembler.leftOut };
}

const factsOf = ({ number, trigger, evidence, heapMarked, heapGoal }: GcCycle) => ({
  number,
  trigger,
  evidence,
  markedMB: inMB(heapMarked),
  goalMB: inMB(heapGoal),
});

const printedFactsOf = (line: GctraceLine): ReturnType<typeof factsOf> => ({
  ...factsWithoutHeap(line),
  markedMB: line.heapMB[2],
  goalMB: line.goalMB,
});

/** Nothing that is probed in Go 1.16 tells the heap. */
const factsWithoutHeap = ({ number, forced }: GctraceLine): ReturnType<typeof factsOf> => ({
  number,
  trigger: forced ? 'forced' : 'heap',
  evidence: 'derived',
  markedMB: undefined,
  goalMB: undefined,
});

const inMB = (size: GcCycle['heapGoal']): number | undefined =>
  typeof size === 'number' ? Math.floor(size / 2 ** 20) : undefined;

function timesOf(cycle: GcCycle | undefined): CycleTimes {
  const { sweepTermAtNs, markAtNs, markTermAtNs, endAtNs } = cycle ?? {};
  assert.ok(
    sweepTermAtNs !== undefined &&
      markAtNs !== undefined &&
      markTermAtNs !== undefined &&
      endAtNs !== undefined,
  );
  return { sweepTermAtNs, markAtNs, markTermAtNs, endAtNs };
}

function lineOf(text: string): GctraceLine {
  const line = parseGctraceLine(text);
  assert.ok(line, `'${text}' is no gctrace line`);
  return line;
}

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/pixie/${name}`, import.meta.url), 'utf8');
}
