import { accessSync, closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inspectGoProgram } from '../../binary/go-program.js';
import { type ErrorCode, GctopError } from '../../error.js';
import { hasCode } from '../../system/errno.js';

/** Where and as whom gctop runs. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
  readonly uid: number | undefined;
  readonly path: string;
}

/**
 * Why the memory of a program that is about to be started could not be read, where that is known beforehand. What is no
 * Go program, or not there, is no obstacle: it is refused for what it is when it is started.
 */
export function memoryObstacle(file: string, host: Host = thisHost()): string | undefined {
  if (host.platform !== 'linux') return 'memory is read on Linux only';
  if (host.arch !== 'x64') return `nothing was validated on ${host.arch} yet`;
  const program = pathOf(file, host.path);
  return policyObstacle(host) ?? (program === undefined ? undefined : fileObstacle(program, host));
}

const thisHost = (): Host => ({
  platform: process.platform,
  arch: process.arch,
  uid: process.getuid?.(),
  path: process.env.PATH ?? '',
});

/** A shell's way to find a command. */
function pathOf(file: string, path: string): string | undefined {
  if (file.includes('/')) return file;
  return path
    .split(delimiter)
    .map((folder) => join(folder, file))
    .find((candidate) => isExecutable(candidate));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // the question itself
  }
}

/** kernel.yama.ptrace_scope: 1 lets a program read what it has started. */
function policyObstacle({ uid }: Host): string | undefined {
  const scope = yamaScope();
  if (scope === '3') return 'kernel.yama.ptrace_scope is 3';
  return scope === '2' && uid !== 0 ? 'kernel.yama.ptrace_scope is 2: needs root' : undefined;
}

function yamaScope(): string {
  try {
    return readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8').trim();
  } catch {
    return ''; // a kernel without Yama
  }
}

/** What a file can be refused for that still runs, and prints gctrace. */
const refusals: readonly ErrorCode[] = [
  'STRIPPED',
  'UNKNOWN_GO_VERSION',
  'UNKNOWN_LAYOUT',
  'UNSUPPORTED_MACHINE',
];

function fileObstacle(path: string, { uid }: Host): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    // The kernel lets nobody look into a program whose file he may not read (would_dump, fs/exec.c).
    return hasCode(error, 'EACCES', 'EPERM') ? 'the file of the program may not be read' : undefined;
  }
  try {
    const { mode, size } = fstatSync(fd);
    if (uid !== 0 && (mode & setIdBits) !== 0) return 'the program is set-user-ID: needs root';
    inspectGoProgram({
      size,
      read: (offset, length) => {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
      },
    });
    return undefined;
  } catch (error) {
    return error instanceof GctopError && refusals.includes(error.code) ? error.message : undefined;
  } finally {
    closeSync(fd);
  }
}

const setIdBits = 0o6000;
