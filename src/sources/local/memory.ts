import { closeSync, openSync, readSync } from 'node:fs';
import { hasCode } from '../../system/errno.js';

/** The memory of a running program, as of one exec: after its end nothing can be read, whoever has its pid then. */
export interface Memory {
  /** Fills the bytes from the address on. False: the program has ended, or nothing is mapped there. */
  read(address: number, into: Uint8Array): boolean;
  /** May be called again. */
  close(): void;
}

/** Opens /proc/PID/mem, which needs the right to ptrace the program but does not stop it. */
export function openMemory(pid: number): Memory {
  let fd: number | undefined = openSync(`/proc/${pid}/mem`, 'r');
  return {
    read: (address, into) => fd !== undefined && readFully(fd, address, into),
    close: () => {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function readFully(fd: number, address: number, into: Uint8Array): boolean {
  try {
    // User addresses have 47 bits, so a plain number holds them.
    return readSync(fd, into, 0, into.length, address) === into.length;
  } catch (error) {
    // EIO: not mapped. ESRCH: the process is gone. A memory that has been torn down reads as empty instead.
    if (hasCode(error, 'EIO', 'ESRCH')) return false;
    throw error;
  }
}
