import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../src/system/paths.js';
import { compatibilityTable, promised } from './helpers/compatibility.js';

test("the README's table of Go releases is the one that test/live/compatibility.test.ts goes by", () => {
  const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8').split('\n');
  const table = compatibilityTable(() => promised);
  const begin = readme.indexOf(table[0] ?? '');
  assert.deepEqual(readme.slice(begin, begin + table.length + 1), [...table, '']);
});
