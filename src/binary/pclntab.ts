import { eachChunk, readUpTo, u64At, viewOf } from './byte-source.js';
import { type Elf, fileOffsetOf, readAddress, type Segment, sectionNamed } from './elf.js';

/**
 * The table of a program's functions (.gopclntab), which no stripping removes: tracebacks need it. Its format changed
 * with Go 1.16, 1.18 and 1.20 (internal/abi and cmd/link/internal/ld/pcln.go); all offsets are counted from its start.
 */
export interface Pclntab {
  readonly format: PclntabFormat;
  /** As linked. */
  readonly address: number;
  readonly fileOffset: number;
  /** Bytes from its start to where the file's segment, or its section, ends. */
  readonly size: number;
  readonly functionCount: number;
  /** From where the functions' places are counted, as the header says; undefined where it does not (Go 1.16, 1.17, 1.26 on). */
  readonly textStart: number | undefined;
  readonly namesOffset: number;
  readonly namesSize: number;
  /** Of the tables of what holds from instruction to instruction (pctab). */
  readonly valuesOffset: number;
  /** Of the list of functions, from which their records are counted, too. */
  readonly functionsOffset: number;
}

/** By the release that brought it. */
export type PclntabFormat = 'go1.16' | 'go1.18' | 'go1.20';

/**
 * By section; where that was removed or renamed, by the look of its first bytes in every segment. A large program that
 * has sections, and gives no other sign of being Go, need not be read to its end for that.
 */
export function findPclntab(elf: Elf, { mayScan = true } = {}): Pclntab | undefined {
  for (const name of sectionNames) {
    const section = sectionNamed(elf, name);
    const found = section && readHeader(elf, section.address, section.size);
    if (found) return found;
  }
  if (!mayScan) return undefined;
  for (const segment of elf.segments) {
    const found = scanSegment(elf, segment);
    if (found) return found;
  }
  return undefined;
}

/** In a position-independent program it had the second name until Go 1.25. */
const sectionNames = ['.gopclntab', '.data.rel.ro.gopclntab'];

const headerSize = 72;
const formats: ReadonlyMap<number, PclntabFormat> = new Map([
  [0xfffffffa, 'go1.16'],
  [0xfffffff0, 'go1.18'],
  [0xfffffff1, 'go1.20'],
]);

/** The header, if what it says can be: three formats, 8-byte pointers, parts that lie one behind the other. */
function readHeader(elf: Elf, address: number, sizeLimit: number): Pclntab | undefined {
  const bytes = readAddress(elf, address, headerSize);
  const fileOffset = fileOffsetOf(elf, address);
  if (bytes.length < headerSize || fileOffset === undefined) return undefined;
  const view = viewOf(bytes);
  const format = formats.get(view.getUint32(0, true));
  if (format === undefined || !isHeaderTail(view, 4)) return undefined;
  const [firstPart, textStart] = format === 'go1.16' ? [24, 0] : [32, u64At(view, 24)];
  const part = (index: number) => u64At(view, firstPart + 8 * index);
  const [functionCount, namesOffset, unitsOffset, functionsOffset] = [
    u64At(view, 8),
    part(0),
    part(1),
    part(4),
  ];
  const size = Math.min(sizeLimit, elf.source.size - fileOffset);
  const isPossible =
    functionCount > 0 &&
    headerSize - 8 <= namesOffset &&
    namesOffset < unitsOffset &&
    unitsOffset <= functionsOffset &&
    functionsOffset + functionCount * entrySizes[format] <= size;
  if (!isPossible) return undefined;
  return {
    format,
    address,
    fileOffset,
    size,
    functionCount,
    textStart: textStart === 0 ? undefined : textStart,
    namesOffset,
    namesSize: unitsOffset - namesOffset,
    valuesOffset: part(3),
    functionsOffset,
  };
}

/** Of the list of functions: the function's place and its record's. */
const entrySizes: Readonly<Record<PclntabFormat, number>> = { 'go1.16': 16, 'go1.18': 8, 'go1.20': 8 };

/** Two zeros, the size of an instruction (1 on x86, 4 on arm64), and of a pointer. */
function isHeaderTail(view: DataView, at: number): boolean {
  const quantum = view.getUint8(at + 2);
  return view.getUint16(at, true) === 0 && (quantum === 1 || quantum === 4) && view.getUint8(at + 3) === 8;
}

function scanSegment(elf: Elf, segment: Segment): Pclntab | undefined {
  let found: Pclntab | undefined;
  const range = { offset: segment.fileOffset, length: segment.fileSize, overlap: 8 };
  eachChunk(elf.source, range, (chunk, at) => {
    const view = viewOf(chunk);
    // The first byte of a magic varies, its others are all ones.
    for (let i = chunk.indexOf(0xff, 1); i > 0 && i + 7 <= chunk.length; i = chunk.indexOf(0xff, i + 1)) {
      if (!formats.has(view.getUint32(i - 1, true)) || !isHeaderTail(view, i + 3)) continue;
      const place = at + i - 1;
      found = readHeader(elf, segment.address + place, segment.fileSize - place);
      if (found) return 'stop';
    }
    return undefined;
  });
  return found;
}

