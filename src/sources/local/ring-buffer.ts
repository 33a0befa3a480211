/** A record as the kernel wrote it: when (its trace clock, ns), and the event's own bytes. */
export interface RawRecord {
  readonly atNs: number;
  readonly data: DataView;
}

/**
 * The records of one page of trace_pipe_raw, x86-64 (include/linux/ring_buffer.h, events/header_page and header_event).
 * The text of trace_pipe has whole microseconds only.
 */
export function recordsOf(page: DataView): readonly RawRecord[] {
  const commit = page.getUint32(8, true);
  if ((commit & missedEvents) !== 0) throw new Error('the kernel had no room for some records');
  const end = headerSize + (commit & sizeMask);
  const records: RawRecord[] = [];
  let atNs = Number(page.getBigUint64(0, true));
  for (let at = headerSize; at < end; ) {
    const head = page.getUint32(at, true);
    const [type, delta] = [head & 31, head >>> 5];
    const word = at + 8 <= page.byteLength ? page.getUint32(at + 4, true) : 0;
    if (type === paddingType) {
      if (delta === 0) break;
      throw new Error('a record was withdrawn, which only a filter can cause');
    }
    if (type === extendType || type === stampType) {
      const time = word * 2 ** 27 + delta;
      atNs = type === extendType ? atNs + time : time;
      at += 8;
      continue;
    }
    atNs += delta;
    const [start, length] = type === 0 ? [at + 8, word - 4] : [at + 4, type * 4];
    records.push({ atNs, data: new DataView(page.buffer, page.byteOffset + start, length) });
    at = start + length;
  }
  return records;
}

const headerSize = 16;
const sizeMask = 0xf_ffff;
const missedEvents = 0x8000_0000;
const paddingType = 29;
const extendType = 30;
const stampType = 31;

/** One field of an event: where its number lies in the event's bytes. */
export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** An event's number and fields, from its `format` file. */
export function readFormat(text: string): { readonly id: number; readonly fields: readonly Field[] } {
  const fields = [...text.matchAll(/field:.*?(\w+);\s+offset:(\d+);\s+size:(\d+);\s+signed:([01]);/g)].map(
    ([, name = '', offset, size, signed]) => ({
      name,
      offset: Number(offset),
      size: Number(size),
      signed: signed === '1',
    }),
  );
  return { id: Number(/^ID: (\d+)$/m.exec(text)?.[1]), fields };
}

/** The value of a field of 4 or 8 bytes; the few that are smaller, all the kernel's own, are of no interest. */
export function fieldValue(data: DataView, { offset, size, signed }: Field): bigint | undefined {
  if (size === 8) return signed ? data.getBigInt64(offset, true) : data.getBigUint64(offset, true);
  if (size !== 4) return undefined;
  return BigInt(signed ? data.getInt32(offset, true) : data.getUint32(offset, true));
}
