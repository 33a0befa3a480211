import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { run, start } from '../../src/system/process.js';
import { programCache } from './cache.js';
import { folder } from './folder.js';
import type { TracedProgram } from './go-program.js';

/** Releases of esbuild, which are stripped Go programs from the npm registry, and the Go that built each. */
export const esbuilds = [
  { version: '0.9.7', go: 'go1.16.2' },
  { version: '0.14.25', go: 'go1.17.8' },
  { version: '0.14.39', go: 'go1.18.1' },
  { version: '0.16.17', go: 'go1.19.4' },
  { version: '0.21.5', go: 'go1.20.12' },
  { version: '0.22.0', go: 'go1.22.4' },
  { version: '0.24.2', go: 'go1.23.1' },
  { version: '0.25.12', go: 'go1.23.12' },
  // From 0.27 on without build information.
  { version: '0.27.7', go: 'go1.25.7' },
  { version: '0.28.2', go: 'go1.26.5' },
] as const;

/** The program of a release, fetched once. */
export async function fetchEsbuild(version: string): Promise<string> {
  const kept = join(programCache, `esbuild-${version}`);
  const program = join(kept, 'package/bin/esbuild');
  if (existsSync(program)) return program;
  mkdirSync(programCache, { recursive: true });
  const scratch = mkdtempSync(join(programCache, 'fetch-'));
  try {
    const [, minor = 0] = version.split('.').map(Number);
    const name = minor < 16 ? 'esbuild-linux-64' : '@esbuild/linux-x64';
    const { stdout } = await run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: scratch });
    await run('tar', ['xzf', stdout.trim()], { cwd: scratch });
    if (!existsSync(kept)) renameSync(scratch, kept);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return program;
}

/** An esbuild that bundles anew, some megabytes, whenever it is asked. */
export interface ServingEsbuild extends Omit<TracedProgram, 'printed'> {
  /** Asks until the signal is given. */
  keepBusy(signal: AbortSignal): Promise<void>;
}

/** Starts esbuild as a server of what it builds, with GODEBUG=gctrace=1. */
export async function serveEsbuild(t: TestContext, path: string): Promise<ServingEsbuild> {
  const cwd = folder(t);
  writeSources(cwd);
  const port = await freePort();
  const gctrace: string[] = [];
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
  const child = await start('sh', ['-c', 'exec "$0" "$@" <> stdin', path, ...args], {
    cwd,
    env: { ...process.env, GODEBUG: 'gctrace=1', GOMAXPROCS: '2', GOGC: '25' },
    stderr: (line) => gctrace.push(line),
  });
  const url = `http://127.0.0.1:${port}/entry.js`;
  for (let tries = 0; tries < 200 && !(await answers(url)); tries++) await delay(50);
  return {
    pid: child.pid,
    stdout: [],
    gctrace,
    exited: child.exited,
    end: () => child.terminate(5_000),
    keepBusy: async (signal) => {
      while (!signal.aborted) {
        if (!(await answers(url))) await delay(50);
      }
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet, or no longer: the caller tries again or gives up
  }
}

const modules = 20;

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
