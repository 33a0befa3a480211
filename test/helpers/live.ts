import { type TestContext, type TestFn, test } from 'node:test';
import { GctopError } from '../../src/error.js';
import { findTracefs } from '../../src/sources/local/tracefs.js';

/**
 * A test against real Go programs. It needs Linux on x86-64, root and tracefs: where they are missing it is skipped and
 * says why, except in CI, where it fails.
 */
export function liveTest(name: string, body: (t: TestContext) => Promise<void>): void {
  const run: TestFn = async (t) => {
    const missing = await missingForLive();
    if (missing === undefined) return await body(t as TestContext);
    if (process.env.CI !== undefined) throw new Error(`live tests are not skipped in CI: ${missing}`);
    (t as TestContext).skip(missing);
  };
  test(name, { timeout: 180_000 }, run);
}

/** What `make` makes; undefined where it cannot be had, so that the test is skipped, except in CI, where that fails. */
export async function madeOrSkipped<T>(t: TestContext, make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (!isMissing(error)) throw error;
    t.skip(error.message);
    return undefined;
  }
}

/** Whether what failed is that something cannot be fetched here, where that is allowed. */
export const isMissing = (error: unknown): error is GctopError =>
  process.env.CI === undefined && error instanceof GctopError && error.code !== 'BUILD_FAILED';

/** Why the local source cannot be tried here in full. Mounts tracefs as gctop does. */
export async function missingForLive(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.arch !== 'x64')
    return `needs x86-64: gctop knows nothing of Go programs on ${process.arch} yet`;
  if (process.getuid?.() !== 0) return 'needs root';
  return await findTracefs(() => {}).then(
    () => undefined,
    (error: unknown) => `needs tracefs: ${error instanceof Error ? error.message : error}`,
  );
}
