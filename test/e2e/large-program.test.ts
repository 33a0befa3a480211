import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/system/process.js';
import type { InspectCost } from '../helpers/inspect-cost.js';
import { largeProgram } from '../helpers/large-program.js';

const script = fileURLToPath(new URL('../helpers/inspect-cost.ts', import.meta.url));

for (const { what, flags } of [
  { what: 'stripped', flags: ['-ldflags=-s -w'] },
  { what: 'with symbols', flags: [] },
]) {
  test(`of a program of more than 100 MB, ${what}, little is read, and little of it is held`, async (t) => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script, await largeProgram(flags)]);
    t.diagnostic(stdout);
    const { sizeMB, readKiB, memoryMiB }: InspectCost = JSON.parse(stdout);
    assert.ok(sizeMB >= 100, `${sizeMB} MB`);
    assert.ok(readKiB <= 16 << 10, `${readKiB} KiB were read`);
    assert.ok(memoryMiB <= 150, `${memoryMiB} MiB`);
  });
}
