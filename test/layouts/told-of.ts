import assert from 'node:assert/strict';
import { globalNames, type ReleaseLayout } from '../../src/binary/layouts.js';
import { fieldBytes, type Row, table } from '../../src/binary/layouts-table.js';
import { nanos } from '../../src/gc/units.js';
import type { RuntimePlace } from '../../src/sources/local/runtime-place.js';
import { RuntimeReader } from '../../src/sources/local/runtime-reader.js';

const base = { work: 0x10000, memstats: 0x20000, gcController: 0x30000, mheap_: 0x40000, sweep: 0x60000 };
const [initTime, gcPercent] = [0x70000, 0x70100];

/** How many cycles have ended in the memory that is looked at. */
const cycles = 5;

/** Values that a field is given in turn. */
const values = [0n, 1n, 3n, 1n << 21n, 1n << 31n, 1n << 40n, (1n << 64n) - 1n];

export interface FieldName {
  readonly global: string;
  readonly field: string;
}

/**
 * What of all that is told of a program follows a field, found by changing it: figures of a cycle's record, of a reading
 * of the heap, of the ring of pauses, whether the sweep is over, whether the look is whole. Empty: it is not read.
 */
export function toldOf(release: ReleaseLayout, { global, field }: FieldName): readonly string[] {
  const memory = new DataView(new ArrayBuffer(0x80000));
  fill(memory, release);
  const { address, bytes } = placeIn(release, { global, field });
  const before = told(memory, release);
  const changed = new Set<string>();
  const original = new Uint8Array(memory.buffer).slice(address, address + bytes);
  for (const value of values) {
    if (bytes === 1) memory.setUint8(address, Number(value & 0xffn));
    else if (bytes === 4) memory.setUint32(address, Number(value & 0xffff_ffffn), true);
    else memory.setBigUint64(address, value, true);
    const after = told(memory, release);
    for (const key of after.keys()) if (before.get(key) !== after.get(key)) changed.add(key);
    new Uint8Array(memory.buffer).set(original, address);
  }
  return [...changed].sort();
}

/** A ring's entry is that of the last cycle. */
function placeIn(release: ReleaseLayout, { global, field }: FieldName): { address: number; bytes: number } {
  if (field === 'runtimeInitTime') return { address: initTime, bytes: 8 };
  if (field === 'gcpercent') return { address: gcPercent, bytes: 4 };
  const { offset, kind } =
    fieldsOf(release).find((each) => each.global === global && each.field === field) ??
    assert.fail(`${release.since} has no ${global}.${field}`);
  const begin = Object.entries(base).find(([name]) => name === global)?.[1] ?? 0;
  if (kind === 'u64x256') return { address: begin + offset + 8 * (cycles - 1), bytes: 8 };
  return { address: begin + offset, bytes: fieldBytes[kind] };
}

/** The fields of a release's layout. */
export const fieldsOf = ({ layout }: ReleaseLayout) =>
  globalNames.flatMap((global) =>
    Object.entries<Row<number | undefined>>(table[global]).flatMap(([field, { kind }]) => {
      const offset = new Map(Object.entries<number | undefined>(layout[global])).get(field);
      return offset === undefined ? [] : [{ global, field, kind, offset }];
    }),
  );

/** A program between two cycles, in which every figure is another one, and the pacer's are such that each counts. */
function fill(memory: DataView, release: ReleaseLayout): void {
  const known: Readonly<Record<string, bigint>> = {
    'work.cycles': BigInt(cycles),
    'work.userForced': 0n,
    'memstats.numgc': BigInt(cycles),
    'memstats.numforcedgc': 2n,
    'memstats.last_gc_unix': 1_800_000_000_000_000_000n,
    'memstats.pause_end': 1_800_000_000_000_000_000n,
    'gcController.gcPercent': 100n,
    'gcController.memoryLimit': 1n << 33n,
    'gcController.gcPercentHeapGoal': 1n << 30n,
    'gcController.triggered': (1n << 64n) - 1n,
    'gcController.mappedReady': 1n << 30n,
    'gcController.heapFree': 1n << 20n,
    'gcController.totalAlloc': 1n << 29n,
    'gcController.totalFree': 1n << 28n,
    'mheap_.sweepdone': 1n,
    'mheap_.sweepDrained': 1n,
    'mheap_.sweepers': 0n,
    'sweep.activeState': 0x8000_0000n,
  };
  memory.setBigUint64(initTime, 1_000n, true);
  memory.setInt32(gcPercent, 100, true);
  for (const [i, { global, field }] of fieldsOf(release).entries()) {
    const { address, bytes } = placeIn(release, { global, field });
    const value = known[`${global}.${field}`] ?? BigInt(1_000_000 + 1_000 * i);
    if (bytes === 1) memory.setUint8(address, Number(value));
    else if (bytes === 4) memory.setUint32(address, Number(value), true);
    else memory.setBigUint64(address, value, true);
    // The cycles before it have other pauses, and ended at the same moment.
    for (let back = 1; field.startsWith('pause_') && bytes === 8 && back < cycles; back++)
      if (field !== 'pause_total_ns')
        memory.setBigUint64(address - 8 * back, field === 'pause_end' ? value : value + BigInt(back), true);
  }
}

const notWhole = 'that a look is whole';

/** Everything that a look tells, by name; of a look that is not whole, and of a heap that cannot be, that alone. */
function told(memory: DataView, { layout, minor }: ReleaseLayout): ReadonlyMap<string, string> {
  const place: RuntimePlace = {
    goMinor: minor,
    layout,
    addresses: base,
    initTime,
    gcPercent: minor === 16 ? gcPercent : undefined,
  };
  const reader = new RuntimeReader(
    {
      read: (address, into) => {
        into.set(new Uint8Array(memory.buffer, address, into.length));
        return true;
      },
      close: () => {},
    },
    place,
    0n,
  );
  const found = new Map<string, string>();
  const put = (key: string, figure: () => unknown) => found.set(key, shown(figure));
  put('start of the program', () => reader.initTime());
  const sample = reader.sample(() => nanos(0));
  if (typeof sample === 'string') return found.set(notWhole, sample);
  for (const [key, value] of Object.entries(sample.record)) put(`cycle ${key}`, () => value);
  put('pause of the ring', () => sample.entry(cycles).pauseNs);
  put('end of the ring', () => sample.entry(cycles).endAtNs);
  put('sum of pauses', () => sample.pauseTotalNs);
  put('cycle number', () => sample.cycles);
  put('forced cycles', () => sample.forcedCycles);
  put('sweep is over', () => sample.swept);
  try {
    for (const [key, value] of Object.entries(sample.heap())) put(`heap ${key}`, () => value);
  } catch {
    // Its sizes cannot be: the first look refuses it (identities.ts).
  }
  return found;
}

function shown(figure: () => unknown): string {
  try {
    return String(figure());
  } catch {
    return 'cannot be';
  }
}
