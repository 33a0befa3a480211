import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gctracePrinter } from '../../src/app/gctrace-lines.js';
import { tracedEnvironment } from '../../src/app/program.js';
import { cycleOfGctrace } from '../../src/gc/gctrace-cycle.js';
import { parseGctraceLine } from '../../src/gc/gctrace-line.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { durationNs, nanos } from '../../src/gc/units.js';

const line =
  'gc 8 @12.345s 3%: 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 0 MB stacks, 1 MB globals, 2 P';
const cycle = cycleOfGctrace(parseGctraceLine(line) ?? assert.fail(), {
  beginAtNs: nanos(0),
  byTimer: false,
});
const target = (goVersion: string | undefined): SourceMessage => ({
  type: 'target',
  atNs: nanos(0),
  id: 'a',
  target: { name: 'x', source: 'local', ...(goVersion === undefined ? {} : { goVersion }) },
  latenessNs: durationNs(0),
  capabilities: { evidence: 'exact', everyCycleWhole: true, heap: true, calls: false, missing: [] },
});
const events = (...cycles: readonly (typeof cycle)[]): SourceMessage => ({
  type: 'events',
  atNs: nanos(0),
  target: 'a',
  events: cycles.map((each) => ({ kind: 'cycle', cycle: each })),
});

test('a cycle is printed as its own release prints it, else by the figures that it has', () => {
  const of = (goVersion: string | undefined): readonly string[] => {
    const { encode } = gctracePrinter();
    return [...encode(target(goVersion)), ...encode(events(cycle))];
  };
  assert.deepEqual(of(undefined), [line]);
  assert.deepEqual(of('go1.26.5'), [line]);
  assert.deepEqual(of('go1.16.15'), [line.replace('0 MB stacks, 1 MB globals, ', '')]);
});

test('a cycle that lacks a figure has no line, and is counted', () => {
  const printer = gctracePrinter();
  const { cpu: _, ...lacking } = cycle;
  assert.deepEqual(printer.encode(events(lacking, cycle)), [line]);
  assert.equal(printer.left, 1);
});

test('gctrace is added to what GODEBUG holds', () => {
  const traced = (GODEBUG?: string) =>
    tracedEnvironment({ A: 'b', ...(GODEBUG === undefined ? {} : { GODEBUG }) });
  assert.deepEqual(traced(), { A: 'b', GODEBUG: 'gctrace=1' });
  assert.deepEqual(traced('madvdontneed=1'), { A: 'b', GODEBUG: 'madvdontneed=1,gctrace=1' });
  assert.deepEqual(traced('gctrace=0'), { A: 'b', GODEBUG: 'gctrace=0,gctrace=1' });
  assert.deepEqual(traced('x=1,gctrace=1'), { A: 'b', GODEBUG: 'x=1,gctrace=1' });
});
