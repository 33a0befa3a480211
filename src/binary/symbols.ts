import { eachChunk, u64At, viewOf } from './byte-source.js';
import type { Elf, Section } from './elf.js';

/** A function or variable by the linker's account. `size` in bytes; 0 where the linker did not say. */
export interface ElfSymbol {
  readonly address: number;
  readonly size: number;
}

/** Whether the program kept its symbol table (.symtab); `-ldflags=-s` and strip(1) remove it. */
export const hasSymbols = (elf: Elf): boolean => symbolTable(elf) !== undefined;

/**
 * Looks symbols up by name. The names' places in .strtab are found first, so that the table itself is scanned once and
 * only by number: a program has 100,000 symbols, and six of them matter.
 */
export function findSymbols(elf: Elf, names: readonly string[]): ReadonlyMap<string, ElfSymbol> {
  const table = symbolTable(elf);
  const strings = table && elf.sections[table.link];
  if (table === undefined || strings === undefined) return new Map();
  return scanTable(elf, table, findNames(elf, strings, names));
}

const shtSymtab = 2;
const entrySize = 24;

const symbolTable = (elf: Elf): Section | undefined => elf.sections.find(({ type }) => type === shtSymtab);

/** Where in .strtab each wanted name ends in its NUL; a linker may let it share the tail of a longer name. */
function findNames(elf: Elf, strings: Section, names: readonly string[]): ReadonlyMap<number, string> {
  const places = new Map<number, string>();
  const wanted = names.map((name) => ({ name, bytes: Uint8Array.from(name, (c) => c.charCodeAt(0)) }));
  const endings = new Set(wanted.map(({ bytes }) => endingAt(bytes, bytes.length)));
  const overlap = Math.max(0, ...names.map((name) => name.length));
  const range = { offset: strings.fileOffset, length: strings.size, overlap };
  eachChunk(elf.source, range, (chunk, at) => {
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, end + 1)) {
      if (!endings.has(endingAt(chunk, end))) continue;
      const found = wanted.find(({ bytes }) => endsWith(chunk, end, bytes));
      if (found) places.set(at + end - found.bytes.length, found.name);
    }
    return places.size > maxPlaces ? 'stop' : undefined;
  });
  return places;
}

// Real programs have one place a name. A file made to hold a million must not fill the memory.
const maxPlaces = 10_000;

/** The last two characters as one number: few of a program's names end in the same two as those that are wanted. */
const endingAt = (bytes: Uint8Array, end: number): number =>
  (bytes[end - 2] ?? 0) * 256 + (bytes[end - 1] ?? 0);

function endsWith(chunk: Uint8Array, end: number, name: Uint8Array): boolean {
  if (name.length > end) return false;
  for (let back = 1; back <= name.length; back++) {
    if (chunk[end - back] !== name[name.length - back]) return false;
  }
  return true;
}

function scanTable(
  elf: Elf,
  table: Section,
  places: ReadonlyMap<number, string>,
): ReadonlyMap<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  const range = { offset: table.fileOffset, length: table.size, overlap: 0 };
  const wanted = new Set(places.values()).size;
  eachChunk(elf.source, range, (chunk) => {
    const view = viewOf(chunk);
    for (let at = 0; at + entrySize <= chunk.length; at += entrySize) {
      const name = places.get(view.getUint32(at, true));
      if (name === undefined || found.has(name) || !isDefined(view, at)) continue;
      found.set(name, { address: u64At(view, at + 8), size: u64At(view, at + 16) });
    }
    return found.size === wanted ? 'stop' : undefined;
  });
  return found;
}

const shnUndef = 0;
const isDefined = (view: DataView, at: number): boolean => view.getUint16(at + 6, true) !== shnUndef;
