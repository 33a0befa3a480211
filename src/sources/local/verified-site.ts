import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { GoProgram } from '../../binary/go-program.js';
import { isInstruction, type ProbeSite } from '../../binary/probe-site.js';
import { GctopError } from '../../error.js';
import { hasCode } from '../../system/errno.js';
import type { LocalProcess } from './process.js';

/** A running program, as far as probing its functions goes. */
export interface ProbedProcess extends Pick<LocalProcess, 'pid' | 'executable' | 'memory' | 'loadBias'> {
  readonly program: Pick<GoProgram, 'probeSites' | 'knowsGoroutines'>;
}

/**
 * The site, after its bytes were compared in the file and in the running program: a probe inside an instruction makes
 * the program run other code than its own. In memory a byte may be int3, where somebody else probes already: the site
 * itself, or an instruction before it. Where that at the site is a debugger's, the kernel would take its breakpoint for a
 * probe, and take it away with ours. Throws TRACEFS.
 */
export function verifiedSite(
  { pid, executable, memory, loadBias }: Pick<ProbedProcess, 'pid' | 'executable' | 'memory' | 'loadBias'>,
  site: ProbeSite,
): ProbeSite {
  const { bytes, address, fileOffset, before } = site;
  if (!isInstruction(site)) throw refused('no instruction is known to begin there');
  const loaded = new Uint8Array(bytes.length);
  if (!memory.read(address - before + loadBias, loaded)) throw refused('its code is not in memory');
  if (loaded[before] === int3) {
    const tracer = tracerOf(pid);
    if (tracer !== 0) throw refused(`process '${tracer}' debugs it, and has a breakpoint there`);
  }
  const inFile = fileBytes(executable, fileOffset - before, bytes.length);
  if (inFile === undefined) throw refused('it has ended');
  const isLoaded = loaded.every((byte, i) => byte === bytes[i] || byte === int3);
  if (Buffer.compare(inFile, bytes) !== 0 || !isLoaded) {
    throw refused('its code is not what its file said a moment ago');
  }
  return site;
}

const int3 = 0xcc;

/** The process that traces it; 0 where none does, or it has ended. */
const tracerOf = (pid: number): number => Number(/^TracerPid:\t(\d+)/m.exec(statusOf(pid))?.[1] ?? 0);

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return '';
    throw error;
  }
}

/** Undefined where the process has ended: its file is opened by its pid. */
function fileBytes(path: string, offset: number, length: number): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
  try {
    const found = new Uint8Array(length);
    return found.subarray(0, readSync(fd, found, 0, length, offset));
  } finally {
    closeSync(fd);
  }
}

export const refused = (why: string): GctopError =>
  new GctopError('TRACEFS', `the program is not probed: ${why}`, {
    hint: 'report it with the output of `go version -m`',
  });
