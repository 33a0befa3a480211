/** Where in a function a uprobe may sit, and the bytes that must stand there. */
export interface ProbePoint {
  /** From the function's first byte to the `jbe` of its stack check. */
  readonly offset: number;
  /** The whole prologue as it was recognised, from the function's first byte to the end of the `jbe`. */
  readonly bytes: Uint8Array;
}

/** As many bytes of a function as recognising its prologue can take. */
export const maxPrologueLength = 32;

/**
 * Recognises a Go function's stack check (cmd/internal/obj/x86, stacksplit) and answers where its `jbe` is: the kernel
 * emulates that jump, while it must single-step a probed `cmp`, which costs 20 times more. Undefined where the bytes
 * are not known: a probe inside an instruction makes the program run other code than its own.
 */
export function findProbePoint(code: Uint8Array): ProbePoint | undefined {
  const check = stackChecks.find((pattern) => matches(code, 0, pattern));
  if (check === undefined) return undefined;
  const jump = jumps.find((pattern) => matches(code, check.length, pattern));
  if (jump === undefined) return undefined;
  return { offset: check.length, bytes: code.slice(0, check.length + jump.length) };
}

/** A place to probe that every function has. */
export interface EntryPoint extends ProbePoint {
  /** Whether the kernel emulates the instruction there. */
  readonly isEmulated: boolean;
}

/**
 * Where a function's entry can be probed with all arguments still in their places: at the jump of its stack check, in
 * functions without one at a jump or at a first instruction that the kernel emulates as well, else at the first
 * instruction, whichever it is: an instruction begins there.
 */
export function findEntryPoint(code: Uint8Array): EntryPoint {
  const checked = findProbePoint(code);
  if (checked !== undefined) return { ...checked, isEmulated: true };
  const other = emulatedEntries.find(({ instructions }) => matches(code, 0, instructions));
  if (other === undefined) return { offset: 0, bytes: code.slice(0, 16), isEmulated: false };
  return { offset: other.offset, bytes: code.slice(0, other.instructions.length), isEmulated: true };
}

type Pattern = readonly (number | 'any' | 'guard')[];

/** Bytes in hex; `??` is any byte, `gg` the offset of g.stackguard0 or, for functions of the system stack, stackguard1. */
const pattern = (text: string): Pattern =>
  text
    .split(' ')
    .map((byte) => (byte === '??' ? 'any' : byte === 'gg' ? 'guard' : Number.parseInt(byte, 16)));

const loadG = [
  '64 48 8b 0c 25 ?? ?? ?? ??',
  '48 c7 c1 ?? ?? ?? ?? 64 48 8b 09',
  '48 8b 0d ?? ?? ?? ?? 64 48 8b 09',
];

const stackChecks: readonly Pattern[] = [
  // Go 1.17 and later keep g in R14. A small frame compares SP itself, a larger one the SP that it will have, in R12.
  '49 3b 66 gg', // cmp rsp, [r14+gg]
  '4c 8d 64 24 ?? 4d 3b 66 gg', // lea r12, [rsp-x]; cmp r12, [r14+gg]
  '4c 8d a4 24 ?? ?? ?? ?? 4d 3b 66 gg', // the same with a 32-bit x
  // Go 1.16 loads g from thread-local storage into RCX: mov rcx, fs:[-8] in an executable, by a register in a PIE.
  ...loadG.map((load) => `${load} 48 3b 61 gg`), // cmp rsp, [rcx+gg]
  ...loadG.map((load) => `${load} 48 8d 44 24 ?? 48 3b 41 gg`), // lea rax, [rsp-x]; cmp rax, [rcx+gg]
  ...loadG.map((load) => `${load} 48 8d 84 24 ?? ?? ?? ?? 48 3b 41 gg`),
].map(pattern);

/** Of functions without a stack check (arch/x86/kernel/uprobes.c: nop, push and conditional jumps are emulated). */
const emulatedEntries = [
  { offset: 0, instructions: pattern('90') }, // nop: a mark of what was inlined there
  { offset: 0, instructions: pattern('55') }, // push rbp
  { offset: 4, instructions: pattern('84 00 84 db 74 ??') }, // test [rax], al; test bl, bl; je: (*gcControllerState).commit
];

/** jbe with an 8-bit and with a 32-bit distance. */
const jumps: readonly Pattern[] = ['76 ??', '0f 86 ?? ?? ?? ??'].map(pattern);

const guards = [0x10, 0x18];

function matches(code: Uint8Array, at: number, wanted: Pattern): boolean {
  if (at + wanted.length > code.length) return false;
  return wanted.every((want, i) => {
    const byte = code[at + i] ?? -1;
    return want === 'any' || (want === 'guard' ? guards.includes(byte) : byte === want);
  });
}
