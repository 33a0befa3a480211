import { createHash } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GctopError } from '../error.js';
import { type GoToolchain, goEnvironment, isAtLeast, noToolchain, releaseIn } from './go-toolchain.js';
import { userDirs } from './paths.js';
import { type Environment, run } from './process.js';

export interface GoBuildOptions {
  readonly go: GoToolchain;
  readonly env: Environment;
  readonly onProgress: (sentence: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Another release than `go` itself, 'go1.16.15' for example. Go downloads it once. @default GOTOOLCHAIN's */
  readonly goVersion?: string;
  /** Further flags of `go build`. */
  readonly flags?: readonly string[];
  /** Whether cgo is on, which needs a C compiler. @default false */
  readonly cgo?: boolean;
  /** @default gctop's cache directory */
  readonly outputDir?: string;
}

export interface GoProgram {
  readonly path: string;
  /** The release that built it. */
  readonly goVersion: string;
}

/**
 * Builds the Go program of one directory, from the standard library alone. The name of its folder holds a hash of everything
 * that goes into it, so that it is built once. Throws `NO_GO_TOOLCHAIN` and `BUILD_FAILED`.
 */
export async function buildGoProgram(sourceDir: string, options: GoBuildOptions): Promise<GoProgram> {
  const { go, env, onProgress, flags = [], cgo = false, outputDir = userDirs(env).cache } = options;
  const name = basename(sourceDir);
  const goVersion = options.goVersion ?? releaseIn(env.GOTOOLCHAIN ?? '') ?? go.version;
  if (goVersion !== go.version) await fetchRelease(goVersion, options);
  // Old releases know no -buildvcs; newer ones may fail to ask git about a checkout that another user owns.
  const args = ['build', ...(isAtLeast(goVersion, 18) ? ['-buildvcs=false'] : []), ...flags];
  try {
    const hash = await hashOf(sourceDir, [goVersion, ...args, `cgo=${cgo}`, ...variantOf(env)]);
    const path = join(outputDir, `${goVersion}-${hash}`, name);
    if (!(await isExecutable(path))) {
      onProgress(`building ${name} with ${goVersion}`);
      await buildInto(path, args, { ...options, sourceDir, goVersion });
    }
    return { path, goVersion };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const hint =
      error instanceof GctopError ? {} : { hint: `is '${outputDir}' writable, and is there room?` };
    throw new GctopError('BUILD_FAILED', `cannot build '${name}' with ${goVersion}: ${why}`, {
      ...hint,
      cause: error,
    });
  }
}

/** Has Go download another release than its own, if that did not happen before. */
async function fetchRelease(
  goVersion: string,
  { go, env, onProgress, signal }: GoBuildOptions,
): Promise<void> {
  onProgress(`looking for ${goVersion}, which Go downloads if need be`);
  const asked = { env: goEnvironment(env, goVersion), signal };
  const { stdout } = await run(go.command, ['version'], asked).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw noToolchain(`${goVersion} is not to be had`, error);
  });
  if (releaseIn(stdout) === goVersion) return;
  // Before Go 1.21 the variable GOTOOLCHAIN meant nothing: the toolchain answers with its own version.
  throw noToolchain(`${go.version} cannot fetch ${goVersion}, which takes Go 1.21 or newer`);
}

/** Builds beside the final name, then renames: nobody ever sees half a program. */
async function buildInto(
  path: string,
  args: readonly string[],
  {
    go,
    env,
    goVersion,
    cgo = false,
    signal,
    sourceDir,
  }: GoBuildOptions & { sourceDir: string; goVersion: string },
): Promise<void> {
  const finalDir = dirname(path);
  const outputDir = dirname(finalDir);
  await mkdir(outputDir, { recursive: true });
  const scratch = await mkdtemp(join(outputDir, 'build-'));
  try {
    const asked = {
      env: { ...goEnvironment(env, goVersion), CGO_ENABLED: cgo ? '1' : '0' },
      cwd: sourceDir,
      signal,
    };
    await run(go.command, [...args, '-o', join(scratch, basename(path)), '.'], asked);
    await rename(scratch, finalDir).catch(async (error: unknown) => {
      if (!(await isExecutable(path))) throw error; // another gctop built it meanwhile
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function hashOf(sourceDir: string, parts: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(parts));
  for (const name of (await readdir(sourceDir)).filter(isSource).sort()) {
    const text = await readFile(join(sourceDir, name), 'utf8');
    hash.update(JSON.stringify([name, text]));
  }
  return hash.digest('hex').slice(0, 12);
}

/** What changes the program that is built from the same sources by the same release. */
const variantOf = ({ GOEXPERIMENT = '', GOAMD64 = '' }: Environment): readonly string[] => [
  process.arch,
  GOEXPERIMENT,
  GOAMD64,
];

const isSource = (name: string): boolean =>
  name === 'go.mod' || name === 'go.sum' || (name.endsWith('.go') && !name.endsWith('_test.go'));

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
