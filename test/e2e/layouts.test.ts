import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoVersion } from '../../src/binary/go-version.js';
import { globalNames, releaseLayoutFor } from '../../src/binary/layouts.js';
import { findGo, releaseIn } from '../../src/system/go-toolchain.js';
import { pathOf } from '../layouts/fields.js';
import { measure } from '../layouts/measure.js';

test('the layouts are those of the debug information of the Go at hand, on both machines', async () => {
  const go = await findGo({ env: process.env, onProgress: () => {} });
  const release = releaseIn(process.env.GOTOOLCHAIN ?? '') ?? go.version;
  const version = parseGoVersion(release) ?? assert.fail(release);
  const measured = await measure(release);
  for (const [machine, places] of [
    ['x86-64', measured.amd64],
    ['aarch64', measured.arm64],
  ] as const) {
    const known = releaseLayoutFor(version, machine) ?? assert.fail(`${release} is not in the table`);
    for (const global of globalNames) {
      for (const [field, offset] of Object.entries<number | undefined>(known.layout[global])) {
        const path = pathOf(global, field, version.minor);
        assert.equal(path && places[path]?.[0], offset, `${global}.${field} on ${machine}`);
      }
    }
    for (const global of ['work', 'gcController'] as const)
      assert.equal(places[`runtime.${global}`]?.[1], known.sizes.exactly[global]);
  }
});
