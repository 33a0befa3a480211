import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { measureHitCosts } from '../../src/sources/local/hit-cost.js';
import { findTracefs } from '../../src/sources/local/tracefs.js';
import { run } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';

const never = () => new AbortController().signal;

liveTest('what a hit costs is measured: single-stepping costs more than emulating', async (t) => {
  const path = inTemporary(t, folder(t));
  const costs = (await measureHitCosts(await findTracefs(() => {}), never())) ?? assert.fail('not measured');
  t.diagnostic(`${costs.emulatedNs.toFixed(0)} ns, single-stepped ${costs.steppedNs.toFixed(0)} ns`);
  const { emulatedNs, steppedNs } = costs;
  assert.ok(0 < emulatedNs && emulatedNs < steppedNs && steppedNs < 1e6, JSON.stringify(costs));
  assert.deepEqual(leftoversOfLocal(), []);
  assert.deepEqual(readdirSync(path), []);
});

liveTest('after an abort nothing is measured, and nothing stays', async (t) => {
  const path = inTemporary(t, folder(t));
  const tracefs = await findTracefs(() => {});
  assert.equal(await measureHitCosts(tracefs, AbortSignal.abort()), undefined);
  const abort = new AbortController();
  const measuring = measureHitCosts(tracefs, abort.signal);
  abort.abort();
  assert.equal(await measuring, undefined);
  assert.deepEqual(leftoversOfLocal(), []);
  assert.deepEqual(readdirSync(path), []);
});

liveTest(
  'where no program may be run from the folder for temporary files the costs are not known',
  async (t) => {
    const path = join(folder(t), 'noexec');
    mkdirSync(path);
    await run('mount', ['-t', 'tmpfs', '-o', 'noexec', 'none', path]);
    try {
      inTemporary(t, path);
      assert.equal(await measureHitCosts(await findTracefs(() => {}), never()), undefined);
      assert.deepEqual(leftoversOfLocal(), []);
      assert.deepEqual(readdirSync(path), []);
    } finally {
      await run('umount', [path]);
    }
  },
);

liveTest('where there is no folder for temporary files the costs are not known', async (t) => {
  const path = folder(t);
  rmSync(path, { recursive: true });
  inTemporary(t, path);
  assert.equal(await measureHitCosts(await findTracefs(() => {}), never()), undefined);
});

/** Has temporary files go to a folder for as long as the test runs. */
function inTemporary(t: TestContext, path: string): string {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = path;
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  assert.equal(tmpdir(), path);
  return path;
}
