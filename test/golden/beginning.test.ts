import { test } from 'node:test';
import { nanos } from '../../src/gc/units.js';
import { assertScreen, modelAfter, sizes } from '../helpers/golden-screen.js';
import { mebibytes, reading, seconds, targetMessage } from '../helpers/model.js';

const trafficAddress = 'http://127.0.0.1:8080';
const originUnixMs = Date.UTC(2026, 0, 5, 14, 31, 0);
const options = { size: sizes.medium, trafficAddress, originUnixMs };

const idleReadings = (change: Parameters<typeof reading>[1]) =>
  Array.from({ length: 190 * 4 }, (_, index) => {
    const atNs = seconds(index / 4);
    const event = reading(atNs, { live: mebibytes(1.5), totalAlloc: mebibytes(1.5), cycles: 0, ...change });
    return { atNs, type: 'events', target: 'one', events: [event] } as const;
  });

test('before the first message the panes say what is waited for', () =>
  assertScreen('opening', 'nothing', modelAfter([], { ...options, untilNs: nanos(0) })));

test('a program that has not collected yet says how long and how far it is', async () => {
  const readings = idleReadings({ goal: mebibytes(4), limit: 'none', gcPercent: 100 });
  const model = modelAfter([targetMessage(), ...readings], { ...options, untilNs: seconds(190) });
  await assertScreen('no-cycle-yet', 'an idle program', model);
});

test('with GOGC=off the panes say that nothing will come by itself', async () => {
  const readings = idleReadings({ goal: 'none', limit: 'none', gcPercent: 'off' });
  const model = modelAfter([targetMessage(), ...readings], { ...options, untilNs: seconds(190) });
  await assertScreen('gogc-off', 'an idle program with GOGC=off', model);
});
