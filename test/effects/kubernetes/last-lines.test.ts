import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LastLines } from '../../../src/effects/kubernetes/last-lines.js';

test('of what was said the last twenty lines are kept', () => {
  const said = new LastLines();
  for (let line = 1; line <= 3; line++) said.push(String(line));
  assert.deepEqual(said.lines, ['1', '2', '3']);
  for (let line = 4; line <= 1_000; line++) said.push(String(line));
  assert.deepEqual([said.lines.length, said.lines[0], said.lines.at(-1)], [20, '981', '1000']);
});
