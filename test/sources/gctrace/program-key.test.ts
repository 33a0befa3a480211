import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programKey } from '../../../src/sources/gctrace/program-key.js';

const keys: readonly [string, string | undefined][] = [
  ['', ''],
  ['2026-01-02T03:04:05.123456789Z ', ''],
  ['[pod/a-7d4f/app] 2026-01-02T03:04:05+01:00 ', '[pod/a-7d4f/app]'],
  ['Jan  2 03:04:05 host app[123]: ', 'host app[123]:'],
  ['server-1  | ', 'server-1 |'],
  ['[   12.345678] ', ''],
  ['......', undefined],
];

for (const [prefix, key] of keys) {
  test(`the program behind '${prefix}' is '${key}'`, () => assert.equal(programKey(prefix), key));
}
