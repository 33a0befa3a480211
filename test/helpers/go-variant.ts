import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findGo, goEnvironment, isAtLeast, releaseIn } from '../../src/system/go-toolchain.js';
import { run } from '../../src/system/process.js';
import { folder } from './folder.js';
import { type BuiltProgram, goPrograms } from './go-program.js';

/** How a program is built that is not built as usual. */
export interface Variant {
  readonly flags?: readonly string[];
  readonly cgo?: boolean;
}

/** Builds a program of the repository with flags of its own, into a folder that goes with the test. */
export async function buildVariant(
  t: TestContext,
  name: keyof typeof goPrograms,
  { flags = [], cgo = false }: Variant,
): Promise<BuiltProgram> {
  const { env } = process;
  const go = await findGo({ env, onProgress: () => {} });
  const release = releaseIn(env.GOTOOLCHAIN ?? '') ?? go.version;
  const asked = {
    env: { ...goEnvironment(env, release), CGO_ENABLED: cgo ? '1' : '0' },
    cwd: goPrograms[name],
  };
  const path = join(folder(t), name);
  const vcs = isAtLeast(release, 18) ? ['-buildvcs=false'] : [];
  await run(go.command, ['build', ...vcs, ...flags, '-o', path, '.'], asked);
  return { path, goMinor: Number(/^go1\.(\d+)/.exec(release)?.[1]) };
}
