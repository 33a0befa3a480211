import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nanos } from '../../src/gc/units.js';
import type { Size } from '../../src/model/message.js';
import { update } from '../../src/model/update.js';
import { view } from '../../src/view/view.js';
import { assertScreen, press, sizes } from '../helpers/golden-screen.js';
import { gcServiceScenario, scenarioModel } from '../helpers/scenario.js';
import { viewText } from '../helpers/view-text.js';

const fixture = 'scenario, 67 s in';
const { messages, overviewAtNs } = gcServiceScenario();

/** Frozen at 14:32:04.5, while the stream goes on up to the overview's instant. */
function frozenModel(size: Size) {
  const frozenAtNs = nanos(64.5e9);
  const model = press(scenarioModel(size, { untilNs: frozenAtNs }), 'space');
  const before = viewText(view(model));
  for (const message of messages) {
    if (message.atNs > frozenAtNs && message.atNs <= overviewAtNs) update(model, { type: 'source', message });
  }
  update(model, { type: 'tick', nowNs: overviewAtNs });
  return { model, before };
}

for (const size of [sizes.wide, sizes.small]) {
  test(`a frozen screen says how far back it stands, at ${size.columns}x${size.rows}`, () =>
    assertScreen('frozen', 'scenario, frozen at 64.5 s, 67 s in', frozenModel(size).model));
}

test('of a frozen screen only its state, the count of newer lines and the answer to a key change', () => {
  const changing = /FROZEN.*|─+ all .*|│ last .*| *[gb] 200 +\d+ ms.*/u;
  const steady = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.replace(changing, '').replace(/ *.$/u, ''));
  for (const size of Object.values(sizes)) {
    const { model, before } = frozenModel(size);
    assert.deepEqual(steady(viewText(view(model))), steady(before));
  }
});

for (const size of [sizes.medium, sizes.small, sizes.tiny]) {
  test(`help tells every key that there is room for, at ${size.columns}x${size.rows}`, () =>
    assertScreen('help', fixture, press(scenarioModel(size), '?')));
}

test('zoomed, Events tells every phase change', () =>
  assertScreen('events-zoomed', fixture, press(scenarioModel(sizes.medium), '5')));

test('zoomed, Heap begins at zero', () =>
  assertScreen('heap-zoomed', fixture, press(scenarioModel(sizes.medium), '1')));

for (const size of [sizes.wide, sizes.small]) {
  test(`a field that is edited shows what was typed, at ${size.columns}x${size.rows}`, () =>
    assertScreen('traffic-edited', fixture, press(scenarioModel(size), 'e', '2', '5', '0', '0', 'tab', '4')));
}

test('zoomed, Pauses has fine classes around the pauses that there are', () =>
  assertScreen('pauses-zoomed', fixture, press(scenarioModel(sizes.wide), '2')));
