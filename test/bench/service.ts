import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { buildGoProgram } from '../../src/system/go-build.js';
import { findGo } from '../../src/system/go-toolchain.js';
import { packageRoot } from '../../src/system/paths.js';
import { type Child, start } from '../../src/system/process.js';

/** The demo service, started by the bench and not by gctop. */
export interface BenchService extends Child {
  readonly address: URL;
  readonly goVersion: string;
  /** Sends requests two at a time and waits for the last answer. */
  load(requests: number): Promise<void>;
}

const onProgress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

export async function startService(): Promise<BenchService> {
  const go = await findGo({ env: process.env, onProgress });
  const sourceDir = join(packageRoot(), 'manifests', 'gc-service');
  const { path, goVersion } = await buildGoProgram(sourceDir, { go, env: process.env, onProgress });
  let heard = (_address: URL) => {};
  const listening = new Promise<URL>((resolve) => {
    heard = resolve;
  });
  const child = await start(path, ['-host', '127.0.0.1', '-port', '0'], {
    stdout: (line) => heard(new URL(`http://${line.replace('listening on ', '')}`)),
  });
  const address = await listening;
  const agent = new Agent({ keepAlive: true });
  const worker = async (requests: number) => {
    for (let i = 0; i < requests; i += 1) await ask(new URL('/allocate-memory', address), agent);
  };
  return {
    ...child,
    address,
    goVersion,
    async load(requests) {
      await Promise.all([worker(requests / 2), worker(requests / 2)]);
    },
  };
}

function ask(url: URL, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', reject);
  });
}

/** What the report names as the machine. */
export function machine(): string {
  const cpu = /model name\s*:\s*(.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? process.arch;
  const cores = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm)?.length;
  return `${cores} cores of ${cpu}, Linux ${readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()}, Node ${process.version}`;
}
