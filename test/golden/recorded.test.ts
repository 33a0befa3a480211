import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import type { SourceMessage } from '../../src/gc/stream.js';
import { nanos } from '../../src/gc/units.js';
import { view } from '../../src/view/view.js';
import { modelAfter, sizes } from '../helpers/golden-screen.js';
import { snapshot } from '../helpers/model.js';
import { pixieScenario } from '../helpers/pixie-scenario.js';
import { gcServiceRecording, recordedAndRead, recordedLines, recordedMessages } from '../helpers/recorded.js';
import { gcServiceScenario, trafficAddress } from '../helpers/scenario.js';
import { showView } from '../helpers/screen.js';

const streams: Readonly<Record<string, readonly SourceMessage[]>> = {
  'the scenario': gcServiceScenario().messages,
  'the scenario with single calls': gcServiceScenario('full').messages,
  'a real stream': recordedMessages(gcServiceRecording),
  "a pod's stream": pixieScenario(),
};

for (const [name, messages] of Object.entries(streams)) {
  const endNs = messages.at(-1)?.atNs ?? nanos(0);
  const read = recordedAndRead(messages);

  test(`recorded and read again, ${name} gives the same model`, () => {
    const options = { size: sizes.wide, trafficAddress, untilNs: endNs };
    assert.deepEqual(snapshot(modelAfter(read, options)), snapshot(modelAfter(messages, options)));
  });

  for (const size of Object.values(sizes)) {
    test(`recorded and read again, ${name} gives the same screen at ${size.columns}x${size.rows}`, async () => {
      for (const untilNs of [nanos(Math.round(endNs / 2)), endNs]) {
        const options = { size, trafficAddress, untilNs };
        assert.deepEqual(
          await showView(view(modelAfter(read, options))),
          await showView(view(modelAfter(messages, options))),
        );
      }
    });
  }
}

test('nothing of the recording is lost on reading it', () => {
  const written = recordedLines(gcServiceRecording).map((line): unknown => JSON.parse(line));
  assert.deepEqual(recordedMessages(gcServiceRecording), written);
});

test('the recording is small and names no file of the machine that it was made on', () => {
  assert.ok(statSync(gcServiceRecording).size < 250e3);
  for (const line of recordedLines(gcServiceRecording)) assert.doesNotMatch(line, /\/(tmp|root|home|usr)\b/);
});
