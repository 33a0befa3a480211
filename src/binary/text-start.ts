import { eachChunk, u64At, viewOf } from './byte-source.js';
import { type Elf, sectionNamed } from './elf.js';
import type { Pclntab, TableFunction } from './pclntab.js';
import { type ProgramImage, pointerAt, unrelocated } from './program-image.js';
import { stackTableOffset } from './stack-deltas.js';

/** Where a function of the table lies. `end` is where the next one begins: the padding between is included. */
export interface PlacedFunction {
  readonly address: number;
  readonly size: number;
  /** Where in the file its table of stack depths is; undefined where only symbols told of the function. */
  readonly stackTable?: number;
}

/**
 * Turns what the table says of functions' places into addresses. From Go 1.18 on they count from the text's start, which
 * the table's header names until Go 1.25, and the runtime's moduledata in all releases. `isRight` judges a start by what
 * is found there; undefined when none passes.
 */
export function placeFunctions(
  image: ProgramImage,
  table: Pclntab,
  functions: ReadonlyMap<string, TableFunction>,
  isRight: (placed: ReadonlyMap<string, PlacedFunction>) => boolean,
): ReadonlyMap<string, PlacedFunction> | undefined {
  for (const textStart of textStarts(image, table)) {
    const placed = placeFrom(image, table, { functions, textStart });
    if (placed !== undefined && isRight(placed)) return placed;
  }
  return undefined;
}

/** The likeliest first; each is looked up only when those before were wrong. */
function* textStarts(image: ProgramImage, table: Pclntab): Generator<number> {
  if (table.format === 'go1.16') {
    yield 0; // there the table has addresses
    return;
  }
  const inHeader = table.textStart === undefined ? undefined : pointerAt(image, table.address + textStartAt);
  if (inHeader) yield inHeader;
  const inModuledata = moduledataText(image, table.address);
  if (inModuledata) yield inModuledata;
  const section = sectionNamed(image.elf, '.text');
  if (section) yield section.address;
}

const textStartAt = 24;

interface Unplaced {
  readonly functions: ReadonlyMap<string, TableFunction>;
  readonly textStart: number;
}

function placeFrom(
  image: ProgramImage,
  table: Pclntab,
  { functions, textStart }: Unplaced,
): ReadonlyMap<string, PlacedFunction> | undefined {
  const placed = new Map<string, PlacedFunction>();
  const addressOf = (place: TableFunction['place']): number | undefined =>
    'offset' in place ? textStart + place.offset : pointerAt(image, place.pointerAt);
  for (const [name, { place, end, pcsp }] of functions) {
    const [address, behind] = [addressOf(place), addressOf(end)];
    if (address === undefined || behind === undefined || behind <= address) return undefined;
    const size = Math.min(behind - address, maxFunctionSize);
    placed.set(name, { address, size, stackTable: stackTableOffset(table, pcsp) });
  }
  return placed;
}

/** The largest that is looked into have some 6 KiB. */
export const maxFunctionSize = 32 << 10;

/**
 * runtime.firstmoduledata begins with the table's address; from byte 160 on it has the limits of the code, and `text`
 * (runtime/symtab.go, the same from Go 1.16 to 1.27).
 */
export function moduledataText(image: ProgramImage, table: number): number | undefined {
  for (const address of pointersTo(image, table)) {
    const [minPc, maxPc, text, end] = [160, 168, 176, 184].map((at) => pointerAt(image, address + at));
    if (minPc === undefined || maxPc === undefined || text === undefined || end === undefined) continue;
    if (0 < text && text <= minPc && minPc < maxPc && maxPc <= end) return text;
  }
  return undefined;
}

/** Aligned places in the data that hold an address. A real program has one or two. */
function* pointersTo(image: ProgramImage, target: number): Generator<number> {
  const { elf, loaded } = image;
  for (const segment of elf.segments.filter(({ writable }) => writable)) {
    const skipped = (8 - (segment.address % 8)) % 8;
    const start = segment.address + skipped;
    const length = Math.min(segment.fileSize, elf.source.size) - skipped;
    const found: number[] = [];
    const visit = (chunk: Uint8Array, at: number) => {
      const view = viewOf(chunk);
      for (let i = 0; i + 8 <= chunk.length; i += 8) {
        const value = u64At(view, i);
        const pointer = elf.isPie && loaded !== undefined ? unrelocated(value, loaded) : value;
        if (pointer === target) found.push(start + at + i);
      }
      return found.length > maxFound ? 'stop' : undefined;
    };
    if (elf.isPie && loaded !== undefined) {
      for (let at = 0; at < length; at += chunkSize) {
        const chunk = loaded.read(start + at, Math.min(chunkSize, length - at));
        if (chunk !== undefined && visit(chunk, at) === 'stop') break;
      }
    } else {
      eachChunk(elf.source, { offset: segment.fileOffset + skipped, length, overlap: 0 }, visit);
    }
    yield* found;
  }
}

const chunkSize = 65_520;
const maxFound = 16;

/** Where what runs can lie: what is loaded to be executed. */
export const isInCode = ({ segments }: Elf, { address, size }: PlacedFunction): boolean =>
  segments.some((s) => s.executable && address >= s.address && address + size <= s.address + s.fileSize);
