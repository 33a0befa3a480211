import { notYet } from './block.js';
import type { LocalProcess } from './process.js';
import {
  type CycleRecord,
  type FigureType,
  type RecordField,
  recordFields,
  recordOf,
} from './record-field.js';
import type { RuntimePlace } from './runtime-place.js';
import type { Hit, UprobePlan } from './uprobe-group.js';
import { refused, verifiedSite } from './verified-site.js';

/** What the event of tier B is called. */
export const cycleEvent = 'cycle';

/**
 * The uprobe on runtime.freeStackSpans. gcMarkTermination calls it once a cycle, after the record in runtime.work is
 * complete and before the next cycle can begin; the kernel reads the record. Throws TRACEFS where it may not sit.
 */
export function cyclePlan(watched: LocalProcess, place: RuntimePlace): UprobePlan {
  const { cycleProbe, noCycleProbe } = watched.program;
  if (cycleProbe === undefined) throw refused(noCycleProbe ?? 'no place for a probe was found');
  return {
    event: cycleEvent,
    fileOffset: verifiedSite(watched, cycleProbe).fileOffset,
    args: recordFields(place.layout).map((field) => fetchArg(field, place)),
  };
}

const fetchArg = ({ key, type, global, offset }: RecordField, { addresses }: RuntimePlace): string =>
  `${key}=@0x${(addresses[global] + offset).toString(16)}:${fetchTypes[type]}`;

/** A float's bits are fetched as an integer: the kernel has no floats. */
const fetchTypes: Readonly<Record<FigureType, string>> = {
  u8: 'u8',
  u32: 'u32',
  u64: 'u64',
  f64: 'u64',
  time: 'u64',
};

/** Reads what the kernel recorded at the end of a cycle. Times are counted from `originNs`. */
export function cycleReader(place: RuntimePlace, originNs: bigint): (hit: Hit) => CycleRecord | undefined {
  const fields = recordFields(place.layout);
  return (hit) => {
    const figures: Partial<Record<keyof CycleRecord, number>> = {};
    for (const { key, type } of fields) {
      const figure = figureOf(hit, { key, type }, originNs);
      if (figure !== undefined) figures[key] = figure;
    }
    return recordOf(figures);
  };
}

function figureOf(
  hit: Hit,
  { key, type }: Pick<RecordField, 'key' | 'type'>,
  originNs: bigint,
): number | undefined {
  if (type !== 'time' && type !== 'f64') return hit.number(key);
  const bits = hit.bits(key);
  if (bits === undefined) return undefined;
  if (type === 'time') return bits === 0n ? notYet : Number(bits - originNs);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
