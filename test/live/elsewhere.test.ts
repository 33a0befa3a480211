import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder } from '../helpers/folder.js';
import { compareWithTrace } from '../helpers/gctrace-lines.js';
import { type BuiltProgram, build, startTraced, type TracedProgram } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';
import { cyclesOf, tellsOfCycle, watchProcess } from '../helpers/watch.js';

const args = ['-pace', '200us', '-force', '20ms'];
const wanted = 60;

liveTest('a stripped program is watched whose file was deleted', async (t) => {
  const { path, goMinor } = await strippedCollector(t);
  const program = await startTraced(path, args);
  rmSync(path);
  await compareWatched(t, program, goMinor);
});

liveTest('a stripped program is watched whose file was replaced by another', async (t) => {
  const { path, goMinor } = await strippedCollector(t);
  const program = await startTraced(path, args);
  const other = join(folder(t), 'other');
  copyFileSync('/bin/true', other);
  renameSync(other, path);
  await compareWatched(t, program, goMinor);
});

liveTest('a stripped program is watched whose file is in another mount namespace', async (t) => {
  const { path, goMinor } = await strippedCollector(t);
  const hidden = folder(t);
  const inside = 'mount -t tmpfs none "$0" && cp "$1" "$0/program" && shift && exec "$0/program" "$@"';
  const program = await startTraced('unshare', ['--mount', 'sh', '-c', inside, hidden, path, ...args]);
  assert.equal(existsSync(join(hidden, 'program')), false);
  await compareWatched(t, program, goMinor);
});

liveTest('a stripped program without section headers is watched', async (t) => {
  const { path, goMinor } = await strippedCollector(t);
  removeSectionHeaders(path);
  await compareWatched(t, await startTraced(path, args), goMinor);
});

/** e_shoff, e_shnum and e_shstrndx of the ELF header. */
function removeSectionHeaders(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0, 40, 48);
  bytes.fill(0, 60, 64);
  writeFileSync(path, bytes);
}

/** A copy that a test may change. */
async function strippedCollector(t: TestContext): Promise<BuiltProgram> {
  const { path, goMinor } = await build('collector', { flags: ['-ldflags=-s -w'] });
  const copy = join(folder(t), 'collector');
  copyFileSync(path, copy);
  return { path: copy, goMinor };
}

async function compareWatched(t: TestContext, program: TracedProgram, goMinor: number): Promise<void> {
  t.after(() => program.end());
  const watch = watchProcess(program.pid);
  await watch.until(tellsOfCycle(wanted));
  const cycles = cyclesOf(await watch.stop());
  await program.end();
  compareWithTrace(t, cycles, { trace: program.gctrace, goMinor });
  assert.ok(cycles.length > 0 && cycles.every(({ evidence }) => evidence === 'exact'));
}
