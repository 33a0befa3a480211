import { textOf, u64At, viewOf } from './byte-source.js';
import { type Elf, readAddress } from './elf.js';

/** A running program's memory, by the addresses at which its file was linked. */
export interface LoadedImage {
  /** How far above its linked addresses the program lies. */
  readonly loadBias: number;
  /** Undefined where nothing is mapped. */
  read(address: number, length: number): Uint8Array | undefined;
}

/** A program's file and, for what only loading fills in, its memory. Addresses are as linked. */
export interface ProgramImage {
  readonly elf: Elf;
  readonly loaded: LoadedImage | undefined;
}

/** What lies at an address: the file's bytes, or memory's where the file has none. Shorter where neither has enough. */
export function readImage({ elf, loaded }: ProgramImage, address: number, length: number): Uint8Array {
  const inFile = readAddress(elf, address, length);
  return inFile.length === length ? inFile : (loaded?.read(address, length) ?? inFile);
}

/**
 * The pointer at an address. Linkers leave pointers of a position-independent program to the loader, and some leave
 * zeros in the file: those are read from memory where there is one.
 */
export function pointerAt(image: ProgramImage, address: number): number | undefined {
  const { elf, loaded } = image;
  if (elf.isPie && loaded !== undefined) {
    const bytes = loaded.read(address, 8);
    return bytes === undefined ? undefined : unrelocated(u64At(viewOf(bytes), 0), loaded);
  }
  const bytes = readImage(image, address, 8);
  return bytes.length < 8 ? undefined : u64At(viewOf(bytes), 0);
}

/** A Go string by the address of its header, a pointer and a length; only its first `maxLength` bytes. */
export function stringAt(image: ProgramImage, header: number, maxLength: number): string | undefined {
  const characters = pointerAt(image, header);
  const length = readImage(image, header + 8, 8);
  if (characters === undefined || length.length < 8) return undefined;
  return textOf(readImage(image, characters, Math.min(u64At(viewOf(length), 0), maxLength)));
}

/** A pointer in memory as the file would have it; what is none stays as it is. */
export const unrelocated = (pointer: number, { loadBias }: LoadedImage): number =>
  pointer >= loadBias ? pointer - loadBias : pointer;
