import { GctopError } from '../error.js';
import { type ByteSource, readExactly, readUpTo, textOf, u64At, viewOf } from './byte-source.js';

/** The processors that gctop can name; `other` for the rest. */
export type Machine = 'x86-64' | 'aarch64' | 'other';

/** A stretch of the file that is loaded into memory (PT_LOAD). */
export interface Segment {
  readonly address: number;
  readonly fileOffset: number;
  readonly fileSize: number;
  /** At least `fileSize`; what lies behind it (.bss) begins as zeros. */
  readonly memorySize: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly fileOffset: number;
  readonly size: number;
  /** For a symbol table: the index of the section with its names. */
  readonly link: number;
}

/** An ELF program's headers. Addresses are those of the file; a PIE is loaded elsewhere. */
export interface Elf {
  readonly source: ByteSource;
  readonly machine: Machine;
  readonly isPie: boolean;
  /** Where it begins to run. The kernel tells a running program's (AT_ENTRY), so that a PIE's load bias is the difference. */
  readonly entry: number;
  readonly segments: readonly Segment[];
  /** Empty where the section headers were removed or do not lie in the file. */
  readonly sections: readonly Section[];
}

/** Reads the headers of a 64-bit little-endian ELF program. Throws NOT_GO or UNSUPPORTED_MACHINE. */
export function readElf(source: ByteSource): Elf {
  const header = readHeader(source);
  const type = header.getUint16(16, true);
  if (type !== etExec && type !== etDyn) {
    throw new GctopError('NOT_GO', 'the file is an ELF file but not a program', {
      hint: 'pass the linked program, not an object file or a core dump',
    });
  }
  return {
    source,
    machine: machines.get(header.getUint16(18, true)) ?? 'other',
    isPie: type === etDyn,
    entry: u64At(header, 24),
    segments: readSegments(source, header),
    sections: readSections(source, header),
  };
}

/** Where the byte at a virtual address lies in the file; undefined where it does not (.bss, or not mapped). */
export function fileOffsetOf(elf: Elf, address: number): number | undefined {
  const segment = elf.segments.find((s) => address >= s.address && address < s.address + s.fileSize);
  return segment && segment.fileOffset + (address - segment.address);
}

/** What the file holds for a virtual address; shorter, even empty, where it holds less. */
export function readAddress(elf: Elf, address: number, length: number): Uint8Array {
  const offset = fileOffsetOf(elf, address);
  return offset === undefined ? new Uint8Array(0) : readUpTo(elf.source, offset, length);
}

export const sectionNamed = (elf: Elf, name: string): Section | undefined =>
  elf.sections.find((section) => section.name === name);

const etExec = 2;
const etDyn = 3;
const machines: ReadonlyMap<number, Machine> = new Map([
  [62, 'x86-64'],
  [183, 'aarch64'],
]);

function readHeader(source: ByteSource): DataView {
  const start = readUpTo(source, 0, 16);
  if (textOf(start.subarray(0, 4)) !== '\x7fELF') {
    throw new GctopError('NOT_GO', 'the file is not an ELF program', {
      hint: 'pass the compiled Go program, not a script that starts it',
    });
  }
  const header = readExactly(source, 0, 64, 'ELF header');
  const [is64Bit, isLittleEndian] = [start[4] === 2, start[5] === 1];
  if (!is64Bit || !isLittleEndian) {
    throw new GctopError('UNSUPPORTED_MACHINE', 'the program is not 64-bit little-endian', {
      hint: 'gctop reads programs built for linux/amd64',
    });
  }
  return header;
}

/** The program header table: e_phoff, e_phentsize, e_phnum. */
function readSegments(source: ByteSource, header: DataView): Segment[] {
  const [offset, entrySize, count] = [
    u64At(header, 32),
    header.getUint16(54, true),
    header.getUint16(56, true),
  ];
  if (count === 0) throw new GctopError('NOT_GO', 'the program has nothing to load');
  // The kernel runs nothing else, either (load_elf_phdrs, fs/binfmt_elf.c).
  if (entrySize !== programHeaderSize || count * entrySize > maxProgramHeaders)
    throw new GctopError('NOT_GO', 'its program header table is none that the kernel loads');
  const table = readExactly(source, offset, count * entrySize, 'program header table');
  const segments: Segment[] = [];
  for (let at = 0; at < count * entrySize; at += entrySize) {
    if (table.getUint32(at, true) === ptLoad) segments.push(segmentAt(table, at));
  }
  if (segments.length > maxSegments)
    throw new GctopError('NOT_GO', `it has ${segments.length} segments to load: a linker makes some five`);
  return segments;
}

const programHeaderSize = 56;
const maxProgramHeaders = 1 << 16;
const maxSegments = 64;
const sectionHeaderSize = 64;

const ptLoad = 1;

function segmentAt(table: DataView, at: number): Segment {
  const flags = table.getUint32(at + 4, true);
  return {
    executable: (flags & 1) !== 0,
    writable: (flags & 2) !== 0,
    fileOffset: u64At(table, at + 8),
    address: u64At(table, at + 16),
    fileSize: u64At(table, at + 32),
    memorySize: u64At(table, at + 40),
  };
}

/** The section header table: e_shoff, e_shentsize, e_shnum, e_shstrndx. A program runs without one. */
function readSections(source: ByteSource, header: DataView): Section[] {
  const [offset, entrySize, count] = [
    u64At(header, 40),
    header.getUint16(58, true),
    header.getUint16(60, true),
  ];
  if (entrySize !== sectionHeaderSize) return [];
  const bytes = readUpTo(source, offset, count * entrySize);
  if (bytes.length < count * entrySize) return [];
  const table = viewOf(bytes);
  const names = readNames(source, table, header.getUint16(62, true) * entrySize);
  return Array.from({ length: count }, (_, index) => sectionAt(table, index * entrySize, names));
}

function sectionAt(table: DataView, at: number, names: Uint8Array): Section {
  return {
    name: nameAt(names, table.getUint32(at, true)),
    type: table.getUint32(at + 4, true),
    address: u64At(table, at + 16),
    fileOffset: u64At(table, at + 24),
    size: u64At(table, at + 32),
    link: table.getUint32(at + 40, true),
  };
}

function readNames(source: ByteSource, table: DataView, at: number): Uint8Array {
  if (at + 64 > table.byteLength) return new Uint8Array(0);
  return readUpTo(source, u64At(table, at + 24), Math.min(u64At(table, at + 32), maxNamesSize));
}

const maxNamesSize = 1 << 20; // real ones have less than 1 KiB
const maxNameLength = 64; // the longest that is looked for, .data.rel.ro.gopclntab, has 23

function nameAt(names: Uint8Array, at: number): string {
  const name = names.subarray(at, at + maxNameLength);
  const end = name.indexOf(0);
  return textOf(end < 0 ? name : name.subarray(0, end));
}
