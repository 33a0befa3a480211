import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftoverText } from '../../src/app/leftover-text.js';
import { nanos } from '../../src/gc/units.js';

test('what Pixie did not let go of is named with the time by which all of it is gone', () => {
  const leftovers = [
    { name: 'gctop_gc_1_1', expiresAtNs: nanos(100e9) },
    { name: 'gctop_gcStart_1_1', expiresAtNs: nanos(200e9) },
  ];
  assert.equal(
    leftoverText(leftovers, nanos(50e9)),
    'gctop: Pixie did not confirm that it removes gctop_gc_1_1, gctop_gcStart_1_1; they end by themselves within 3 min\n',
  );
});

test('a name from the cluster cannot style the shell', () => {
  const [line] = leftoverText([{ name: 'a\x1b[31m\nb', expiresAtNs: nanos(0) }], nanos(0)).split('\n');
  assert.equal(
    line,
    'gctop: Pixie did not confirm that it removes a [31m b; they end by themselves within 1 min',
  );
});
