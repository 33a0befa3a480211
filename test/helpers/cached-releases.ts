import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/system/process.js';

/** Releases of Go that are in the module cache already, from 1.16 on: nothing is fetched for them. */
export async function cachedReleases(): Promise<readonly string[]> {
  const { stdout } = await run('go', ['env', 'GOMODCACHE']);
  const found = foldersIn(join(stdout.trim(), 'golang.org')).flatMap(
    (name) => /^toolchain@v0\.0\.1-(go1\.(\d+)\.\d+)\.linux-amd64$/.exec(name)?.slice(1, 3) ?? [],
  );
  return found.filter(
    (release, index) => index % 2 === 0 && Number(found[index + 1]) >= 16 && release !== '',
  );
}

function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // no release was ever fetched
  }
}
