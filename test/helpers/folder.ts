import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A test, or whatever else takes what is to be done when it is over. */
export type Ending = Pick<TestContext, 'after'>;

/** A folder of its own, for as long as the test runs. */
export function folder(t: Ending): string {
  const path = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
