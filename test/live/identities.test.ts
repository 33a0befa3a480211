import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { identities } from '../../src/sources/local/identities.js';
import { openProcess } from '../../src/sources/local/process.js';
import { placeOf } from '../../src/sources/local/runtime-place.js';
import { RuntimeReader } from '../../src/sources/local/runtime-reader.js';
import { systemClock } from '../../src/system/clock.js';
import { build, startTraced } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';

const wantedCycles = 300;

liveTest('the identities hold in every look at a program that collects without rest', async (t) => {
  const { path } = await build('collector');
  const started = await startTraced(path, ['-pace', '100us', '-force', '1ms']);
  t.after(() => started.end());
  const { memory, program, loadBias } = openProcess(started.pid);
  t.after(() => memory.close());
  const clock = systemClock();
  const reader = new RuntimeReader(memory, placeOf(program, loadBias), clock.originMonotonicNs);
  let [looks, between] = [0, 0];
  for (let cycles = 0; cycles < wantedCycles; ) {
    const sample = reader.sample(() => clock.nowNs());
    assert.notEqual(sample, 'ended', `it ended after ${cycles} cycles`);
    await turn();
    if (typeof sample === 'string') continue;
    cycles = sample.cycles;
    looks++;
    if (sample.record.started === cycles) between++;
    for (const identity of identities) assert.ok(identity.holds(sample), identity.otherwise(sample));
  }
  t.diagnostic(`${program.goVersion}: ${looks} looks, ${between} of them between two cycles`);
  assert.ok(between > 50);
});
