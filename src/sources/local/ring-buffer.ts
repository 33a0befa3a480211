/** A record as the kernel wrote it: when, and the event's own bytes. */
export interface RawRecord {
  /** Since the origin that was asked for, by the trace clock, ns. */
  readonly atNs: number;
  readonly data: DataView;
}

/** What one page of trace_pipe_raw holds. */
export interface RingPage {
  readonly records: readonly RawRecord[];
  /** How many records the kernel had no room for before these; at least as many, where it does not say. */
  readonly lost: number;
}

/**
 * Reads a page of trace_pipe_raw, x86-64 (include/linux/ring_buffer.h, kernel/trace/ring_buffer.c, events/header_page and
 * header_event). The text of trace_pipe has whole microseconds only, and takes more time to read.
 */
export function readPage(page: DataView, originNs: bigint): RingPage {
  const commit = page.getUint32(8, true);
  const end = headerSize + (commit & sizeMask);
  const records: RawRecord[] = [];
  let atNs = Number(page.getBigUint64(0, true) - originNs);
  for (let at = headerSize; at < end; ) {
    const head = page.getUint32(at, true);
    const [type, delta] = [head & 31, head >>> 5];
    const word = at + 8 <= page.byteLength ? page.getUint32(at + 4, true) : 0;
    if (type === paddingType) {
      if (delta === 0) break; // the rest of the page is empty
      atNs += delta; // a record that a filter withdrew
      at += 4 + word;
    } else if (type === extendType) {
      atNs += word * 2 ** 27 + delta;
      at += 8;
    } else if (type === stampType) {
      atNs = Number((BigInt(word) << 27n) + BigInt(delta) - originNs);
      at += 8;
    } else {
      atNs += delta;
      const [start, length] = type === 0 ? [at + 8, word - 4] : [at + 4, type * 4];
      records.push({ atNs, data: new DataView(page.buffer, page.byteOffset + start, length) });
      at = start + length;
    }
  }
  return { records, lost: lostBefore(page, commit, end) };
}

function lostBefore(page: DataView, commit: number, end: number): number {
  if ((commit & missedEvents) === 0) return 0;
  const isStored = (commit & missedStored) !== 0 && end + 8 <= page.byteLength;
  return isStored ? Number(page.getBigUint64(end, true)) : 1;
}

const headerSize = 16;
const sizeMask = 0xf_ffff;
const missedEvents = 0x8000_0000;
const missedStored = 0x4000_0000;
const paddingType = 29;
const extendType = 30;
const stampType = 31;

/** One field of an event: where its number lies in the event's bytes. */
interface Field {
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** How an event's bytes are read, by its `format` file. */
export class EventFormat {
  /** The event's number, with which each of its records begins. */
  readonly id: number;
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(text: string) {
    this.id = Number(/^ID: (\d+)$/m.exec(text)?.[1]);
    const found = text.matchAll(/field:.*?(\w+);\s+offset:(\d+);\s+size:(\d+);\s+signed:([01]);/g);
    this.#fields = new Map(
      [...found].map(([, name = '', offset, size, signed]) => [
        name,
        { offset: Number(offset), size: Number(size), signed: signed === '1' },
      ]),
    );
  }

  /** Undefined where the event has no such field. Exact up to 2^53. */
  number(data: DataView, name: string): number | undefined {
    const field = this.#fields.get(name);
    if (field === undefined) return undefined;
    const { offset, size, signed } = field;
    if (size === 8) {
      const high = signed ? data.getInt32(offset + 4, true) : data.getUint32(offset + 4, true);
      return high * 2 ** 32 + data.getUint32(offset, true);
    }
    if (size === 4) return signed ? data.getInt32(offset, true) : data.getUint32(offset, true);
    if (size === 2) return signed ? data.getInt16(offset, true) : data.getUint16(offset, true);
    return signed ? data.getInt8(offset) : data.getUint8(offset);
  }

  /** The bits of a field of 8 bytes, as an unsigned number. */
  bits(data: DataView, name: string): bigint | undefined {
    const field = this.#fields.get(name);
    return field?.size === 8 ? data.getBigUint64(field.offset, true) : undefined;
  }
}
