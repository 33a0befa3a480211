import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findTracefs } from '../../src/sources/local/tracefs.js';
import { addUprobes, type UprobePlan } from '../../src/sources/local/uprobe-group.js';
import { run } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';

/** A file of its own: whoever else watches node does not come by. */
function program(t: TestContext): string {
  const path = join(folder(t), 'node');
  copyFileSync(process.execPath, path);
  return path;
}

const plan = (event: string): UprobePlan => ({ event, fileOffset: 0x1000, args: ['sp=%sp:u64'] });

liveTest('many groups are in place at once, with one listener for the exit', async (t) => {
  const tracefs = await findTracefs(() => {});
  const path = program(t);
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => warnings.push(message);
  process.on('warning', onWarning);
  t.after(() => process.off('warning', onWarning));
  const before = process.listenerCount('exit');
  const add = () => addUprobes(tracefs, { path, plans: [plan('a'), plan('b')], bufferKiB: 8, originNs: 0n });
  const groups = Array.from({ length: 12 }, add);
  assert.equal(process.listenerCount('exit'), before + 1);
  assert.equal(leftoversOfLocal().filter((line) => line.startsWith('p:')).length, 24);
  await Promise.all(groups.map((group) => group.remove()));
  assert.deepEqual(leftoversOfLocal(), []);
  assert.deepEqual(warnings, []);
});

liveTest(
  'a group of which the kernel refuses a part leaves nothing, and says what was refused',
  async (t) => {
    const tracefs = await findTracefs(() => {});
    const bad: UprobePlan = { ...plan('bad'), args: ['x=%nowhere:u64'] };
    assert.throws(
      () => addUprobes(tracefs, { path: program(t), plans: [plan('good'), bad], bufferKiB: 8, originNs: 0n }),
      { code: 'TRACEFS', message: /^the kernel refused the probe/ },
    );
    assert.deepEqual(leftoversOfLocal(), []);
  },
);

liveTest('an exit takes all groups out', async (t) => {
  const script = `
    import { findTracefs } from './src/sources/local/tracefs.js';
    import { addUprobes } from './src/sources/local/uprobe-group.js';
    const tracefs = await findTracefs(() => {});
    const plans = [{ event: 'a', fileOffset: 0x1000, args: [] }];
    for (let i = 0; i < 3; i++) addUprobes(tracefs, { path: '${program(t)}', plans, bufferKiB: 8, originNs: 0n });
    console.log(process.pid);
    process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  assert.deepEqual(leftoversOfLocal(Number(stdout.trim())), []);
});
