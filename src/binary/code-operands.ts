import { viewOf } from './byte-source.js';

/** A stretch of addresses, `end` not included. */
export interface AddressRange {
  readonly begin: number;
  readonly end: number;
}

/** Machine code of one function, x86-64. */
export interface Code {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** How many bytes instructions read or write at an address, or a 64-bit float; `any` where they only take it. */
export type Width = 1 | 2 | 4 | 8 | 16 | 'f64' | 'any';

/** The variables that code names, and how. */
export type Operands = ReadonlyMap<number, ReadonlySet<Width>>;

/**
 * The addresses in `ranges` that instructions name relative to themselves ([rip+x]). There is no disassembler: every byte
 * that can be such a ModRM byte is taken for one. What is none of them points anywhere, and hardly ever to where
 * several fields of a struct would have to be.
 */
export function operandsOf({ address, bytes }: Code, ranges: readonly AddressRange[]): Operands {
  const found = new Map<number, Set<Width>>();
  const view = viewOf(bytes);
  for (let at = 1; at + 5 <= bytes.length; at++) {
    if (((bytes[at] ?? 0) & 0xc7) !== 0x05) continue; // mod 00, rm 101
    const target = address + at + 5 + view.getInt32(at + 1, true) + immediateSize(bytes, at);
    if (!ranges.some(({ begin, end }) => target >= begin && target < end)) continue;
    const widths = found.get(target) ?? new Set();
    found.set(target, widths.add(widthOf(bytes, at)));
  }
  return found;
}

/** A displacement counts from the end of its instruction: some have a constant behind it. `at` is the ModRM byte. */
function immediateSize(bytes: Uint8Array, at: number): 0 | 1 | 2 | 4 {
  const [opcode, before, modRm] = [bytes[at - 1] ?? 0, bytes[at - 2] ?? 0, bytes[at] ?? 0];
  if (before === 0x0f) return twoByteWithImmediate.has(opcode) ? 1 : 0;
  const isWord = before === 0x66 || bytes[at - 3] === 0x66;
  if (opcode === 0x69 || opcode === 0x81 || opcode === 0xc7) return isWord ? 2 : 4;
  if (opcode === 0x6b || opcode === 0x80 || opcode === 0x83 || opcode === 0xc6) return 1;
  if (opcode === 0xc0 || opcode === 0xc1) return 1;
  if (opcode === 0xf6 && (modRm & 0x30) === 0) return 1; // test m8, imm8
  if (opcode === 0xf7 && (modRm & 0x30) === 0) return isWord ? 2 : 4; // test m, imm
  return 0;
}

/** bt and its kin, shld, shrd, cmpps, pinsrw, pextrw, shufps. */
const twoByteWithImmediate: ReadonlySet<number> = new Set([0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6]);

/** By opcode and prefixes (Intel's manual, volume 2). */
function widthOf(bytes: Uint8Array, at: number): Width {
  const opcode = bytes[at - 1] ?? 0;
  if (bytes[at - 2] === 0x0f) return twoByteWidth(opcode, bytes, at);
  if (opcode === 0x8d) return 'any'; // lea
  if (opcode === 0x63) return 4; // movsxd
  const isByte = opcode === 0xc0 || opcode === 0xd0 || ((opcode & 1) === 0 && opcode !== 0x62);
  return isByte ? 1 : sizeByPrefix(bytes[at - 2], bytes[at - 3]);
}

function twoByteWidth(opcode: number, bytes: Uint8Array, at: number): Width {
  const [prefix, before] = [bytes[at - 3], bytes[at - 4]];
  if (opcode === 0xb6 || opcode === 0xbe || (opcode & 0xf0) === 0x90) return 1; // movzx, movsx, setcc
  if (opcode === 0xb7 || opcode === 0xbf) return 2;
  if (opcode === 0xb0 || opcode === 0xc0) return 1; // cmpxchg, xadd of a byte
  if (opcode === 0x2a) return sizeByPrefix(prefix, before); // cvtsi2sd takes an integer
  if (isScalar(prefix, before, 0xf2)) return 'f64'; // movsd, addsd, ...
  if (isScalar(prefix, before, 0xf3)) return 4;
  if (opcode === 0x10 || opcode === 0x11 || opcode === 0x28 || opcode === 0x29) return 16; // movups, movaps
  if (opcode === 0x6f || opcode === 0x7f || opcode === 0x57) return 16; // movdqu, movdqa, xorps
  return sizeByPrefix(prefix, before);
}

/** A REX prefix for the high registers stands behind the other one. */
const isScalar = (prefix: number | undefined, before: number | undefined, which: number): boolean =>
  prefix === which || (before === which && isRex(prefix));

const isRex = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xf0) === 0x40;

