import { eachChunk, textOf } from './byte-source.js';
import { type Elf, readAddress, sectionNamed } from './elf.js';
import { type ProgramImage, pointerAt, stringAt } from './program-image.js';

/** What the Go linker wrote about a program (.go.buildinfo). */
export interface BuildInfo {
  /** As runtime.Version() returns it: `go1.26.5`. */
  readonly goVersion: string;
  /** The main package's import path, where the program was built with module support. */
  readonly mainPackage: string | undefined;
}

/** Reads the build information; undefined where there is none, so most likely not a Go program. */
export function readBuildInfo(image: ProgramImage): BuildInfo | undefined {
  const { elf } = image;
  const address = findBlob(elf);
  if (address === undefined) return undefined;
  const flags = readAddress(elf, address, headerSize)[15];
  if (flags === undefined) return undefined;
  const [goVersion, modules] =
    (flags & inlineFlag) !== 0 ? inlineStrings(elf, address) : pointedStrings(image, address);
  if (goVersion === undefined || goVersion.length === 0) return undefined;
  return { goVersion, mainPackage: mainPackageOf(modules ?? '') };
}

// The blob (debug/buildinfo of the Go releases): 14 bytes of magic, the pointer size, flags, then either two pointers to
// Go strings (until Go 1.17) or, from byte 32 on, two strings with their lengths (Go 1.18 and later; flag 2).
const magic = Uint8Array.from('\xff Go buildinf:', (c) => c.charCodeAt(0));
const inlineFlag = 2;
const headerSize = 32;
const maxVersionLength = 256;
const maxModulesLength = 64 * 1024; // the package's path comes first; programs with 1,000 dependencies need not fit

/** By section; without section headers, at a 16-byte step of the first writable segment, where the linker puts it. */
function findBlob(elf: Elf): number | undefined {
  const section = sectionNamed(elf, '.go.buildinfo');
  if (section)
    return hasMagic(readAddress(elf, section.address, magic.length), 0) ? section.address : undefined;
  const segment = elf.segments.find(({ writable, fileSize }) => writable && fileSize > 0);
  if (segment === undefined) return undefined;
  let found: number | undefined;
  const range = { offset: segment.fileOffset, length: Math.min(segment.fileSize, maxScan), overlap: 16 };
  eachChunk(elf.source, range, (chunk, at) => {
    for (let step = 0; found === undefined && step + magic.length <= chunk.length; step += 16) {
      if (hasMagic(chunk, step)) found = segment.address + at + step;
    }
    return found === undefined ? undefined : 'stop';
  });
  return found;
}

const maxScan = 64 << 20;

const hasMagic = (bytes: Uint8Array, at: number): boolean => magic.every((byte, i) => bytes[at + i] === byte);

type Strings = readonly [version: string | undefined, modules: string | undefined];

function inlineStrings(elf: Elf, blob: number): Strings {
  const version = lengthPrefixed(elf, blob + headerSize, maxVersionLength);
  const modules = version && lengthPrefixed(elf, version.end, maxModulesLength);
  return [version?.text, modules?.text];
}

/** A string behind its length as a varint (encoding/binary.Uvarint); only the first `maxLength` bytes of it. */
function lengthPrefixed(
  elf: Elf,
  address: number,
  maxLength: number,
): { text: string; end: number } | undefined {
  let length = 0;
  for (const [i, byte] of readAddress(elf, address, 5).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      const start = address + i + 1;
      return { text: textOf(readAddress(elf, start, Math.min(length, maxLength))), end: start + length };
    }
  }
  return undefined;
}

function pointedStrings(image: ProgramImage, blob: number): Strings {
  // Byte 14 is the pointer size and flag 1 big-endian: readElf let neither pass.
  if (readAddress(image.elf, blob, headerSize)[14] !== 8) return [undefined, undefined];
  const pointed = (at: number, maxLength: number) => {
    const header = pointerAt(image, blob + at);
    return header === undefined ? undefined : stringAt(image, header, maxLength);
  };
  return [pointed(16, maxVersionLength), pointed(24, maxModulesLength)];
}

/** The first line of runtime/debug.BuildInfo; a mark of 16 bytes stands before it. */
const mainPackageOf = (modules: string): string | undefined => /path\t([^\n]+)\n/.exec(modules)?.[1];
