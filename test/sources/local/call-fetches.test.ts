import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoVersion } from '../../src/binary/go-version.js';
import { layoutFor } from '../../src/binary/layouts.js';
import { probeCatalogue, probeSet } from '../../src/gc/probe.js';
import { probedFunctions } from './probed-function.js';

const functionsOf = (release: string) => {
  const version = parseGoVersion(release);
  const layout = version && layoutFor(version, 'x86-64');
  assert.ok(version && layout, `${release} has no layout`);
  return probedFunctions(version, layout);
};

for (let minor = 16; minor <= 27; minor++) {
  test(`of Go 1.${minor} the capture records the functions and the columns of the catalogue, in its order`, () => {
    const recorded = functionsOf(`go1.${minor}.1`).map(({ probe, symbol, atEntry, atReturn }) => ({
      probe,
      symbol,
      columns: [...atEntry, ...atReturn].map(({ name, isFloat }) => ({ name, isFloat: isFloat === true })),
    }));
    const catalogued = probeSet(minor).map((probe) => ({
      probe,
      symbol: probeCatalogue[probe].symbol,
      columns: probeCatalogue[probe].columns.map(({ name, type }) => ({ name, isFloat: type === 'float' })),
    }));
    assert.deepEqual(recorded, catalogued);
  });
}

test('the cause of a cycle is read from the stack up to Go 1.16, and later from registers', () => {
  const gcStart = (release: string) =>
    functionsOf(release)
      .find(({ probe }) => probe === 'gcStart')
      ?.atEntry.map(({ from }) => from);
  assert.deepEqual(gcStart('go1.16.15'), ['+16(%sp):s64', '+24(%sp):u32']);
  assert.deepEqual(gcStart('go1.26.8'), ['%bx:s64', '%cx:u32']);
});
