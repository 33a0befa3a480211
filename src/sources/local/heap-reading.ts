import { heapGoal } from '../../binary/heap-goal.js';
import type { HeapReading } from '../../gc/event.js';
import { type Bytes, bytes, type Nanos, type Pages, pages } from '../../gc/units.js';
import type { Block } from './block.js';
import { sizeOrNone } from './cycle-record.js';
import type { RuntimePlace } from './runtime-place.js';
import type { Blocks } from './runtime-reader.js';

/** The heap as the blocks that were read last show it. Go 1.16 keeps in memstats what later belongs to the controller. */
export function readHeap(place: RuntimePlace, blocks: Blocks, atNs: Nanos): HeapReading {
  const { memstats, gcController, mheap_ } = place.layout;
  const inMemstats = reader(blocks.memstats, place.addresses.memstats);
  const inController = reader(blocks.gcController, place.addresses.gcController);
  const inMheap = reader(blocks.mheap_, place.addresses.mheap_);
  const live = inMemstats(memstats.heap_live) ?? inController(gcController.heapLive) ?? 0;
  const reading: Mutable<HeapReading> = { kind: 'heap', atNs, live: bytes(live) };
  const put = <Key extends keyof HeapReading>(key: Key, value: HeapReading[Key] | undefined) => {
    if (value !== undefined) reading[key] = value;
  };
  put('marked', size(inMemstats(memstats.heap_marked) ?? inController(gcController.heapMarked)));
  put('goal', readGoal(place, blocks));
  put('trigger', trigger(inMemstats(memstats.gc_trigger) ?? inController(gcController.trigger)));
  put('limit', orNone(inController(gcController.memoryLimit)));
  put('gcPercent', readGcPercent(place, blocks));
  put('inUse', size(inMemstats(memstats.heap_inuse) ?? inController(gcController.heapInUse)));
  put('free', size(inController(gcController.heapFree)));
  put('released', size(inMemstats(memstats.heap_released) ?? inController(gcController.heapReleased)));
  put('totalAlloc', size(inController(gcController.totalAlloc)));
  put('pagesInUse', pageCount(inMheap(mheap_.pagesInUse)));
  put('pagesSwept', pageCount(inMheap(mheap_.pagesSwept)));
  put('cycles', blocks.memstats?.u32(place.addresses.memstats + memstats.numgc));
  put('forcedCycles', blocks.memstats?.u32(place.addresses.memstats + memstats.numforcedgc));
  return reading;
}

/** Whether two readings differ in nothing but their time. */
export function isSameHeap(a: HeapReading, b: HeapReading): boolean {
  const figures = Object.entries({ ...a, atNs: b.atNs });
  const others = new Map(Object.entries(b));
  return figures.length === others.size && figures.every(([key, value]) => others.get(key) === value);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const reader = (block: Block | undefined, address: number) => (offset: number | undefined) =>
  block === undefined || offset === undefined ? undefined : block.u64(address + offset);

const size = (value: number | undefined): Bytes | undefined =>
  value === undefined ? undefined : bytes(value);

const pageCount = (value: number | undefined): Pages | undefined =>
  value === undefined ? undefined : pages(value);

/** With GOGC=off there is no trigger, which the runtime stores as all ones. */
const trigger = (value: number | undefined): Bytes | undefined =>
  value === undefined || value >= 2 ** 53 ? undefined : bytes(value);

function readGoal({ goMinor, layout, addresses }: RuntimePlace, blocks: Blocks): Bytes | 'none' | undefined {
  const { next_gc } = layout.memstats;
  if (next_gc !== undefined) return orNone(blocks.memstats?.u64(addresses.memstats + next_gc));
  const block = blocks.gcController;
  const fields = layout.gcController;
  const exact = (offset: number | undefined) =>
    offset === undefined ? 0n : (block?.bigU64(addresses.gcController + offset) ?? 0n);
  if (fields.heapGoal !== undefined) return orNone(block?.u64(addresses.gcController + fields.heapGoal));
  const goal = heapGoal(goMinor, {
    gcPercentHeapGoal: exact(fields.gcPercentHeapGoal),
    sweepDistMinTrigger: exact(fields.sweepDistMinTrigger),
    triggered: exact(fields.triggered),
    heapMarked: exact(fields.heapMarked),
    memoryLimit: exact(fields.memoryLimit),
    heapFree: exact(fields.heapFree),
    totalAlloc: exact(fields.totalAlloc),
    totalFree: exact(fields.totalFree),
    mappedReady: exact(fields.mappedReady),
  });
  return goal === undefined ? undefined : orNone(Number(goal));
}

const orNone = (value: number | undefined): Bytes | 'none' | undefined =>
  value === undefined ? undefined : sizeOrNone(value);

function readGcPercent(
  { layout, addresses, gcPercent }: RuntimePlace,
  blocks: Blocks,
): number | 'off' | undefined {
  const { gcPercent: offset } = layout.gcController;
  const [block, address] =
    offset === undefined
      ? [blocks.gcPercent, gcPercent]
      : [blocks.gcController, addresses.gcController + offset];
  if (block === undefined || address === undefined) return undefined;
  const percent = block.s32(address);
  return percent < 0 ? 'off' : percent;
}
