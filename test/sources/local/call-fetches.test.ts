import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoVersion } from '../../../src/binary/go-version.js';
import { layoutFor } from '../../../src/binary/layouts.js';
import { probeCatalogue, probeSet } from '../../../src/gc/probe.js';
import { probedFunctions } from '../../../src/sources/local/call-fetches.js';

/** Of Go 1.17: those of Go 1.18, less what came with that release. */
const withoutPace = probeSet(18).filter((probe) => probe !== 'gcPaceSweeper');

const functionsOf = (release: string) => {
  const version = parseGoVersion(release);
  const layout = version && layoutFor(version, 'x86-64');
  assert.ok(version && layout, `${release} has no layout`);
  return probedFunctions({ minor: version.minor, layout });
};

for (let minor = 16; minor <= 27; minor++) {
  test(`of Go 1.${minor} the functions and the columns of the catalogue are read, in its order`, () => {
    const recorded = functionsOf(`go1.${minor}.1`).map(({ probe, symbol, atEntry, atReturn }) => ({
      probe,
      symbol,
      columns: [...atEntry, ...atReturn].map(({ name, as }) => ({ name, isFloat: as === 'f64' })),
    }));
    // Results that Go 1.17 keeps out of its debug information are there all the same.
    const catalogued = (minor === 17 ? withoutPace : probeSet(minor)).map((probe) => ({
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
      ?.atEntry.map(({ from, as }) => `${from} ${as}`);
  assert.deepEqual(gcStart('go1.16.15'), ['+16(%sp) s64', '+24(%sp) u32']);
  assert.deepEqual(gcStart('go1.26.8'), ['%bx s64', '%cx u32']);
});
