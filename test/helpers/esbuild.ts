import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../src/system/process.js';
import { type BusyProgram, startServer } from './busy-program.js';
import { folder } from './folder.js';
import { fetchPackage } from './npm-program.js';

/** The program of a release of esbuild, fetched once. */
export async function fetchEsbuild(version: string): Promise<string> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const name = major === 0 && minor < 16 ? 'esbuild-linux-64' : '@esbuild/linux-x64';
  return join(await fetchPackage(name, version), 'bin/esbuild');
}

/** Starts esbuild as a server that bundles anew, some megabytes, whenever it is asked. */
export async function serveEsbuild(t: TestContext, path: string): Promise<BusyProgram> {
  const cwd = folder(t);
  writeSources(cwd);
  const port = await freePort();
  const args = [
    'entry.js',
    '--bundle',
    '--minify',
    '--log-level=silent',
    '--outdir=built',
    `--serve=127.0.0.1:${port}`,
  ];
  // It ends with its stdin: a pipe that is open to be written as well never ends.
  await run('mkfifo', ['stdin'], { cwd });
  return await startServer(t, ['sh', '-c', 'exec "$0" "$@" <> stdin', path, ...args], {
    cwd,
    gogc: 10,
    urlIn: () => `http://127.0.0.1:${port}/entry.js`,
  });
}

const modules = 8;

function writeSources(cwd: string): void {
  const body = (module: number) =>
    Array.from(
      { length: 150 },
      (_, i) =>
        `export function f${i}(a, b) { const text = 'module ${module}, line ${i}'; return a > b ? text + a : [b, { a, b, text }].map((x) => x ?? f${(i + 1) % 150}); }`,
    ).join('\n');
  for (let module = 0; module < modules; module++) writeFileSync(join(cwd, `m${module}.js`), body(module));
  const names = Array.from({ length: modules }, (_, i) => i);
  const imports = names.map((i) => `import * as m${i} from './m${i}.js';`).join('\n');
  writeFileSync(join(cwd, 'entry.js'), `${imports}\nconsole.log(${names.map((i) => `m${i}`).join(', ')});\n`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? address.port : 0;
}
