import { join } from 'node:path';
import { GctopError } from '../error.js';
import { memoryObstacle } from '../sources/local/obstacle.js';
import { buildGoProgram } from '../system/go-build.js';
import { findGo } from '../system/go-toolchain.js';
import { packageRoot } from '../system/paths.js';
import { type LaunchOptions, launch, type Program } from './program.js';

export interface DemoOptions extends Omit<LaunchOptions, 'name' | 'onLine' | 'keepOutput' | 'isTraced'> {
  readonly onProgress: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export interface Demo {
  readonly program: Program;
  /** Where the service answers. */
  readonly address: URL;
  /** Why its memory cannot be read, so that it prints gctrace lines instead. */
  readonly obstacle: string | undefined;
}

const readyWithinMs = 10_000;

/**
 * Builds the demo service (manifests/gc-service), starts it on a free port of this machine and waits until it listens.
 * Throws `NO_GO_TOOLCHAIN`, `BUILD_FAILED`, `COMMAND_FAILED_TO_START`.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { clock, onProgress, signal } = options;
  const { env } = process;
  const go = await findGo({ env, onProgress, signal });
  const sourceDir = join(packageRoot(), 'manifests', 'gc-service');
  const built = await buildGoProgram(sourceDir, { go, env, onProgress, signal });

  let heard: (address: URL) => void = () => {};
  const listening = new Promise<URL>((resolve) => {
    heard = resolve;
  });
  const onLine = (line: string) => {
    const address = /^listening on (\S+)$/.exec(line)?.[1];
    if (address !== undefined) heard(new URL(`http://${address}`));
  };
  const args = ['-host', '127.0.0.1', '-port', '0'];
  const obstacle = memoryObstacle(built.path);
  const program = await launch(built.path, args, {
    ...options,
    name: 'gc-service',
    onLine,
    keepOutput: false,
    isTraced: obstacle !== undefined,
  });
  const failed = await Promise.race([
    listening.then(() => undefined),
    program.exited.then(() => 'it ended'),
    clock.sleep(readyWithinMs, signal).then(() => `${readyWithinMs / 1000} s passed`),
  ]).catch(() => 'it was interrupted');
  if (failed === undefined) return { program, address: await listening, obstacle };
  await program.stop();
  const output = program.outputPath === undefined ? 'above' : `in '${program.outputPath}'`;
  throw new GctopError(
    'COMMAND_FAILED_TO_START',
    `the demo service does not listen: ${failed} before it said so`,
    {
      hint: `see its output ${output}`,
    },
  );
}
