import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Asking } from '../../../src/sources/pixie/asking.js';
import type { DeployScripts } from '../../../src/sources/pixie/deployment/scripts.js';
import type { Vizier } from '../../../src/sources/pixie/vizier.js';
import { SteppedClock } from './deployment/stepped-clock.js';
import { namesOf } from './deployment/story.js';

const scripts: DeployScripts = {
  deployScript: () => 'upsert',
  deleteScript: () => 'delete',
  statusScript: () => 'status',
  namesOf,
};

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

test('of a request that was answered nothing stays in memory', async () => {
  const signals: WeakRef<AbortSignal>[] = [];
  const vizier: Vizier = {
    async run(_, { signal }) {
      signals.push(new WeakRef(signal));
      return { tables: [] };
    },
  };
  const asking = new Asking({ vizier, scripts, clock: new SteppedClock() }, 30_000);
  for (let i = 0; i < 100; i += 1) await asking.ask({ type: i % 2 === 0 ? 'status' : 'look' });
  for (let i = 0; i < 3; i += 1) {
    await turn();
    collect();
  }
  const kept = signals.filter((signal) => signal.deref() !== undefined).length;
  assert.equal(signals.length, 100);
  assert.ok(kept <= 2, `${kept} of 100 signals are still there`);
});
