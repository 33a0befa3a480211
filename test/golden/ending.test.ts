import { test } from 'node:test';
import { nanos } from '../../src/gc/units.js';
import { update } from '../../src/model/update.js';
import { assertScreen, modelAfter, sizes } from '../helpers/golden-screen.js';
import { gcServiceRecording, recordedMessages } from '../helpers/recorded.js';
import { scenarioModel } from '../helpers/scenario.js';

for (const size of [sizes.wide, sizes.small, sizes.tiny]) {
  test(`after the program's exit the last picture stays, at ${size.columns}x${size.rows}`, async () => {
    const model = scenarioModel(size, { mayPickAnother: true });
    update(model, {
      type: 'source',
      message: {
        type: 'closed',
        atNs: nanos(model.nowNs + 5e6),
        reason: 'target-exited',
        detail: 'killed by SIGTERM',
      },
    });
    await assertScreen('exited', 'scenario, then killed', model);
  });
}

const messages = recordedMessages(gcServiceRecording);
const lengthNs = messages.at(-1)?.atNs ?? nanos(0);
const replay = { kind: 'replay', speed: 1, lengthNs } as const;

for (const size of [sizes.wide, sizes.medium, sizes.small]) {
  test(`a replay shows what was recorded, at ${size.columns}x${size.rows}`, () =>
    assertScreen(
      'replay',
      'gc-service.ndjson, 8.6 s in',
      modelAfter(messages, { size, state: replay, untilNs: nanos(8.6e9) }),
    ));
}

test('a replay that has ended keeps its last picture', () =>
  assertScreen(
    'replay-ended',
    'gc-service.ndjson, to its end',
    modelAfter(messages, { size: sizes.medium, state: replay, untilNs: lengthNs }),
  ));
