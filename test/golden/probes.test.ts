import { test } from 'node:test';
import type { SourceMessage } from '../../src/gc/stream.js';
import { nanos } from '../../src/gc/units.js';
import { update } from '../../src/model/update.js';
import { asciiCapabilities, assertScreen, press, sizes } from '../helpers/golden-screen.js';
import { gcServiceScenario, scenarioModel } from '../helpers/scenario.js';

const light = 'scenario, light probes, 67 s in';
const full = 'scenario, full probes, 67 s in';

test('zoomed, Target has every probe with its hits and its cost', () =>
  assertScreen('light-target', light, press(scenarioModel(sizes.small), '6')));

test('zoomed, Pauses names the reasons of stops that are not of the collector', () =>
  assertScreen('light-pauses', light, press(scenarioModel(sizes.small), '2')));

for (const size of [sizes.wide, sizes.medium, sizes.small, sizes.tiny]) {
  test(`with the full set the overview tells its cost and what was taken off, at ${size.columns}x${size.rows}`, () =>
    assertScreen('full', full, scenarioModel(size, { probes: 'full' })));
}

for (const size of [sizes.wide, sizes.small]) {
  test(`zoomed, Events has single calls and sums, at ${size.columns}x${size.rows}`, () =>
    assertScreen('full-events', full, press(scenarioModel(size, { probes: 'full' }), '5')));
}

test('zoomed, Target says which probe was taken off and why', () =>
  assertScreen('full-target', full, press(scenarioModel(sizes.medium, { probes: 'full' }), '6')));

test('zoomed, Work has what assists owed and did', () =>
  assertScreen('full-work', full, press(scenarioModel(sizes.medium, { probes: 'full' }), '4')));

test('without UTF-8 and colour the full set is told all the same', () =>
  assertScreen(
    'full-ascii',
    full,
    press(scenarioModel(sizes.medium, { probes: 'full', look: { glyphs: 'ascii' } }), '6'),
    asciiCapabilities,
  ));

test('help has the key of the probes', () =>
  assertScreen('full-help', full, press(scenarioModel(sizes.small, { probes: 'full' }), '?')));

test('after the key the set is pending until its probes are told', () =>
  assertScreen('light-pending', light, press(scenarioModel(sizes.medium), 'p')));

test('when a probe is taken off Events says it in one sentence', () => {
  const { messages } = gcServiceScenario('full');
  const untilNs = nanos(59.5e9);
  const model = scenarioModel(sizes.small, { probes: 'full', untilNs });
  const last: SourceMessage | undefined = messages.findLast(({ atNs }) => atNs <= untilNs);
  update(model, { type: 'tick', nowNs: last?.atNs ?? untilNs });
  return assertScreen('full-dropped', 'scenario, full probes, 59.5 s in', model);
});
