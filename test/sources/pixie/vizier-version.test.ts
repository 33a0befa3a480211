import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canBeTrusted } from '../../../src/sources/pixie/vizier-version.js';

const versions: readonly [string, boolean][] = [
  ['0.14.15', false],
  ['v0.14.15', false],
  ['0.14.9+abc', false],
  ['0.13.20', false],
  ['0.14.16', true],
  ['0.14.16-pre-main.0', true],
  ['0.14.16-pre-ddelnano-39', true],
  ['0.15.0', true],
  ['1.0.0', true],
  ['', true],
  ['main', true],
];

for (const [version, trusted] of versions) {
  test(`Vizier '${version}' is ${trusted ? '' : 'not '}trusted with arguments of Go 1.17 and later`, () => {
    assert.equal(canBeTrusted(version), trusted);
  });
}
