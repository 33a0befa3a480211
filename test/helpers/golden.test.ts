import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goldenText, parseGolden } from './golden.js';
import type { ShownScreen } from './screen.js';
import { svgOf } from './svg.js';

const shown: ShownScreen = {
  size: { columns: 6, rows: 2 },
  lines: ['⣿ <a>│', ''],
  styles: ['h BBBm', ''],
};

test('a golden reads back as the screen that was written', () => {
  assert.deepEqual(parseGolden(goldenText('nothing.ndjson', shown)), shown);
});

test('a picture holds words as text and drawn glyphs as shapes', () => {
  const svg = svgOf(shown);
  assert.match(svg, /&lt;a&gt;/);
  assert.doesNotMatch(svg, /[⣿│]/);
});
