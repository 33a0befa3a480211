import type { GlobalName, Layout } from '../../binary/layouts.js';
import { fieldBytes, type Row, table } from '../../binary/layouts-table.js';
import { GctopError } from '../../error.js';
import type { Nanos } from '../../gc/units.js';
import { Block } from './block.js';
import { readHeap } from './heap-reading.js';
import type { Memory } from './memory.js';
import { type CycleRecord, type RecordField, recordFields, recordOf } from './record-field.js';
import type { RuntimePlace } from './runtime-place.js';
import { type RingEntry, ringSize, type Sample } from './sample.js';

/** The globals of one program, each read at one go into a buffer that is used again. */
export type Blocks = Readonly<Record<GlobalName, Block | undefined>> & {
  readonly gcPercent: Block | undefined;
};

/** Looks into a running program's memory. A look costs some ten reads of a few KiB, and the program nothing. */
export class RuntimeReader {
  readonly #memory: Memory;
  readonly #place: RuntimePlace;
  readonly #blocks: Blocks;
  readonly #memstats: Block;
  readonly #work: Block;
  readonly #workAgain: Block;
  /** memstats.numgc and last_gc_unix alone. */
  readonly #numgc: Block;
  readonly #lastGcUnix: Block;
  readonly #init: Block | undefined;
  readonly #fields: readonly RecordField[];

