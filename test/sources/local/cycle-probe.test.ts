import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoVersion } from '../../../src/binary/go-version.js';
import { layoutFor } from '../../../src/binary/layouts.js';
import { cycleReader } from '../../../src/sources/local/cycle-probe.js';
import { recordFields } from '../../../src/sources/local/record-field.js';
import type { RuntimePlace } from '../../../src/sources/local/runtime-place.js';
import { hitOf } from '../../helpers/hit.js';

const version = parseGoVersion('go1.26.5');
const layout = version && layoutFor(version, 'x86-64');
assert.ok(layout !== undefined);
const addresses = { work: 0, memstats: 0, gcController: 0, mheap_: 0, sweep: 0 };
const place: RuntimePlace = { goMinor: 26, layout, addresses, initTime: 1, gcPercent: undefined };
const originNs = 2n ** 60n;
const read = cycleReader(place, originNs);

const values: Readonly<Record<string, bigint>> = {
  number: 29n,
  forcedCycles: 5n,
  cpuFraction: 4572414629676717179n,
  started: 29n,
  userForced: 0n,
  stwProcs: 2n,
  procs: 2n,
  sweepTermAtNs: originNs + 1000n,
  markAtNs: originNs + 2000n,
  markTermAtNs: originNs + 10_000n,
  endAtNs: originNs + 11_000n,
  pauseNs: 1950n,
  heapAtStart: 2_097_152n,
  heapAtEnd: 3_145_728n,
  heapMarked: 1_048_576n,
  heapGoal: 2n ** 64n - 1n,
  stackScan: 1000n,
  globalsScan: 2000n,
  assistNs: 1n,
  dedicatedNs: 2n,
  fractionalNs: 3n,
  idleNs: 4n,
};
const sizes = { u8: 1, u32: 4, u64: 8, f64: 8, time: 8 } as const;
const fields = recordFields(layout).map(({ key, type }) => ({
  name: key,
  size: sizes[type],
  value: values[key] ?? 0n,
}));

test("what the kernel read at a cycle's end is its record, its times exact after years of uptime", () => {
  assert.deepEqual(read(hitOf('cycle', fields)), {
    number: 29,
    forcedCycles: 5,
    cpuFraction: 0.005,
    started: 29,
    userForced: 0,
    stwProcs: 2,
    procs: 2,
    sweepTermAtNs: 1000,
    markAtNs: 2000,
    markTermAtNs: 10_000,
    endAtNs: 11_000,
    pauseNs: 1950,
    heapAtStart: 2_097_152,
    heapAtEnd: 3_145_728,
    heapMarked: 1_048_576,
    heapGoal: 2 ** 64,
    stackScan: 1000,
    globalsScan: 2000,
    assistNs: 1,
    dedicatedNs: 2,
    fractionalNs: 3,
    idleNs: 4,
  });
});

test('a record without one of the figures that every release has is none', () => {
  assert.equal(read(hitOf('cycle', fields.slice(1))), undefined);
});
