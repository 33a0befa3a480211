import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localSource } from '../../src/sources/local/source.js';
import { systemClock } from '../../src/system/clock.js';
import { sourceContract } from '../contract/source.js';
import { build, startTraced } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { missingForLive } from '../helpers/live.js';

const missing = await missingForLive();
if (missing === undefined) {
  for (const probes of ['light', 'none'] as const) {
    sourceContract(`the local source, probes '${probes}'`, async () => {
      const { path } = await build('collector');
      const program = await startTraced(path, ['-cycles', '150']);
      return {
        source: localSource({ pid: program.pid, clock: systemClock(), probes }),
        leftovers: () => assert.deepEqual(leftoversOfLocal(), []),
        cleanUp: program.end,
      };
    });
  }
} else {
  test('the contract of the local source', (t) => {
    assert.equal(process.env.CI, undefined, `live tests are not skipped in CI: ${missing}`);
    t.skip(missing);
  });
}