  /** `originMonotonicNs` is what the runtime's clock showed at the session's origin. */
  constructor(memory: Memory, place: RuntimePlace, originMonotonicNs: bigint) {
    const { layout, addresses } = place;
    const block = (name: GlobalName) => blockOf(place, name, originMonotonicNs);
    const alone = (address: number, length: number) => new Block(address, length, originMonotonicNs);
    this.#memory = memory;
    this.#place = place;
    this.#memstats = block('memstats') ?? alone(addresses.memstats, 0);
    this.#work = block('work') ?? alone(addresses.work, 0);
    this.#workAgain = alone(this.#work.address, this.#work.bytes.length);
    this.#numgc = alone(addresses.memstats + layout.memstats.numgc, 4);
    this.#lastGcUnix = alone(addresses.memstats + layout.memstats.last_gc_unix, 8);
    this.#init = place.initTime === undefined ? undefined : alone(place.initTime, 8);
    this.#fields = recordFields(layout);
    this.#blocks = {
      memstats: this.#memstats,
      work: this.#work,
      gcController: block('gcController'),
      mheap_: block('mheap_'),
      sweep: block('sweep'),
      gcPercent: place.gcPercent === undefined ? undefined : alone(place.gcPercent, 4),
    };
  }

  /** Whether the program can tell runtimeInitTime at all. */
  get knowsInit(): boolean {
    return this.#init !== undefined;
  }

  /** runtimeInitTime, a nanotime; undefined where it is not known, and before the runtime has started up. */
  initTime(): bigint | undefined {
    const init = this.#init;
    if (init === undefined || !this.#memory.read(init.address, init.bytes)) return undefined;
    return init.bigU64(init.address) || undefined;
  }

  /** Cycles ended so far, by the cheapest of reads; undefined when the program has ended. */
  cycles(): number | undefined {
    const { address, bytes } = this.#numgc;
    return this.#memory.read(address, bytes) ? this.#numgc.u32(address) : undefined;
  }

  /** One look; `ended` when the program is gone, `unsettled` when a cycle ended or began at that very moment. */
  sample(nowNs: () => Nanos): Sample | 'ended' | 'unsettled' {
    for (let tries = 0; tries < 3; tries++) {
      if (!this.#readAll()) return 'ended';
      if (this.#isSettled()) return this.#decode(nowNs());
    }
    return 'unsettled';
  }

  /**
   * The order is what makes it safe: numgc comes before everything, last_gc_unix after everything. gcMarkTermination
   * writes last_gc_unix before any other figure of memstats and numgc after all of them.
   */
  #readAll(): boolean {
    const { gcController, mheap_, sweep, gcPercent } = this.#blocks;
    const order = [
      this.#numgc,
      this.#memstats,
      this.#work,
      gcController,
      this.#workAgain,
      mheap_,
      sweep,
      gcPercent,
      this.#lastGcUnix,
    ];
    return order.every((block) => block === undefined || this.#memory.read(block.address, block.bytes));
  }

  /** Whether no cycle ended between the first read and the last, and work did not change while it was read. */
  #isSettled(): boolean {
    const { layout, addresses } = this.#place;
    const cycles = this.#numgc.u32(this.#numgc.address);
    if (this.#memstats.u32(addresses.memstats + layout.memstats.numgc) !== cycles) return false;
    const ended = this.#lastGcUnix.u64(this.#lastGcUnix.address);
    if (cycles === 0 ? ended !== 0 : ended !== this.#memstats.u64(this.#ringAddress('pause_end', cycles)))
      return false;
    return Buffer.compare(this.#work.bytes, this.#workAgain.bytes) === 0;
  }

  #decode(atNs: Nanos): Sample {
    const { layout, addresses } = this.#place;
    const memstats = (offset: number) => addresses.memstats + offset;
    const cycles = this.#numgc.u32(this.#numgc.address);
    return {
      atNs,
      cycles,
      forcedCycles: this.#memstats.u32(memstats(layout.memstats.numforcedgc)),
      pauseTotalNs: this.#memstats.u64(memstats(layout.memstats.pause_total_ns)),
      oldest: Math.max(1, cycles - ringSize + 1),
      entry: (cycle) => this.#entry(cycle),
      record: this.#record(),
      swept: this.#swept(),
      heap: () => readHeap(this.#place, this.#blocks, atNs),
    };
  }

  /**
   * Ends are kept as wall clock, but the last one also as nanotime: that pair dates the others, to the 100 ns that lie
   * between the two readings of the clocks, and unless the wall clock was set meanwhile.
   */
  #entry(cycle: number): RingEntry {
    const { layout, addresses } = this.#place;
    const lastEndAtNs = this.#memstats.time(addresses.memstats + layout.memstats.last_gc_nanotime);
    const lastEndUnix = addresses.memstats + layout.memstats.last_gc_unix;
    return {
      pauseNs: this.#memstats.u64(this.#ringAddress('pause_ns', cycle)),
      endAtNs: lastEndAtNs + this.#memstats.difference(this.#ringAddress('pause_end', cycle), lastEndUnix),
    };
  }

  #ringAddress(ring: 'pause_ns' | 'pause_end', cycle: number): number {
    const { layout, addresses } = this.#place;
    return addresses.memstats + layout.memstats[ring] + 8 * ((cycle - 1) % ringSize);
  }

  #record(): CycleRecord {
    const figures: Partial<Record<keyof CycleRecord, number>> = {};
    for (const { key, type, global, offset } of this.#fields) {
      const value = this.#blocks[global]?.[type](this.#place.addresses[global] + offset);
      if (value !== undefined) figures[key] = value;
    }
    const record = recordOf(figures);
    if (record === undefined)
      throw new GctopError('INTERNAL', 'the layout lacks a figure of the cycle record');
    return record;
  }

  #swept(): boolean | undefined {
    const { layout, addresses } = this.#place;
    const { mheap_, sweep } = this.#blocks;
    const { sweepdone, sweepDrained, sweepers } = layout.mheap_;
    const flag = sweepdone ?? sweepDrained;
    if (mheap_ !== undefined && flag !== undefined && sweepers !== undefined) {
      return mheap_.u32(addresses.mheap_ + flag) !== 0 && mheap_.u32(addresses.mheap_ + sweepers) === 0;
    }
    if (sweep === undefined || layout.sweep.activeState === undefined) return undefined;
    return sweep.u32(addresses.sweep + layout.sweep.activeState) === sweepDrainedMask;
  }
}

/** activeSweep (runtime/mgcsweep.go): the queue is empty, and no sweeper is at work. */
const sweepDrainedMask = 0x8000_0000;

/** A block from the first to the last field of a global; undefined where the program lacks the global or its fields. */
function blockOf(
  { layout, addresses }: RuntimePlace,
  name: GlobalName,
  originMonotonicNs: bigint,
): Block | undefined {
  const spans = spansOf(layout, name);
  if (spans.length === 0) return undefined;
  const first = Math.min(...spans.map(({ begin }) => begin));
  const end = Math.max(...spans.map(({ end }) => end));
  return new Block(addresses[name] + first, end - first, originMonotonicNs);
}

function spansOf(
  layout: Layout,
  name: GlobalName,
): readonly { readonly begin: number; readonly end: number }[] {
  return Object.entries<Row<number | undefined>>(table[name]).flatMap(([field, { kind }]) => {
    const begin = Object.entries(layout[name]).find(([each]) => each === field)?.[1];
    return begin === undefined ? [] : [{ begin, end: begin + fieldBytes[kind] }];
  });
}
