import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeMessage } from '../../../src/gc/recording.js';
import type { SourceMessage } from '../../../src/gc/stream.js';
import { nanos } from '../../../src/gc/units.js';
import { recordingLength } from '../../../src/sources/recording/read-recording.js';
import { replayClock } from '../../../src/sources/recording/replay-clock.js';
import { recordingSource } from '../../../src/sources/recording/source.js';
import { Channel } from '../../../src/system/channel.js';
import { systemClock } from '../../../src/system/clock.js';
import { sourceContract } from '../../contract/source.js';
import { gcServiceScenario } from '../../helpers/scenario.js';

const opened: SourceMessage = { type: 'opened', atNs: nanos(0), format: 1, originUnixMs: 1 };
const closed: SourceMessage = { type: 'closed', atNs: nanos(70e9), reason: 'end' };

const story = (): readonly SourceMessage[] => {
  const { messages } = gcServiceScenario();
  return [...messages.filter(({ type }) => type !== 'closed'), closed];
};

function written(messages: readonly SourceMessage[]): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  const path = join(folder, 'recording.ndjson');
  writeFileSync(path, messages.map((message) => `${encodeMessage(message)}\n`).join(''));
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

function recording(t: TestContext, messages: readonly SourceMessage[]): string {
  const { path, remove } = written(messages);
  t.after(remove);
  return path;
}

async function read(path: string, signal = new AbortController().signal): Promise<SourceMessage[]> {
  const messages: SourceMessage[] = [];
  for await (const message of recordingSource({ path }).open(signal, new Channel())) messages.push(message);
  return messages;
}

sourceContract('a recording', async () => {
  const { path, remove } = written(story());
  return { source: recordingSource({ path }), cleanUp: async () => remove() };
});

test('reading a recording back gives the same stream', async (t) => {
  const messages = story();
  assert.deepEqual(await read(recording(t, messages)), messages);
});

test('a recording without its end is told as cut, and closed', async (t) => {
  const messages = await read(recording(t, [opened]));
  assert.deepEqual(
    messages.map((message) => ('code' in message ? message.code : message.type)),
    ['opened', 'record.cut', 'closed'],
  );
});

test('the length of a recording is when its last message was handed over', async (t) => {
  assert.equal(await recordingLength(recording(t, story())), 70e9);
});

test('a replay gives each message out when its time has come', async (t) => {
  let realNs = 0;
  const slept: number[] = [];
  const real = {
    ...systemClock(),
    nowNs: () => nanos(realNs),
    sleep: async (ms: number) => {
      slept.push(ms);
      realNs += ms * 1e6;
    },
  };
  const clock = replayClock(real, 10);
  const path = recording(t, [opened, { ...closed, atNs: nanos(30e9) }]);
  for await (const message of recordingSource({ path, clock }).open(
    new AbortController().signal,
    new Channel(),
  )) {
    assert.equal(clock.nowNs(), message.atNs);
  }
  assert.deepEqual(slept, [3_000], 'ten times as fast');
});

test('a line that does not end is refused, and not held', async (t) => {
  const path = recording(t, [opened]);
  appendFileSync(path, `${'['.repeat(3 << 20)}\n${encodeMessage(closed)}\n`);
  await assert.rejects(read(path), {
    code: 'RECORDING_UNREADABLE',
    message: 'line 2 of the recording is longer than 2 MiB',
  });
});
