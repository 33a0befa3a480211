import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSession } from '../../src/app/session.js';
import { GctopError } from '../../src/error.js';
import type { Note, SourceMessage } from '../../src/gc/stream.js';
import { nanos } from '../../src/gc/units.js';
import type { Source } from '../../src/sources/source.js';
import { Channel } from '../../src/system/channel.js';
import { systemClock } from '../../src/system/clock.js';

const note = (code: string): Note => ({ type: 'note', level: 'info', code, text: code });
const opened: SourceMessage = { type: 'opened', atNs: nanos(0), format: 1 };

/** A source that says what is pushed into it. */
function scripted(): { source: Source; say: Channel<SourceMessage> } {
  const say = new Channel<SourceMessage>();
  return { say, source: { name: 'local', open: () => say } };
}

const clockAt = (ns: number) => ({ ...systemClock(), nowNs: () => nanos(ns) });

async function collect(messages: AsyncIterable<SourceMessage>): Promise<SourceMessage[]> {
  const all: SourceMessage[] = [];
  for await (const message of messages) all.push(message);
  return all;
}

test('notes wait for the opening, come in order with the source, and end with it', async () => {
  const { source, say } = scripted();
  const session = startSession({ source, clock: clockAt(700), signal: new AbortController().signal });
  session.tell(note('traffic.early'));
  say.push(opened);
  say.push({ ...note('source.said'), atNs: nanos(500) });
  say.push({ type: 'closed', atNs: nanos(600), reason: 'end' });
  say.close();
  const messages = await collect(session.messages);
  session.tell(note('traffic.late'));
  assert.deepEqual(
    messages.map((message) => ('code' in message ? message.code : message.type)),
    ['opened', 'traffic.early', 'source.said', 'closed'],
  );
  assert.deepEqual(
    messages.map(({ atNs }) => atNs),
    [0, 700, 700, 700],
    'the time at which a message is handed over never decreases',
  );
});

test('a tap sees just what the reader gets', async () => {
  const { source, say } = scripted();
  const tapped: SourceMessage[] = [];
  const signal = new AbortController().signal;
  const session = startSession({ source, clock: clockAt(5), signal, tap: (message) => tapped.push(message) });
  say.push(opened);
  say.push({ type: 'closed', atNs: nanos(9), reason: 'end' });
  say.close();
  const read = await collect(session.messages);
  assert.equal(read.length, 2);
  assert.deepEqual(tapped, read);
});

test('a failure of the source reaches the reader after what came before it', async () => {
  const failure = new GctopError('NOT_GO', 'no Go');
  const source: Source = {
    name: 'local',
    async *open() {
      yield opened;
      throw failure;
    },
  };
  const session = startSession({ source, clock: clockAt(0), signal: new AbortController().signal });
  const seen: SourceMessage[] = [];
  await assert.rejects(async () => {
    for await (const message of session.messages) seen.push(message);
  }, failure);
  assert.deepEqual(seen, [opened]);
});
