import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/system/process.js';
import { programCache } from './cache.js';

/** The folder of a package of the npm registry, fetched once and not installed. */
export async function fetchPackage(name: string, version: string): Promise<string> {
  const kept = join(programCache, `${name.replace('@', '').replace('/', '-')}-${version}`);
  const unpacked = join(kept, 'package');
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(programCache, { recursive: true });
  const scratch = mkdtempSync(join(programCache, 'fetch-'));
  try {
    const { stdout } = await run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: scratch });
    await run('tar', ['xzf', stdout.trim()], { cwd: scratch });
    if (!existsSync(kept)) renameSync(scratch, kept);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return unpacked;
}
