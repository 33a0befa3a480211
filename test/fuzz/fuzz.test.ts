import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder } from '../helpers/folder.js';
import { kinds } from './kinds.js';
import { watchedRun } from './watched-run.js';

/** FUZZ_TIMES=10 for a longer run; FUZZ_SEED for the one that failed. */
const times = process.env.FUZZ_TIMES ?? '1';
const seed = process.env.FUZZ_SEED ?? String(Math.floor(Math.random() * 2 ** 31));

const script = fileURLToPath(new URL('./run-cases.ts', import.meta.url));
const longestCaseMs = 30_000;
const mostMemoryMiB = 256;

test('a case that hangs is told, and so is one that ends its process', async (t) => {
  const path = join(folder(t), 'cases.mjs');
  const runs = async (code: string) => {
    writeFileSync(
      path,
      `import { writeFileSync } from 'node:fs';\nwriteFileSync(process.argv[3], '7');\n${code}`,
    );
    const ending = await watchedRun({ script: path, args: ['kind'], longestCaseMs: 3_000 });
    return 'failure' in ending ? ending.failure : ending.report;
  };
  assert.equal(await runs('for (;;);'), 'kind: 7 cases ended, the next one hangs');
  assert.match(String(await runs('process.abort();')), /7 cases ended, then SIGABRT/);
  assert.match(String(await runs("throw new Error('not this')")), /7 cases ended, then 1\n.*not this/s);
});

test('there are at least 100,000 cases', () => {
  const cases = Object.values(kinds).reduce((sum, kind) => sum + kind.cases, 0);
  assert.ok(cases >= 100_000, `${cases}`);
});

describe('whatever is in them, in a result or a typed error, within the memory and without a hang, end', {
  concurrency: 2,
}, () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(`${kind.cases.toLocaleString('en-US')} ${name}`, async (t) => {
      const ending = await watchedRun({ script, args: [name, seed, times], longestCaseMs });
      if ('failure' in ending) return assert.fail(`FUZZ_SEED=${seed}: ${ending.failure}`);
      const { cases, ends, memoryMiB } = ending.report;
      t.diagnostic(`${JSON.stringify(ends)}, ${memoryMiB} MiB`);
      assert.equal(
        Object.values(ends).reduce((sum, count) => sum + count, 0),
        cases,
      );
      for (const end of kind.ends) assert.ok((ends[end] ?? 0) > 0, `no case ended in '${end}'`);
      assert.ok(memoryMiB <= mostMemoryMiB, `${memoryMiB} MiB`);
    });
  }
});
