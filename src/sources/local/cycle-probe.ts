import { closeSync, openSync, readSync } from 'node:fs';
import type { ProbeSite } from '../../binary/go-program.js';
import { GctopError } from '../../error.js';
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
import { addUprobe, type Uprobe } from './tracefs.js';

/** The probe that sees every cycle end: what it recorded, and how often it fired for this process. */
export interface CycleProbe {
  /** The records made since the last call, in the order of the cycles, and how many the kernel lost. */
  drain(): { readonly records: readonly CycleRecord[]; readonly lost: number };
  readonly hits: number;
  remove(): void;
}

export interface CycleProbeOptions {
  readonly tracefs: string;
  readonly watched: LocalProcess;
  readonly place: RuntimePlace;
  /** runtimeInitTime, as it is stored. */
  readonly initTime: bigint;
  readonly originMonotonicNs: bigint;
}

/**
 * Puts one uprobe on runtime.freeStackSpans. gcMarkTermination calls it once a cycle, after the record in
 * runtime.work is complete and before the next cycle can begin; the kernel reads the record. A uprobe sits on the
 * file and fires in every process that runs it: runtimeInitTime, in the record and in the kernel's filter, tells them
 * apart. Throws TRACEFS.
 */
export function addCycleProbe({
  tracefs,
  watched,
  place,
  initTime,
  originMonotonicNs,
}: CycleProbeOptions): CycleProbe {
  const site = verifiedSite(watched);
  const fields = recordFields(place.layout);
  const uprobe = addUprobe(tracefs, {
    path: watched.executable,
    fileOffset: site.fileOffset,
    args: [...fields.map((field) => fetchArg(field, place)), `${initName}=@${hex(place.initTime ?? 0)}:s64`],
    filter: `${initName} == ${initTime}`,
  });
  return reader(uprobe, { fields, initTime: String(initTime), originMonotonicNs });
}

const initName = 'runtimeInitTime';

const fetchArg = ({ key, type, global, offset }: RecordField, { addresses }: RuntimePlace): string =>
  `${key}=@${hex(addresses[global] + offset)}:${fetchTypes[type]}`;

/** A float's bits are fetched as an integer: the kernel has no floats. */
const fetchTypes: Readonly<Record<FigureType, string>> = {
  u8: 'u8',
  u32: 'u32',
  u64: 'u64',
  f64: 'u64',
  time: 'u64',
};

const hex = (address: number): string => `0x${address.toString(16)}`;

interface Reading {
  readonly fields: readonly RecordField[];
  readonly initTime: string;
  readonly originMonotonicNs: bigint;
}

function reader(uprobe: Uprobe, reading: Reading): CycleProbe {
  let hits = 0;
  return {
    drain: () => {
      const { lines, lost } = uprobe.drain();
      const records = lines.flatMap((line) => parseRecord(line, reading) ?? []);
      hits += records.length + lost;
      return { records, lost };
    },
    get hits() {
      return hits;
    },
    remove: () => uprobe.remove(),
  };
}

/** One line of trace_pipe, `... cycle: (0x43...) number=7 ...`; undefined when it is of another process, or none. */
export function parseRecord(
  line: string,
  { fields, initTime, originMonotonicNs }: Reading,
): CycleRecord | undefined {
  const values = new Map(
    [...line.matchAll(/(\w+)=(-?\d+)/g)].map(([, key = '', value = '']) => [key, value]),
  );
  if (values.get(initName) !== initTime) return undefined;
  const figures: Partial<Record<keyof CycleRecord, number>> = {};
  for (const { key, type } of fields) {
    const text = values.get(key);
    if (text !== undefined) figures[key] = figureOf(text, type, originMonotonicNs);
  }
  return recordOf(figures);
}

function figureOf(text: string, type: FigureType, originMonotonicNs: bigint): number {
  if (type === 'time') return text === '0' ? notYet : Number(BigInt(text) - originMonotonicNs);
  if (type !== 'f64') return Number(text);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, BigInt(text));
  return bits.getFloat64(0);
}

/**
 * The site, after its bytes were compared in the file and in the running program: a probe inside an instruction makes
 * the program run other code than its own. In memory the first byte may be int3 where somebody else probes already.
 */
function verifiedSite({ program, executable, memory, loadBias }: LocalProcess): ProbeSite {
  const site = program.cycleProbe;
  if (site === undefined) throw refused(program.noCycleProbe ?? 'no place for a probe was found');
  const { bytes, address, fileOffset, functionFileOffset } = site;
  const offset = fileOffset - functionFileOffset;
  const loaded = new Uint8Array(bytes.length);
  if (!memory.read(address - offset + loadBias, loaded)) throw refused('its code is not in memory');
  if (loaded[offset] === int3) loaded[offset] = bytes[offset] ?? int3;
  const inFile = fileBytes(executable, functionFileOffset, bytes.length);
  if (Buffer.compare(inFile, bytes) !== 0 || Buffer.compare(loaded, bytes) !== 0) {
    throw refused('its code is not what its file said a moment ago');
  }
  return site;
}

const int3 = 0xcc;

function fileBytes(path: string, offset: number, length: number): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const found = new Uint8Array(length);
    return found.subarray(0, readSync(fd, found, 0, length, offset));
  } finally {
    closeSync(fd);
  }
}

const refused = (why: string): GctopError =>
  new GctopError('TRACEFS', `the program is not probed: ${why}`, {
    hint: 'report it with the output of `go version -m`',
  });