/** A function, as its table tells of it. */
export interface TableFunction {
  /** In the list of functions, which is in the order of their places. */
  readonly index: number;
  /** Where its place is written: an address as such (Go 1.16, 1.17), or how far behind the text's start it is. */
  readonly place: { readonly pointerAt: number } | { readonly offset: number };
  /** The same for the function behind it, where this one ends. */
  readonly end: { readonly pointerAt: number } | { readonly offset: number };
  /** Where its table of stack depths begins, among the table's values (_func.pcsp). */
  readonly pcsp: number;
}

/** Looks functions up by name. The names' places are found first, so that the list is gone through by number only. */
export function findFunctions(
  elf: Elf,
  table: Pclntab,
  names: readonly string[],
): ReadonlyMap<string, TableFunction> {
  const places = findNames(elf, table, names);
  const found = new Map<string, TableFunction>();
  const [list, records] = [window(elf, table, 1 << 16), window(elf, table, 1 << 18)];
  const entrySize = entrySizes[table.format];
  let lastFound = table.functionCount;
  for (let index = 0; index < table.functionCount && found.size < places.size; index++) {
    if (index > lastFound + packageFunctions) break;
    const recordOffset = list(table.functionsOffset + index * entrySize, entrySize, (view, at) =>
      table.format === 'go1.16' ? u64At(view, at + 8) : view.getUint32(at + 4, true),
    );
    if (recordOffset === undefined) break;
    const nameAt = nameFields[table.format];
    const field = (behindName: number) =>
      records(table.functionsOffset + recordOffset, nameAt + 16, (view, at) =>
        view.getUint32(at + nameAt + behindName, true),
      );
    const nameOffset = field(0);
    const name = nameOffset === undefined ? undefined : places.get(nameOffset);
    if (name === undefined || found.has(name)) continue;
    const [place, end] = [placeOf(table, list, index), placeOf(table, list, index + 1)];
    if (place === undefined || end === undefined) continue;
    found.set(name, { index, place, end, pcsp: field(pcspBehindName) ?? 0 });
    lastFound = index;
  }
  return found;
}

/**
 * The functions of a package stand together, and so do their names. What is not found within so many functions, or bytes
 * of names, behind the last one is not there: the runtime has some 2,500 functions, a large program 100,000.
 */
const packageFunctions = 1 << 14;
const packageNames = 1 << 20;

/** Behind the name: the size of the arguments, deferreturn, then pcsp, 4 bytes each, in all formats. */
const pcspBehindName = 12;

/** Where in a function's record (runtime._func) the offset of its name is. */
const nameFields: Readonly<Record<PclntabFormat, number>> = { 'go1.16': 8, 'go1.18': 4, 'go1.20': 4 };

function placeOf(table: Pclntab, list: Window, index: number): TableFunction['place'] | undefined {
  const at = table.functionsOffset + index * entrySizes[table.format];
  if (table.format === 'go1.16') return { pointerAt: table.address + at };
  const offset = list(at, 4, (view, i) => view.getUint32(i, true));
  return offset === undefined ? undefined : { offset };
}

type Window = <T>(offset: number, length: number, take: (view: DataView, at: number) => T) => T | undefined;

/** Reads of the table that mostly go forward, `span` bytes at a time; undefined outside of it. */
function window(elf: Elf, table: Pclntab, span: number): Window {
  let start = 0;
  let view: DataView = new DataView(new ArrayBuffer(0));
  return (offset, length, take) => {
    if (!(offset >= 0 && offset + length <= table.size)) return undefined;
    if (offset < start || offset + length > start + view.byteLength) {
      start = offset;
      view = viewOf(readUpTo(elf.source, table.fileOffset + offset, Math.min(span, table.size - offset)));
      if (view.byteLength < length) return undefined;
    }
    return take(view, offset - start);
  };
}

/** The offset of each wanted name in the table of names, where they stand one behind the other, each with its NUL. */
function findNames(elf: Elf, table: Pclntab, names: readonly string[]): ReadonlyMap<number, string> {
  const places = new Map<number, string>();
  const wanted = new Map(names.map((name) => [name, Uint8Array.from(name, (c) => c.charCodeAt(0))]));
  const lengths = new Set([...wanted.values()].map(({ length }) => length));
  const overlap = Math.max(0, ...lengths) + 2;
  const range = { offset: table.fileOffset + table.namesOffset, length: table.namesSize, overlap };
  let lastFound = table.namesSize;
  eachChunk(elf.source, range, (chunk, at) => {
    let start = at === 0 ? 0 : chunk.indexOf(0) + 1;
    for (let end = chunk.indexOf(0, start); end >= 0; end = chunk.indexOf(0, start)) {
      if (lengths.has(end - start)) {
        const name = nameIn(chunk, start, end, wanted);
        if (name !== undefined) {
          places.set(at + start, name);
          wanted.delete(name);
          lastFound = at;
        }
      }
      start = end + 1;
    }
    return wanted.size === 0 || at > lastFound + packageNames ? 'stop' : undefined;
  });
  return places;
}

function nameIn(
  chunk: Uint8Array,
  start: number,
  end: number,
  wanted: ReadonlyMap<string, Uint8Array>,
): string | undefined {
  for (const [name, bytes] of wanted) {
    if (bytes.length === end - start && bytes.every((byte, i) => chunk[start + i] === byte)) return name;
  }
  return undefined;
}
