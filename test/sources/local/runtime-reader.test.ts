import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoVersion } from '../../../src/binary/go-version.js';
import { type GlobalName, layoutFor } from '../../../src/binary/layouts.js';
import { nanos } from '../../../src/gc/units.js';
import { CycleLedger } from '../../../src/sources/local/cycle-ledger.js';
import type { Memory } from '../../../src/sources/local/memory.js';
import type { RuntimePlace } from '../../../src/sources/local/runtime-place.js';
import { RuntimeReader } from '../../../src/sources/local/runtime-reader.js';
import { checkSanity } from '../../../src/sources/local/sanity.js';

const version = parseGoVersion('go1.26.5');
const layout = version && layoutFor(version, 'x86-64');
assert.ok(layout !== undefined);
const { memstats, work } = layout;
const base: Readonly<Record<GlobalName, number>> = {
  work: 0x10000,
  memstats: 0x20000,
  gcController: 0x30000,
  mheap_: 0x40000,
  sweep: 0x60000,
};
const initTime = 0x70000;
const place: RuntimePlace = { goMinor: 26, layout, addresses: base, initTime, gcPercent: undefined };

const dayNs = 86_400n * 1_000_000_000n;
const epochNs = 1_795_417_151_015_123_456n;

/** The memory of a program that started up at `init`; everything else in it is 0 until it is set. */
function programSince(init: bigint) {
  const image = new DataView(new ArrayBuffer(0x80000));
  image.setBigUint64(initTime, init, true);
  const memory: Memory = {
    read: (address, into) => {
      into.set(new Uint8Array(image.buffer, address, into.length));
      return true;
    },
    close: () => {},
  };
  const u64 = (address: number, value: bigint) => image.setBigUint64(address, value, true);
  const u32 = (address: number, value: number) => image.setUint32(address, value, true);
  /** A cycle of 30 us of pauses that ends at that nanotime. */
  const endCycle = (number: number, endAt: bigint) => {
    const slot = 8 * ((number - 1) % 256);
    u32(base.memstats + memstats.numgc, number);
    u32(base.work + work.cycles, number);
    u32(base.work + work.stwprocs, 2);
    u32(base.work + work.maxprocs, 2);
    u64(base.memstats + memstats.pause_ns + slot, 30_000n);
    u64(base.memstats + memstats.pause_end + slot, epochNs + endAt);
    u64(base.memstats + memstats.pause_total_ns, 30_000n * BigInt(number));
    u64(base.memstats + memstats.last_gc_unix, epochNs + endAt);
    u64(base.memstats + memstats.last_gc_nanotime, endAt);
    u64(base.work + work.tSweepTerm, endAt - 1_030_000n);
    u64(base.work + work.tMark, endAt - 1_010_000n);
    u64(base.work + work.tMarkTerm, endAt - 10_000n);
    u64(base.work + work.tEnd, endAt);
    u64(base.work + work.pauseNS, 30_000n);
  };
  return { memory, endCycle };
}

function look(reader: RuntimeReader, atNs: number) {
  const sample = reader.sample(() => nanos(atNs));
  assert.ok(typeof sample === 'object', String(sample));
  checkSanity(sample, 'go1.26.5');
  return sample;
}

for (const days of [0n, 105n, 365n]) {
  const origin = days * dayNs + 5_000_000_000n;

  test(`a program without a cycle yet is read on a machine that has been up for ${days} days`, () => {
    const { memory, endCycle } = programSince(origin - 10_000_000n);
    const reader = new RuntimeReader(memory, place, origin);
    assert.equal(reader.initTime(), origin - 10_000_000n);
    const ledger = new CycleLedger(look(reader, 0), { initAtNs: nanos(-10_000_000), probed: false });
    endCycle(1, origin + 20_000_000n);
    const [told, ...more] = ledger.update(look(reader, 21e6), []);
    assert.deepEqual(more, []);
    assert.ok(told?.kind === 'cycle');
    const { trigger, sweepTermAtNs, endAtNs, sinceStartNs } = told.cycle;
    assert.deepEqual(
      { trigger, sweepTermAtNs, endAtNs, sinceStartNs },
      { trigger: 'heap', sweepTermAtNs: 18_970_000, endAtNs: 20_000_000, sinceStartNs: 28_970_000 },
    );
  });

  test(`a program that last collected ${days} days ago is read, and tells its next cycle`, () => {
    const { memory, endCycle } = programSince(1_000_000_000n);
    endCycle(1, 2_000_000_000n);
    const reader = new RuntimeReader(memory, place, origin);
    const ledger = new CycleLedger(look(reader, 0), { initAtNs: undefined, probed: false });
    endCycle(2, origin + 20_000_000n);
    const [told] = ledger.update(look(reader, 21e6), []);
    assert.ok(told?.kind === 'cycle');
    assert.equal(told.cycle.endAtNs, 20_000_000);
    assert.equal(told.cycle.trigger, days === 0n ? 'heap' : 'time');
  });

  test(`cycles that are lost after ${days} days without any lie after the first look`, () => {
    const { memory, endCycle } = programSince(1_000_000_000n);
    endCycle(1, 2_000_000_000n);
    const reader = new RuntimeReader(memory, place, origin);
    const ledger = new CycleLedger(look(reader, 7), { initAtNs: undefined, probed: false });
    for (let n = 2; n <= 300; n++) endCycle(n, origin + BigInt(n) * 2_000_000n);
    const [gap] = ledger.update(look(reader, 700e6), []);
    assert.deepEqual(gap, { kind: 'gap', fromNs: 7, toNs: 90e6, lost: 43 });
  });
}
