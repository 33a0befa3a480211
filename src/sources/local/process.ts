import { closeSync, fstatSync, openSync, readFileSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { type ByteSource, u64At, viewOf } from '../../binary/byte-source.js';
import { type GoProgram, inspectGoProgram, type OpenLoaded } from '../../binary/go-program.js';
import type { LoadedImage } from '../../binary/program-image.js';
import { GctopError } from '../../error.js';
import { functionName, probeCatalogue, probeNames } from '../../gc/probe.js';
import { hasCode } from '../../system/errno.js';
import { type Memory, openMemory } from './memory.js';
import { processStat } from './process-stat.js';

/** A Go program that runs on this host, its memory open for reading. */
export interface LocalProcess {
  readonly pid: number;
  /** The base name of its file. */
  readonly name: string;
  /** Its file, even when that has been replaced or lies in another mount namespace. */
  readonly executable: string;
  readonly program: GoProgram;
  readonly memory: Memory;
  /** How far above its linked addresses the program lies; 0 unless it is position-independent. */
  readonly loadBias: number;
}

/** Reads an executable; `key` is the same for the same file as long as nobody writes to it. */
export type Inspect = (source: ByteSource, openLoaded: OpenLoaded, key: string) => GoProgram;

const inspectProbed: Inspect = (source, openLoaded) => inspectGoProgram(source, openLoaded, probedNames);

/** Opens a running Go program. Throws NO_SUCH_PROCESS, NO_RIGHTS, or what its file is refused for. */
export function openProcess(pid: number, inspect: Inspect = inspectProbed): LocalProcess {
  const startedAt = processStat(pid)?.startTicks;
  if (startedAt === undefined) throw noSuchProcess(pid);
  const executable = `/proc/${pid}/exe`;
  const path = withRights(pid, () => pathOf(pid));
  let memory: Memory | undefined;
  const opened = (): Memory => {
    memory ??= withRights(pid, () => openMemory(pid));
    return memory;
  };
  try {
    const program = withRights(pid, () =>
      withExecutable(pid, (source, key) =>
        explained(pid, path, () =>
          inspect(source, ({ entry }) => loadedImage(opened(), loadBiasOf(pid, entry)), key),
        ),
      ),
    );
    const loadBias = program.pie ? withRights(pid, () => loadBiasOf(pid, program.entry)) : 0;
    // The pid can have gone to another program, or the program to another file, while all this was read.
    const stillThere =
      processStat(pid)?.startTicks === startedAt && withRights(pid, () => pathOf(pid)) === path;
    if (!stillThere) throw noSuchProcess(pid);
    return { pid, name: nameOf(path), executable, program, memory: opened(), loadBias };
  } catch (error) {
    memory?.close();
    throw error;
  }
}

/** The link that every program has; a process without it belongs to the kernel. */
function pathOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || processStat(pid) === undefined) throw error;
    throw new GctopError('NOT_GO', `process '${pid}' runs no program: it belongs to the kernel`, {
      hint: 'see `pgrep -a NAME` for the pid of the Go program',
      cause: error,
    });
  }
}

/** Opens the file that a process runs, even when that was replaced or lies in another mount namespace. */
export function withExecutable<T>(pid: number, read: (source: ByteSource, key: string) => T): T {
  const fd = openSync(`/proc/${pid}/exe`, 'r');
  try {
    return read(fileSource(fd), fileKey(fstatSync(fd)));
  } finally {
    closeSync(fd);
  }
}

/** The functions that may be probed beside the one that ends a cycle. */
const probedNames: readonly string[] = probeNames.map((name) => functionName(probeCatalogue[name]));

/** Names a file as it is now. */
export const fileKey = ({ dev, ino, size, mtimeMs }: Stats): string => `${dev}:${ino}:${size}:${mtimeMs}`;

/** What its file says. A refusal says whose file it is. */
function explained(pid: number, path: string, inspected: () => GoProgram): GoProgram {
  try {
    return inspected();
  } catch (error) {
    if (!(error instanceof GctopError) || error.code === 'NO_RIGHTS') throw error;
    const { code, message, hint, cause = error } = error;
    const detail = hint === undefined ? { cause } : { hint, cause };
    throw new GctopError(code, `process '${pid}' (${nameOf(path)}) cannot be watched: ${message}`, detail);
  }
}

/** The kernel marks a file that was replaced while it runs. */
export const nameOf = (path: string): string => basename(path.replace(/ \(deleted\)$/, ''));

/** Pieces of a file as they are asked for. */
const fileSource = (fd: number): ByteSource => ({
  size: fstatSync(fd).size,
  read: (offset, length) => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
  },
});

/** A position-independent program's memory by the addresses of its file. */
const loadedImage = (memory: Memory, loadBias: number): LoadedImage => ({
  loadBias,
  read: (address, length) => {
    const bytes = new Uint8Array(length);
    return memory.read(address + loadBias, bytes) ? bytes : undefined;
  },
});

/** The kernel tells the program itself, and us, where it begins to run. */
function loadBiasOf(pid: number, linkedEntry: number): number {
  const auxv = readFileSync(`/proc/${pid}/auxv`);
  const view = viewOf(auxv);
  for (let at = 0; at + 16 <= auxv.length; at += 16) {
    if (u64At(view, at) === atEntry) return u64At(view, at + 8) - linkedEntry;
  }
  throw noSuchProcess(pid);
}

const atEntry = 9;

/** Turns the kernel's refusals into what they mean for a process that is to be watched. */
function withRights<T>(pid: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (isGone(error)) throw noSuchProcess(pid, error);
    if (hasCode(error, 'EACCES', 'EPERM')) throw noRights(pid, error);
    throw error;
  }
}

/** There never was such a process, or it has gone meanwhile. */
export function noSuchProcess(pid: number, cause?: unknown): GctopError {
  const hint = "see `pgrep -a NAME` for its pid; a program's threads and its children have other numbers";
  return new GctopError('NO_SUCH_PROCESS', `there is no running process '${pid}'`, { hint, cause });
}

function noRights(pid: number, cause: unknown): GctopError {
  return new GctopError('NO_RIGHTS', `the memory of process '${pid}' may not be read`, {
    hint: rightsHint(pid),
    cause,
  });
}

/** What keeps an ordinary user from it: another owner, the kernel's ptrace policy, or a program that is shielded. */
function rightsHint(pid: number): string {
  const [owner, own] = [ownerOf(pid), process.getuid?.()];
  if (owner !== undefined && owner !== own)
    return `it belongs to user ${owner}: run gctop as that user or as root`;
  const scope = ptraceScope();
  if (scope === '1') {
    return 'kernel.yama.ptrace_scope is 1: run gctop as root, or start the program with it: gctop -- CMD';
  }
  if (scope === '2') return 'kernel.yama.ptrace_scope is 2: run gctop as root';
  if (scope === '3') return 'kernel.yama.ptrace_scope is 3: nobody may until the next boot';
  return 'the program is shielded (set-user-ID, file capabilities or PR_SET_DUMPABLE), or gctop runs in a container without CAP_SYS_PTRACE: run gctop as root on the host';
}

/** The user that the process runs as; /proc/PID itself would name root for a shielded program. */
function ownerOf(pid: number): number | undefined {
  const found = /^Uid:\t(\d+)/m.exec(contentOf(`/proc/${pid}/status`))?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Empty on kernels without Yama. */
const ptraceScope = (): string => contentOf('/proc/sys/kernel/yama/ptrace_scope').trim();

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // only asked to word a hint; the error that is being worded comes first
  }
}

const isGone = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ESRCH');
