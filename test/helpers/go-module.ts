import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findGo, goEnvironment } from '../../src/system/go-toolchain.js';
import { run } from '../../src/system/process.js';
import { programCache } from './cache.js';

export interface ModulePackage {
  /** Where its go.mod lies. */
  readonly module: string;
  /** The folder of the command in it. */
  readonly command: string;
  /** Values of string variables, for the linker: `path/to/package.name=value`. */
  readonly variables?: readonly string[];
}

/**
 * Builds a command of a Go module that uses other modules, once: its sources and go.sum are in the name of its folder.
 * Go keeps what it compiled, so that a change builds in seconds; the first build takes minutes.
 */
export async function buildCommand({ module, command, variables = [] }: ModulePackage): Promise<string> {
  const { env } = process;
  const go = await findGo({ env, onProgress: () => {} });
  const flags = ['-s', '-w', ...variables.map((variable) => `-X ${variable}`)].join(' ');
  const hash = hashOf(module, command, [go.version, flags]);
  const path = join(programCache, `${basename(module)}-${hash}`, command);
  if (existsSync(path)) return path;
  await mkdir(join(path, '..'), { recursive: true });
  // Linked beside the final name, then renamed: another test that runs meanwhile never sees half a program.
  const scratch = `${path}.${process.pid}`;
  const asked = { cwd: module, env: goEnvironment(env, go.version) };
  await run(
    go.command,
    ['build', '-buildvcs=false', `-ldflags=${flags}`, '-o', scratch, `./${command}`],
    asked,
  );
  await rename(scratch, path);
  return path;
}

function hashOf(module: string, command: string, parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts));
  const sources = readdirSync(join(module, command)).sort();
  for (const file of ['go.mod', 'go.sum', ...sources.map((name) => join(command, name))]) {
    hash.update(JSON.stringify([file, readFileSync(join(module, file), 'utf8')]));
  }
  return hash.digest('hex').slice(0, 12);
}
