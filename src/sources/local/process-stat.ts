import { readFileSync } from 'node:fs';
import { hasCode } from '../../system/errno.js';

/** What the kernel tells everybody of a process. */
export interface ProcessStat {
  /** The pid of who started it, or took it over. */
  readonly parent: number;
  /** When it was started, in the kernel's ticks since boot: with the pid it names a process for good. */
  readonly startTicks: number;
  /** CPU time in user and kernel mode so far, in ticks. */
  readonly cpuTicks: number;
  readonly rssBytes: number;
  /** A thread of the kernel, which runs no program (PF_KTHREAD, linux/sched.h). */
  readonly isKernel: boolean;
}

/** USER_HZ: what the kernel calls a tick towards programs on every x86-64 and arm64 (asm-generic/param.h). */
export const ticksPerSecond = 100;

const pageBytes = 4096;
const kernelThread = 0x20_0000;

/** Reads /proc/PID/stat; undefined for what does not run (any more). */
export function processStat(pid: number): ProcessStat | undefined {
  const stat = contentOf(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold blanks and parentheses itself; what follows it is field 3 and on (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const field = (number: number): number => Number(fields[number - 3] ?? 0);
  return {
    parent: field(4),
    startTicks: field(22),
    cpuTicks: field(14) + field(15),
    rssBytes: field(24) * pageBytes,
    isKernel: (field(9) & kernelThread) !== 0,
  };
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}
