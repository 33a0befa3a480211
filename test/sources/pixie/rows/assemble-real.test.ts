import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { markNs, markTermStopNs, sweepTermStopNs } from '../../../../src/gc/cycle.js';
import { parseGctraceLine } from '../../../../src/gc/gctrace-line.js';
import { probeNames } from '../../../../src/gc/probe.js';
import type { CallRow } from '../../../../src/sources/pixie/rows/rows.js';
import { assemble, cyclesIn, eventsOf, gapsIn } from '../../../helpers/pixie-calls.js';

/**
 * A run of the collector fixture with Go 1.26.8: calls as probes at entries and returns saw them, to the microsecond,
 * of goroutine -1 where they ran on a system stack; and what GODEBUG=gctrace=1 printed of the same 90 cycles.
 */
const fixture = (name: string): readonly string[] =>
  readFileSync(new URL(`../../../fixtures/pixie/collector-go1.26.${name}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

const rows = fixture('rows').map((line): CallRow => {
  const [name, ...figures] = line.split(' ');
  const [atNs = Number.NaN, latencyNs = Number.NaN, goid = -1, ...values] = figures.map(Number);
  const probe = probeNames.find((each) => each === name);
  assert.ok(probe !== undefined);
  return { probe, atNs, latencyNs, goid, process: 'one', values };
});
const printed = fixture('gctrace').map((line) => parseGctraceLine(line));
const chapters = assemble(rows, { probes: [...new Set(rows.map(({ probe }) => probe))] });
const cycles = cyclesIn(chapters);

describe('the calls of a real program', () => {
  test('make every cycle that the runtime printed, whole, without a gap', () => {
    assert.equal(cycles.length, printed.length);
    assert.ok(cycles.every(({ evidence }) => evidence === 'derived'));
    assert.deepEqual(gapsIn(chapters), []);
  });

  test('make two pauses of each cycle, and others of the stops that were not for one', () => {
    const stops = rows.filter(({ probe }) => probe === 'startTheWorldWithSema').length;
    const count = (reason: string) =>
      eventsOf(chapters, 'pause').filter((each) => each.reason === reason).length;
    assert.deepEqual(
      [count('sweep-termination'), count('mark-termination'), count('other')],
      [cycles.length, cycles.length, stops - 2 * cycles.length],
    );
  });

  test('tell the number of each cycle once runtime.GC was called', () => {
    const first = cycles.findIndex(({ number }) => number !== undefined);
    assert.ok(first >= 0 && first < 40, `first at ${first}`);
    cycles.forEach(({ number }, i) => {
      assert.equal(number, i < first ? undefined : i + 1);
    });
  });

  test('tell which cycles were forced', () => {
    assert.deepEqual(
      cycles.map(({ trigger }) => trigger === 'forced'),
      printed.map((line) => line?.forced),
    );
  });

  test('time the cycles as the runtime does, to within what starting the world takes', () => {
    const clocks = [sweepTermStopNs, markNs, markTermStopNs];
    const off = cycles
      .flatMap((cycle, i) =>
        clocks.map((clock, part) =>
          Math.abs((clock(cycle) ?? Number.NaN) - (printed[i]?.clockNs[part] ?? 0)),
        ),
      )
      .sort((a, b) => a - b);
    const median = off[off.length >> 1] ?? Number.NaN;
    assert.ok(median < 50e3, `median ${median} ns`);
  });
});
