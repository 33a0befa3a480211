import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GctopError } from '../../error.js';
import { start } from '../../system/process.js';
import type { HitCosts } from './probe-budget.js';
import { addUprobes, type UprobePlan } from './uprobe-group.js';

/**
 * Measures what a hit costs on this machine, by a small program of its own that calls a function a few thousand times: as
 * it is, with a probe at an instruction that the kernel emulates, and with one that it single-steps. Bare metal and virtual
 * machines differ by a factor of ten. Undefined after an abort, and where there is no folder for temporary files from which
 * a program may be run. Throws TRACEFS.
 */
export async function measureHitCosts(tracefs: string, signal: AbortSignal): Promise<HitCosts | undefined> {
  const folder = temporaryFolder();
  if (folder === undefined) return undefined;
  try {
    const path = join(folder, 'calls');
    writeFileSync(path, callingProgram(), { mode: 0o700 });
    chmodSync(path, 0o700);
    const bare = await nsPerCall(path, folder);
    if (bare === undefined) return undefined;
    const withProbe = async (fileOffset: number): Promise<number | undefined> => {
      const group = addUprobes(tracefs, { path, plans: [planAt(fileOffset)], bufferKiB: 256, originNs: 0n });
      try {
        return await nsPerCall(path, folder);
      } finally {
        await group.remove();
      }
    };
    const emulated = signal.aborted ? undefined : await withProbe(jumpAt);
    const stepped = signal.aborted ? undefined : await withProbe(returnAt);
    if (emulated === undefined || stepped === undefined) return undefined;
    const above = (ns: number) => Math.max(0, Math.round(ns - bare));
    return { emulatedNs: above(emulated), steppedNs: above(stepped) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function temporaryFolder(): string | undefined {
  try {
    return mkdtempSync(join(tmpdir(), 'gctop-'));
  } catch {
    return undefined; // a container may be read-only: dear probes are assumed then
  }
}

/** It fetches about as much as the real ones do. */
const planAt = (fileOffset: number): UprobePlan => ({
  event: 'call',
  fileOffset,
  args: ['sp=%sp:u64', 'a=%ax:u64', 'b=+0(%sp):u64', 'c=+8(%sp):u64', 'd=+16(%sp):u64', 'e=@0x400000:u32'],
  filter: 'e != 0',
});

/** Thread CPU time a call takes; undefined where the program may not be run. */
async function nsPerCall(path: string, folder: string): Promise<number | undefined> {
  const output = join(folder, 'times');
  const stdout = openSync(output, 'w', 0o600);
  try {
    const child = await start(path, [], { stdout, stderr: 'ignore' });
    await child.exited;
  } catch (error) {
    if (error instanceof GctopError) return undefined;
    throw error;
  } finally {
    closeSync(stdout);
  }
  const times = readFileSync(output);
  if (times.length < 32) return undefined;
  const at = (offset: number) =>
    times.readBigInt64LE(offset) * 1_000_000_000n + times.readBigInt64LE(offset + 8);
  return Number(at(16) - at(0)) / calls;
}

const calls = 4000;

/** x86-64, Linux: clock_gettime(CLOCK_THREAD_CPUTIME_ID) before and after the calls, both written to stdout. */
const code = [
  '48 83 ec 40', // sub rsp, 64
  'b8 e4 00 00 00 bf 03 00 00 00 48 89 e6 0f 05', // clock_gettime(3, rsp)
  `bb ${littleEndian(calls)}`, // mov ebx, calls
  'e8 32 00 00 00', // again: call function
  'ff cb 75 f7', // dec ebx; jnz again
  'b8 e4 00 00 00 bf 03 00 00 00 48 8d 74 24 10 0f 05', // clock_gettime(3, rsp + 16)
  'b8 01 00 00 00 bf 01 00 00 00 48 89 e6 ba 20 00 00 00 0f 05', // write(1, rsp, 32)
  'b8 e7 00 00 00 31 ff 0f 05', // exit_group(0)
  '48 3b 24 24', // function: cmp rsp, [rsp]
  '76 00', // jbe, never taken, as in a stack check
  'c3', // ret
].join(' ');

function littleEndian(value: number): string {
  return [0, 8, 16, 24].map((shift) => ((value >> shift) & 0xff).toString(16).padStart(2, '0')).join(' ');
}

const headersSize = 0x78;
const codeBytes = code.split(' ').map((byte) => Number.parseInt(byte, 16));
const returnAt = headersSize + codeBytes.length - 1;
const jumpAt = returnAt - 2;

/** An executable of one segment, whole in memory at 0x400000 (elf(5)). */
function callingProgram(): Uint8Array {
  const size = headersSize + codeBytes.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // \x7fELF, 64 bits, little-endian
  const [u16, u32, u64] = [
    (at: number, value: number) => view.setUint16(at, value, true),
    (at: number, value: number) => view.setUint32(at, value, true),
    (at: number, value: number) => view.setBigUint64(at, BigInt(value), true),
  ];
  u16(16, 2); // ET_EXEC
  u16(18, 62); // EM_X86_64
  u32(20, 1);
  u64(24, base + headersSize); // e_entry
  u64(32, 64); // e_phoff
  u16(52, 64); // e_ehsize
  u16(54, 56); // e_phentsize
  u16(56, 1); // e_phnum
  u32(64, 1); // PT_LOAD
  u32(68, 5); // read, execute
  u64(80, base);
  u64(88, base);
  u64(96, size);
  u64(104, size);
  u64(112, 0x1000);
  bytes.set(codeBytes, headersSize);
  return bytes;
}

const base = 0x400000;
