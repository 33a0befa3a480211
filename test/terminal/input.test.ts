import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyName, splitInput } from '../../src/terminal/input.js';

test('a report of the mouse is cut out of the keys around it', () => {
  assert.deepEqual(splitInput('ab\x1b[<0;10;5M\x1b[<0;10;5mc').pieces, [
    'ab',
    '\x1b[<0;10;5M',
    '\x1b[<0;10;5m',
    'c',
  ]);
});

test('a report that is cut at the end waits for its rest', () => {
  const { pieces, unfinished } = splitInput('g\x1b[<0;10');
  assert.deepEqual([pieces, unfinished], [['g'], '\x1b[<0;10']);
  assert.deepEqual(splitInput(`${unfinished};5M`).pieces, ['\x1b[<0;10;5M']);
});

test('a lone escape key does not wait', () => {
  assert.deepEqual(splitInput('\x1b'), { pieces: ['\x1b'], unfinished: '' });
});

test('keys have the names of the key table', () => {
  const rows: readonly [string | undefined, string | undefined][] = [
    ['g', 'g'],
    ['C-c', 'C-c'],
    ['S-tab', 'S-tab'],
    ['enter', 'enter'],
    ['return', undefined],
    ['linefeed', 'enter'],
    ['M-escape', 'escape'],
    ['', undefined],
    ['\x1c', undefined],
    [undefined, undefined],
  ];
  for (const [full, expected] of rows) assert.equal(keyName(full), expected);
});
