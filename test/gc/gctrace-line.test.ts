import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { GcCycle } from '../../src/gc/cycle.js';
import {
  formatGctraceLine,
  type GctraceLine,
  parseGctraceLine,
  printGctraceLine,
} from '../../src/gc/gctrace-line.js';
import { bytes, durationNs, nanos } from '../../src/gc/units.js';

const go116 =
  'gc 7 @2.345s 3%: 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 2 P';
const go118 =
  'gc 12 @0.041s 12%: 0+0.99+0.005 ms clock, 0+0/0.99/0+0.010 ms cpu, 7->8->4 MB, 8 MB goal, 0 MB stacks, 1 MB globals, 4 P (forced)';
const leaks =
  'gc 2 @0.002s 0% (checking for goroutine leaks): 0.014+0.10+0.12 ms clock, 0.028+0/0.10/0+0.24 ms cpu, 0->0->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)';

/** A whole cycle; the tests below change what they are about. */
const cycle: GcCycle = {
  number: 41,
  trigger: 'heap',
  sweepTermAtNs: nanos(1_000_000),
  markAtNs: nanos(1_027_345),
  markTermAtNs: nanos(19_000_000),
  endAtNs: nanos(19_156_789),
  pauseNs: durationNs(184_134),
  heapAtStart: bytes(52_428_799),
  heapAtEnd: bytes(52_428_800),
  heapMarked: bytes(26_738_688),
  heapGoal: bytes(54_525_952),
  stackScan: bytes(123_456),
  globalsScan: bytes(1_048_576),
  cpu: {
    sweepTermNs: durationNs(109_380),
    assistNs: durationNs(999_999),
    dedicatedNs: durationNs(9_000_000),
    fractionalNs: durationNs(999_999),
    idleNs: durationNs(12_345_678),
    markTermNs: durationNs(0),
  },
  cpuFraction: 0.0399,
  procs: 4,
  stwProcs: 4,
  sinceStartNs: durationNs(61_002_999_999),
  evidence: 'exact',
};

describe('printing', () => {
  test('figures are cut, never rounded, as the runtime cuts them', () => {
    assert.equal(
      printGctraceLine(cycle, 26),
      'gc 41 @61.002s 3%: 0.027+17+0.15 ms clock, 0.10+0.99/9.9/12+0 ms cpu, ' +
        '49->50->25 MB, 52 MB goal, 0 MB stacks, 1 MB globals, 4 P',
    );
  });

  test('Go 1.17 and earlier print neither stacks nor globals', () => {
    assert.match(printGctraceLine(cycle, 17) ?? '', /52 MB goal, 4 P$/);
  });

  test('a forced cycle says so', () => {
    assert.match(printGctraceLine({ ...cycle, trigger: 'forced' }, 26) ?? '', / 4 P \(forced\)$/);
  });

  test('a cycle that lacks a figure has no line', () => {
    const { heapMarked: _, ...lacking } = cycle;
    assert.equal(printGctraceLine(lacking, 26), undefined);
    assert.equal(printGctraceLine({ ...cycle, trigger: 'unknown' }, 26), undefined);
  });

  test('no goal is all ones up to Go 1.18 and not known later', () => {
    assert.match(printGctraceLine({ ...cycle, heapGoal: 'none' }, 18) ?? '', / 17592186044415 MB goal/);
    assert.equal(printGctraceLine({ ...cycle, heapGoal: 'none' }, 19), undefined);
  });
});

describe('parsing', () => {
  test('the format of Go 1.16 and 1.17 is read', () => {
    assert.deepEqual(parseGctraceLine(go116), {
      number: 7,
      sinceStartMs: 2345,
      cpuPercent: 3,
      leakCheck: false,
      clockNs: [14_000, 10_000_000, 120_000],
      cpuNs: [28_000, 1_200_000, 4_500_000, 0, 240_000],
      heapMB: [4, 5, 2],
      goalMB: 6,
      procs: 2,
      forced: false,
    });
  });

  test('stacks, globals and (forced) are read', () => {
    const line = parseGctraceLine(go118);
    assert.deepEqual([line?.scanMB, line?.forced, line?.clockNs], [[0, 1], true, [0, 990_000, 5_000]]);
  });

  test('a cycle that looks for leaked goroutines is read', () => {
    assert.equal(parseGctraceLine(leaks)?.leakCheck, true);
  });

  for (const text of [
    '',
    'gc 7',
    `${go116} `,
    `x${go116}`,
    go116.replace('0.12 ms clock', '0.123 ms clock'),
    go116.replace('0.014', '.014'),
    'gc 1 @0.003s 5%: 0+0+0 ms clock, 0+0/0/0+0 ms cpu, 4->4->0 MB, 5 MB goal, 1 MB stacks, 2 P',
    'scvg: 0 MB released',
  ]) {
    test(`'${text}' is no gctrace line`, () => assert.equal(parseGctraceLine(text), undefined));
  }
});

test('a line with figures that no runtime can have is none', () => {
  for (const text of [
    go116.replace('gc 7', 'gc 4294967296'),
    go116.replace('+10+', '+40294967296+'),
    go116.replace('1.2/', '40294967296/'),
    go116.replace('5->2 MB', '8589934592->2 MB'),
    go116.replace('@2.345s', '@9000000000.345s'),
    go116.replace('2 P', '1048576 P'),
  ]) {
    assert.equal(parseGctraceLine(text), undefined, text);
  }
});

describe('round trip', () => {
  const ns = fc.oneof(
    fc.nat(100_000),
    fc.nat(10_000_000),
    fc.integer({ min: 9_999_000, max: 10_001_000 }),
    fc.nat(10 ** 12),
  );
  const MB = fc.nat(2 ** 31 - 1);
  const anyLine: fc.Arbitrary<GctraceLine> = fc
    .record({
      number: fc.nat(),
      sinceStartMs: fc.nat(),
      cpuPercent: fc.nat(100),
      leakCheck: fc.boolean(),
      clockNs: fc.tuple(ns, ns, ns),
      cpuNs: fc.tuple(ns, ns, ns, ns, ns),
      heapMB: fc.tuple(MB, MB, MB),
      goalMB: fc.oneof(MB, fc.constant(2 ** 44 - 1)),
      scanMB: fc.option(fc.tuple(MB, MB), { nil: undefined }),
      procs: fc.integer({ min: 1, max: 4096 }),
      forced: fc.boolean(),
    })
    .map(({ scanMB, ...line }) => (scanMB === undefined ? line : { ...line, scanMB }));

  test('printing a parsed line gives the same line', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const text = formatGctraceLine(line);
        const parsed = parseGctraceLine(text);
        assert.ok(parsed !== undefined, text);
        assert.equal(formatGctraceLine(parsed), text);
        assert.deepEqual({ ...parsed, clockNs: [], cpuNs: [] }, { ...line, clockNs: [], cpuNs: [] });
      }),
    );
  });

  test('a printed duration is the true one cut by less than a tenth', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const parsed = parseGctraceLine(formatGctraceLine(line));
        line.cpuNs.forEach((trueNs, i) => {
          const printed = parsed?.cpuNs[i] ?? Number.NaN;
          assert.ok(
            printed <= trueNs && trueNs - printed < Math.max(trueNs / 10, 1_000),
            `${printed} of ${trueNs}`,
          );
        });
      }),
    );
  });
});
