import assert from 'node:assert/strict';
import { test } from 'node:test';
import { witnesses } from '../../src/binary/field-witness.js';
import { globalNames, possibleLayouts } from '../../src/binary/layouts.js';
import { table } from '../../src/binary/layouts-table.js';
import { unnoticedDamage } from '../helpers/damaged-layout.js';
import { goImage } from '../helpers/go-image.js';

test('every field of every layout has a witness', () => {
  for (const global of globalNames)
    assert.deepEqual(Object.keys(witnesses[global]).sort(), Object.keys(table[global]).sort(), global);
});

for (const [column, release] of possibleLayouts(undefined, 'x86-64').entries()) {
  const format = release.minor < 18 ? 'go1.16' : release.minor < 20 ? 'go1.18' : 'go1.20';
  test(`a layout of ${release.since} (${column}) in which one field is shifted is refused, whichever field`, () => {
    const image = goImage({ layout: release.layout, table: format, built: release.since });
    const { tried, unnoticed } = unnoticedDamage(image, release);
    assert.deepEqual(unnoticed, []);
    assert.ok(tried > 400, `${tried} were tried`);
  });
}
