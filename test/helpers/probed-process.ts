import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionSites } from '../../src/binary/probe-site.js';
import type { ProbedProcess } from '../../src/sources/local/verified-site.js';
import { type Ending, folder } from './folder.js';

/** A process that runs a file of a few bytes, as far as probing it goes; `loaded` is what is in its memory from `loadBias`. */
export function probedProcess(
  t: Ending,
  file: Uint8Array,
  {
    loaded = file,
    loadBias = 0,
    probeSites = new Map<string, FunctionSites>(),
    knowsGoroutines = true,
  }: Partial<ProbedProcess['program']> & { readonly loaded?: Uint8Array; readonly loadBias?: number } = {},
): ProbedProcess {
  const executable = join(folder(t), 'program');
  writeFileSync(executable, file);
  const read = (address: number, into: Uint8Array): boolean => {
    const found = loaded.subarray(address - loadBias, address - loadBias + into.length);
    if (found.length < into.length) return false;
    into.set(found);
    return true;
  };
  return {
    pid: process.pid,
    executable,
    memory: { read, close: () => {} },
    loadBias,
    program: { probeSites, knowsGoroutines },
  };
}
