import { closeSync, openSync, readSync } from 'node:fs';
import type { GoProgram } from '../../binary/go-program.js';
import type { ProbeSite } from '../../binary/probe-site.js';
import { GctopError } from '../../error.js';
import type { LocalProcess } from './process.js';

/** A running program, as far as probing its functions goes. */
export interface ProbedProcess extends Pick<LocalProcess, 'executable' | 'memory' | 'loadBias'> {
  readonly program: Pick<GoProgram, 'probeSites' | 'knowsGoroutines'>;
}

/**
 * The site, after its bytes were compared in the file and in the running program: a probe inside an instruction makes
 * the program run other code than its own. In memory a byte may be int3, where somebody else probes already: the site
 * itself, or an instruction before it. Throws TRACEFS.
 */
export function verifiedSite(
  { executable, memory, loadBias }: Pick<ProbedProcess, 'executable' | 'memory' | 'loadBias'>,
  site: ProbeSite,
): ProbeSite {
  const { bytes, address, fileOffset, before } = site;
  const loaded = new Uint8Array(bytes.length);
  if (!memory.read(address - before + loadBias, loaded)) throw refused('its code is not in memory');
  const inFile = fileBytes(executable, fileOffset - before, bytes.length);
  const isLoaded = loaded.every((byte, i) => byte === bytes[i] || byte === int3);
  if (Buffer.compare(inFile, bytes) !== 0 || !isLoaded) {
    throw refused('its code is not what its file said a moment ago');
  }
  return site;
}

const int3 = 0xcc;

function fileBytes(path: string, offset: number, length: number): Uint8Array {
  const fd = openSync(path, 'r');
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
