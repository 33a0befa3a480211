import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probeNames } from '../../gc/probe.js';
import { packageRoot } from '../../system/paths.js';
import type { PxlTexts, Traced } from './pxl.js';

/** Reads the files of pxl/ that place a probe. */
export async function readPxlTexts(folder = join(packageRoot(), 'pxl')): Promise<PxlTexts> {
  const all: readonly Traced[] = ['canary', ...probeNames];
  const texts = all.map(async (traced) => {
    // A folder of their own: where case does not count, GC.pxl and gc.pxl would be one file.
    const path = traced === 'canary' ? 'canary.pxl' : join('probes', `${traced}.pxl`);
    return [traced, await readFile(join(folder, path), 'utf8')] as const;
  });
  return new Map(await Promise.all(texts));
}