function sizeByPrefix(prefix: number | undefined, before: number | undefined): Width {
  if (isRex(prefix)) return ((prefix ?? 0) & 0x08) !== 0 ? 8 : before === 0x66 ? 2 : 4;
  return prefix === 0x66 ? 2 : 4;
}

/**
 * The offsets at which 64-bit instructions reach into what a register points to, by [reg+x] or by adding x to it: as above,
 * every byte that can be such a ModRM byte, behind an opcode with REX.W, is taken for one.
 */
export function offsetsIn({ bytes }: Code): ReadonlySet<number> {
  const found = new Set<number>();
  const view = viewOf(bytes);
  for (let at = 1; at + 5 <= bytes.length; at++) {
    const modRm = bytes[at] ?? 0;
    if (modRm === 0x05 && bytes[at - 1] === 0x48) found.add(view.getInt32(at + 1, true)); // add rax, imm32
    if ((modRm & 0x07) === 0x04 || !isWide(bytes, at)) continue; // rm 100 has a SIB byte
    if ((modRm & 0xc0) === 0x40) found.add(view.getInt8(at + 1));
    if ((modRm & 0xc0) === 0x80) found.add(view.getInt32(at + 1, true));
    if ((modRm & 0xf8) === 0xc0 && bytes[at - 1] === 0x83) found.add(view.getInt8(at + 1)); // add reg, imm8
    if ((modRm & 0xf8) === 0xc0 && bytes[at - 1] === 0x81) found.add(view.getInt32(at + 1, true)); // add reg, imm32
  }
  return found;
}

/** Whether the opcode before a ModRM byte, of one byte or of two, has REX.W before it. */
function isWide(bytes: Uint8Array, modRmAt: number): boolean {
  const prefix = bytes[modRmAt - 2] === 0x0f ? bytes[modRmAt - 3] : bytes[modRmAt - 2];
  return prefix !== undefined && (prefix & 0xf8) === 0x48;
}

/**
 * What is handed to methods as their receiver: for each call of one of `methods`, the address in `ranges` that the
 * closest `lea` before it takes. Go 1.16 passes it on the stack, later in RAX; both begin with that lea.
 */
export function receiversOf(
  { address, bytes }: Code,
  methods: ReadonlySet<number>,
  ranges: readonly AddressRange[],
): readonly number[] {
  const receivers: number[] = [];
  const view = viewOf(bytes);
  for (let at = 0; at + 5 <= bytes.length; at++) {
    if (bytes[at] !== call || !methods.has(address + at + 5 + view.getInt32(at + 1, true))) continue;
    const receiver = leaBefore({ address, bytes }, at, ranges);
    if (receiver !== undefined) receivers.push(receiver);
  }
  return receivers;
}

const call = 0xe8;
const maxDistance = 64;

function leaBefore(
  { address, bytes }: Code,
  before: number,
  ranges: readonly AddressRange[],
): number | undefined {
  const view = viewOf(bytes);
  for (let at = before - 7; at >= Math.max(0, before - maxDistance); at--) {
    const isLea = (bytes[at] === 0x48 || bytes[at] === 0x4c) && bytes[at + 1] === 0x8d;
    if (!isLea || ((bytes[at + 2] ?? 0) & 0xc7) !== 0x05) continue;
    const target = address + at + 7 + view.getInt32(at + 3, true);
    if (ranges.some(({ begin, end }) => target >= begin && target < end)) return target;
  }
  return undefined;
}
