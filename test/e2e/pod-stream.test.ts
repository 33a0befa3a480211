import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { GcEvent } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { kubectlsAgainst } from '../helpers/forwarded.js';
import { gctop } from '../helpers/gctop.js';
import { type PodWorld, podWorld } from '../helpers/pod-world.js';
import { type StreamedGctop, streamGctop } from '../helpers/stream-gctop.js';

const timeout = 120_000;

const args = ({ ca }: PodWorld, ...more: readonly string[]): readonly string[] => [
  '--pod',
  'default/gc-service',
  '--pixie-ca',
  ca,
  '--json',
  ...more,
];

async function stream(t: TestContext, world: PodWorld, command = args(world)): Promise<StreamedGctop> {
  const running = await streamGctop(command, { env: world.env });
  t.after(() => running.stop());
  return running;
}

const eventsIn = (messages: readonly SourceMessage[]): readonly GcEvent[] =>
  messages.flatMap((message) => (message.type === 'events' ? message.events : []));

const notesIn = (messages: readonly SourceMessage[]): readonly string[] =>
  messages.flatMap((message) => (message.type === 'note' ? [`${message.level} ${message.text}`] : []));

const left = ({ pixie }: PodWorld): readonly string[] =>
  pixie.tracepoints().flatMap(({ name, leaving }) => (leaving ? [] : [name]));

test('a Go 1.16 program: the original ten probes and two more, the trigger ratio from gcSetTriggerRatio', {
  timeout,
}, async (t) => {
  const world = await podWorld(t, { go: '1.16', vizierVersion: '0.14.15' });
  const running = await stream(t, world);
  await running.until(() => eventsIn(running.messages).find(({ kind }) => kind === 'cycle'));
  await running.until(() =>
    eventsIn(running.messages).find((event) => event.kind === 'pace' && event.triggerRatio !== undefined),
  );
  const probes = new Map(
    running.messages.flatMap((message) => (message.type === 'probe' ? [[message.probe, message.state]] : [])),
  );
  const inState = (state: string) => [...probes].filter(([, is]) => is === state).map(([name]) => name);
  assert.equal(inState('running').length, 12);
  assert.deepEqual(inState('dropped'), ['commit', 'gcPaceSweeper']);
  assert.ok(!notesIn(running.messages).some((text) => /of Go 1.17 or later/.test(text)));
  await running.stop();
  assert.deepEqual(left(world), []);
  assert.deepEqual(kubectlsAgainst(world.kubernetes), []);
});

test('a Vizier that is too old for the program is warned of, not refused', { timeout }, async (t) => {
  const world = await podWorld(t, { vizierVersion: '0.14.15' });
  const running = await stream(t, world);
  await running.until(() =>
    notesIn(running.messages).find((text) =>
      /^warning Vizier 0.14.15 reads arguments rightly of Go 1.16/.test(text),
    ),
  );
  await running.until(() =>
    notesIn(running.messages).find((text) =>
      /^warning the program is of Go 1.17 or later: its pages, work/.test(text),
    ),
  );
  await running.until(() =>
    running.messages.find(
      (message) =>
        message.type === 'target' && message.capabilities.missing.some((text) => /too old/.test(text)),
    ),
  );
  await running.until(() => eventsIn(running.messages).find(({ kind }) => kind === 'cycle'));
});

test('demo --kubernetes applies the manifest, waits, and watches what it made', { timeout }, async (t) => {
  const world = await podWorld(t, { empty: true });
  const running = await stream(t, world, [
    'demo',
    '--kubernetes',
    '--pixie-ca',
    world.ca,
    '--json',
    '--rate',
    '5',
  ]);
  await running.until(() => running.stderr.find((line) => /deployment 'gc-service' is ready/.test(line)));
  await world.learnPod();
  await running.until(() => eventsIn(running.messages).find(({ kind }) => kind === 'cycle'));
  await running.until(() => running.messages.find(({ type }) => type === 'step'));
  await running.stop();
  assert.deepEqual(left(world), []);
});

test('requests of --traffic that nobody answers leave the forward alone: it has no part in them', {
  timeout,
}, async (t) => {
  const world = await podWorld(t);
  const running = await stream(t, world, args(world, '--traffic', 'http://127.0.0.1:1', '--rate', '20'));
  const codes = () => running.messages.flatMap((message) => (message.type === 'note' ? [message.code] : []));
  await running.until(() => codes().find((code) => code === 'forward.up'));
  const answers = () => codes().filter((code) => code === 'traffic.answer').length;
  const before = answers();
  // Three have a forward of its own started again, a second later.
  await running.until(() => (answers() >= before + 40 ? true : undefined));
  await running.stop();
  assert.deepEqual(
    codes().filter((code) => code.startsWith('forward.')),
    ['forward.up'],
  );
});

test('the key is in no process list, stream or error', { timeout }, async (t) => {
  const world = await podWorld(t);
  const running = await stream(t, world);
  await running.until(() => running.messages.find(({ type }) => type === 'probe'));
  const { apiKey } = world.pixie;
  const commandLines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // it has ended
      }
    });
  assert.ok(commandLines.some((line) => line.includes('port-forward')));
  assert.ok(!commandLines.some((line) => line.includes(apiKey)));
  world.pixie.revokeKey(apiKey);
  await running.until(() =>
    notesIn(running.messages).find((text) => /credentials were not accepted/.test(text)),
  );
  assert.ok(!JSON.stringify([running.messages, running.stderr]).includes(apiKey));
});

test('a program without symbols ends the canary after two tries, with what to do about it', {
  timeout,
}, async (t) => {
  const world = await podWorld(t, { stripped: true });
  const { code, stderr } = await gctop(args(world), { env: world.env, timeoutMs: 90_000 });
  assert.equal(code, 4, stderr);
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  assert.match(
    last,
    /no probe could be placed in pod 'default\/gc-service-.*' in 2 tries: .*Could not find symbol.*build it without -ldflags=-s/,
  );
  assert.deepEqual(left(world), []);
});
