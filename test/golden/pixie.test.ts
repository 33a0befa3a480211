import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nanos } from '../../src/gc/units.js';
import type { Size } from '../../src/model/message.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { view } from '../../src/view/view.js';
import { asciiCapabilities, assertScreen, modelAfter, press, sizes } from '../helpers/golden-screen.js';
import { seconds } from '../helpers/model.js';
import {
  deployingAtNs,
  type PixieStory,
  pixieScenario,
  placingAtNs,
  runningAtNs,
} from '../helpers/pixie-scenario.js';
import { viewText } from '../helpers/view-text.js';

const shapes = [sizes.wide, sizes.medium, sizes.small, sizes.tiny];
const named = ({ columns, rows }: Size): string => `${columns}x${rows}`;

const after = (size: Size, untilNs = runningAtNs, story: PixieStory = {}): Model =>
  modelAfter(pixieScenario(story), { size, untilNs, trafficRate: 0.5 });

for (const size of shapes) {
  test(`while a pod's watch comes up, its steps have the room, at ${named(size)}`, () =>
    assertScreen('pixie-deploying', 'Pixie, the third try of the canary', after(size, deployingAtNs)));

  test(`a pod's watch has every pane, a few seconds behind the time, at ${named(size)}`, () =>
    assertScreen('pixie-running', 'Pixie, Go 1.16, a minute of rows', after(size)));
}

test('before the first message of Pixie a pod has its list of steps', () =>
  assertScreen('pixie-signing-in', 'Pixie, signed in', after(sizes.medium, seconds(0.25))));

test('when the canary answered, the probes are placed one after the other', () =>
  assertScreen('pixie-placing', 'Pixie, 7 of 12 probes run', after(sizes.medium, placingAtNs)));

for (const size of [sizes.wide, sizes.small]) {
  test(`a canary that gave up says why, at ${named(size)}`, () =>
    assertScreen(
      'pixie-canary-failed',
      'Pixie, the canary gave up',
      after(size, seconds(86), { canaryGivesUp: true }),
    ));

  test(`a lost port-forward is told in the header too, at ${named(size)}`, () =>
    assertScreen(
      'pixie-forward-lost',
      'Pixie, the port-forward is lost',
      after(size, runningAtNs, { forwardLostNs: seconds(157) }),
    ));

  test(`from Go 1.17 on the pacer tells goal, trigger and what was marked, at ${named(size)}`, () =>
    assertScreen('pixie-pace', 'Pixie, Go 1.26, a minute of rows', after(size, runningAtNs, { go: '1.26' })));
}

const missing: PixieStory = { missing: ['gcSetTriggerRatio', 'gcAssistAlloc1', 'sweepone'] };

test('what a missing probe cannot show is said in its place', () =>
  assertScreen(
    'pixie-missing',
    'Pixie, three probes are not in the program',
    after(sizes.wide, runningAtNs, missing),
  ));

test('zoomed, Target has every probe with what was said of it', () =>
  assertScreen(
    'pixie-target',
    'Pixie, three probes are not in the program',
    press(after(sizes.medium, runningAtNs, missing), '6'),
  ));

test('zoomed, Work has charts of several rows', () =>
  assertScreen('pixie-work', 'Pixie, Go 1.16, a minute of rows', press(after(sizes.medium), '4')));

test('zoomed, Events has the single calls as well', () =>
  assertScreen('pixie-events', 'Pixie, Go 1.16, a minute of rows', press(after(sizes.medium), '5')));

test('of a frozen pod only its state and the count of newer lines change', () => {
  const frozenAtNs = seconds(150);
  const story = pixieScenario({ go: '1.26' });
  for (const size of shapes) {
    const model = press(after(size, frozenAtNs, { go: '1.26' }), 'space');
    const steady = (): readonly string[] =>
      viewText(view(model)).map((line) =>
        line
          .replace(
            / *(Pixie)? +derived.*FROZEN.*|.*○ FROZEN.*|─+ all .*|│ last .*| *[ag] 200 +[\d.]+ ms.*/u,
            '',
          )
          .trimEnd(),
      );
    const before = steady();
    for (const message of story) {
      if (message.atNs > frozenAtNs && message.atNs <= runningAtNs)
        update(model, { type: 'source', message });
    }
    update(model, { type: 'tick', nowNs: runningAtNs });
    assert.deepEqual(steady(), before);
  }
});

test('where a pod is watched, help has its keys', () =>
  assertScreen(
    'pixie-help',
    'Pixie, the third try of the canary',
    press(after(sizes.medium, deployingAtNs), '?'),
  ));

test('without UTF-8 and colour a pod comes up all the same', () =>
  assertScreen(
    'pixie-ascii',
    'Pixie, the third try of the canary',
    modelAfter(pixieScenario(), {
      size: sizes.medium,
      untilNs: nanos(deployingAtNs),
      look: { glyphs: 'ascii' },
    }),
    asciiCapabilities,
  ));
