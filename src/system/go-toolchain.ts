import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GctopError } from '../error.js';
import { homeOf } from './paths.js';
import { type Environment, run } from './process.js';

/** A go command that works. */
export interface GoToolchain {
  readonly command: string;
  /** As Go spells it: 'go1.26.8'. */
  readonly version: string;
}

export interface FindGoOptions {
  readonly env: Environment;
  readonly onProgress: (sentence: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where to look besides the PATH, best first. @default where go.dev's archives and Debian's packages put Go */
  readonly directories?: readonly string[];
  /** Whether packages may be installed. @default true for root */
  readonly mayInstall?: boolean;
}

/** Finds a Go toolchain, or installs Debian's. Throws `NO_GO_TOOLCHAIN`. */
export async function findGo(options: FindGoOptions): Promise<GoToolchain> {
  const found = await lookForGo(options);
  if (found !== undefined) return found;
  await installGo(options);
  const installed = await lookForGo(options);
  if (installed === undefined)
    throw noToolchain(`the 'golang-go' package brought no Go ${leastMinorText} or newer`);
  return installed;
}

/**
 * The environment in which go commands run. GOFLAGS is replaced, not emptied: the user's may hold flags that an old
 * release does not know, and an empty one means the GOFLAGS that `go env -w` keeps in a file. CGO is off so that no C
 * compiler is needed. GOTOOLCHAIN: Go 1.21 and later run that release in their place, and download it if need be. GOOS
 * and GOARCH are this machine's, whatever the user builds for. GODEBUG is meant for the program that is watched, and
 * would have the go command print of its own collector.
 */
export function goEnvironment(env: Environment, release = 'local'): Environment {
  return {
    ...env,
    HOME: homeOf(env), // go keeps its build cache there and refuses to work without
    GOFLAGS: '-trimpath',
    GOWORK: 'off',
    GO111MODULE: 'on',
    CGO_ENABLED: '0',
    GOTOOLCHAIN: release,
    GOOS: process.platform,
    GOARCH: process.arch === 'x64' ? 'amd64' : process.arch,
    GODEBUG: needsNoIndex(release) ? 'goindex=0' : undefined,
  };
}

/** Go 1.19 cannot read its own index of the standard library where it was downloaded to (cmd/go/internal/modindex). */
const needsNoIndex = (release: string): boolean => isAtLeast(release, 19) && !isAtLeast(release, 20);

/** 'go1.26.8' out of what `go version` prints; undefined for a development version without a number. */
export const releaseIn = (printed: string): string | undefined =>
  /\bgo\d+\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?/.exec(printed)?.[0];

/** Whether a release is of this minor version of Go 1, or newer. */
export function isAtLeast(release: string, minor: number): boolean {
  const [, found] = /^go1\.(\d+)/.exec(release) ?? [];
  return found !== undefined && Number(found) >= minor;
}

/** The error for a toolchain that is missing. */
export const noToolchain = (why: string, cause?: unknown): GctopError =>
  new GctopError('NO_GO_TOOLCHAIN', `no Go toolchain: ${why}`, {
    hint: `install Go ${leastMinorText} or newer (go.dev/dl, or as root: apt-get install golang-go) and have 'go' in the PATH`,
    cause,
  });

/** The demo service needs Go 1.16 (signal.NotifyContext). */
const leastMinor = 16;
const leastMinorText = `1.${leastMinor}`;

async function lookForGo(options: FindGoOptions): Promise<GoToolchain | undefined> {
  const { env, signal, directories = wellKnownDirectories() } = options;
  for (const directory of new Set([...searchPath(env), ...directories])) {
    const command = join(directory, 'go');
    if (!isExecutable(command)) continue;
    const version = await versionOf(command, env, signal);
    if (version !== undefined && isAtLeast(version, leastMinor)) return { command, version };
  }
  return undefined;
}

/** Undefined when the command does not work or is not Go: then the next one is tried. */
async function versionOf(
  command: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const asked = { env: goEnvironment(env), signal, timeoutMs: 30_000 };
    return releaseIn((await run(command, ['version'], asked)).stdout);
  } catch (error) {
    if (!(error instanceof GctopError)) throw error;
    return undefined;
  }
}

async function installGo({ env, onProgress, signal, mayInstall }: FindGoOptions): Promise<void> {
  const missing = `'go' ${leastMinorText} or newer is neither in the PATH nor in /usr/local/go`;
  if (!(mayInstall ?? process.getuid?.() === 0))
    throw noToolchain(`${missing}, and only root can install it`);
  const apt = searchPath(env)
    .map((directory) => join(directory, 'apt-get'))
    .find(isExecutable);
  if (apt === undefined) throw noToolchain(`${missing}, and there is no apt-get to install it with`);
  const asRoot = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, signal };
  const wanted = ['install', '--yes', '--no-install-recommends', 'golang-go'];
  const install = () => run(apt, [...waiting, ...wanted], asRoot);
  onProgress('no Go toolchain found: installing the package golang-go');
  try {
    await install();
  } catch (error) {
    if (!(error instanceof GctopError)) throw error;
    onProgress('golang-go is not to be had yet: updating the list of packages');
    await updateAndTryAgain(() => run(apt, ['update'], asRoot), install);
  }
}

/** apt-get gives up at once where another one is at work (another gctop, an upgrade by night), unless it is told to wait. */
const waiting: readonly string[] = ['-o', 'DPkg::Lock::Timeout=300'];

async function updateAndTryAgain(update: () => Promise<unknown>, install: () => Promise<unknown>) {
  try {
    await update();
    await install();
  } catch (error) {
    if (!(error instanceof GctopError)) throw error;
    throw noToolchain(`golang-go could not be installed (${error.message})`, error);
  }
}

/** Where Go is put by its own archives, and by Debian's packages for one release each: newest first. */
function wellKnownDirectories(): readonly string[] {
  const minor = (name: string): number => Number(name.slice('go-1.'.length));
  const packaged = (existsSync('/usr/lib') ? readdirSync('/usr/lib') : [])
    .filter((name) => /^go-1\.\d+$/.test(name))
    .sort((a, b) => minor(b) - minor(a));
  return ['/usr/local/go/bin', ...packaged.map((name) => join('/usr/lib', name, 'bin'))];
}

const searchPath = (env: Environment): readonly string[] =>
  (env.PATH ?? '').split(':').filter((directory) => directory.startsWith('/'));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absent or not ours to run: the caller looks elsewhere
  }
}
