import { type Elf, fileOffsetOf, readAddress } from './elf.js';
import { findEntryPoint, maxPrologueLength } from './prologue.js';
import { stackSteps } from './stack-deltas.js';
import { maxFunctionSize, type PlacedFunction } from './text-start.js';

/** A place for a uprobe. tracefs takes the file offset. */
export interface ProbeSite {
  /** Of the instruction to probe, as linked. */
  readonly address: number;
  readonly fileOffset: number;
  /** The bytes from `before` bytes before the instruction on, to be compared again before probing. */
  readonly bytes: Uint8Array;
  readonly before: number;
  /** Whether the kernel emulates the instruction; otherwise it single-steps it, which costs some 20 times more. */
  readonly isEmulated: boolean;
}

/** Where a function can be probed. */
export interface FunctionSites {
  readonly entry: ProbeSite;
  /** Its return instructions; none where they cannot be told. */
  readonly returns: readonly ProbeSite[];
}

/** Finds where a function can be probed; undefined where it is not in the program's file. */
export function probeSitesOf(elf: Elf, place: PlacedFunction): FunctionSites | undefined {
  const fileOffset = fileOffsetOf(elf, place.address);
  if (fileOffset === undefined) return undefined;
  // A symbol may claim to be of any size.
  const size = Math.min(place.size, maxFunctionSize);
  const code = readAddress(elf, place.address, Math.max(size, maxPrologueLength));
  if (code.length < size) return undefined;
  const siteAt = (offset: number, before: number, end: number, isEmulated: boolean): ProbeSite => ({
    address: place.address + offset,
    fileOffset: fileOffset + offset,
    bytes: code.slice(offset - before, end),
    before,
    isEmulated,
  });
  const { offset, bytes, isEmulated } = findEntryPoint(code.subarray(0, maxPrologueLength));
  const entry = siteAt(offset, offset, bytes.length, isEmulated);
  const returns = returnOffsets(elf, place, code).map((at) =>
    siteAt(at, Math.min(at, epilogue), at + 1, false),
  );
  return { entry, returns };
}

/** Whether the site's own bytes say that an instruction begins at it: in a known beginning of a function, or as a return. */
export function isInstruction({ bytes, before, isEmulated }: ProbeSite): boolean {
  if (isEmulated) return findEntryPoint(bytes).isEmulated && findEntryPoint(bytes).offset === before;
  return before === 0 || (before === bytes.length - 1 && bytes[before] === ret);
}

/** As much of what stands before a return as takes the frame down: it tells the place from others. */
const epilogue = 8;

/**
 * The return instructions of a function that has a frame. Its stack is as deep as on entry again just there: one
 * instruction before, the frame was not yet gone, and behind, it is there again. So the table of stack depths tells where
 * a return begins, and no disassembler has to: what begins there with this byte, or behind the padding that keeps a return
 * off the end of a cache line, is one.
 */
function returnOffsets(elf: Elf, { stackTable, size }: PlacedFunction, code: Uint8Array): readonly number[] {
  if (stackTable === undefined) return [];
  return stackSteps(elf, { fileOffset: stackTable, size }).flatMap(({ offset, bytes }) => {
    const at = behindPadding(code, offset);
    return bytes === 0 && offset > 0 && code[at] === ret ? [at] : [];
  });
}

const ret = 0xc3;

function behindPadding(code: Uint8Array, from: number): number {
  for (let at = from; ; ) {
    const nop = nops.find((bytes) => bytes.every((byte, i) => code[at + i] === byte));
    if (nop === undefined) return at;
    at += nop.length;
  }
}

/** nop, in the lengths that Go's assembler pads with (cmd/internal/obj/x86/asm6.go). */
const nops: readonly (readonly number[])[] = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];
