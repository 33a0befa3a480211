import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/system/paths.js';
import { cacheHome } from './cache.js';

/** How a run of the built program without a terminal ended. */
export interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GctopOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs the built program, its output in pipes, to its end. */
export async function gctop(args: readonly string[], options: GctopOptions = {}): Promise<Ended> {
  const { env = {}, timeoutMs = 30_000 } = options;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [builtProgram, ...args], {
    env: { XDG_CACHE_HOME: cacheHome, ...env },
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
  });
  return { code: exitCode, stdout, stderr };
}

export const builtProgram = join(packageRoot(), 'dist', 'cli.js');
