import assert from 'node:assert/strict';
import test from 'node:test';
import type { SourceMessage } from '../../src/gc/stream.js';
import { bytes, durationNs, nanos } from '../../src/gc/units.js';
import { createModel } from '../../src/model/create.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { view } from '../../src/view/view.js';
import { viewText } from '../helpers/view-text.js';

const MiB = 2 ** 20;

type TargetMessage = Extract<SourceMessage, { type: 'target' }>;

const target: TargetMessage = {
  atNs: nanos(0),
  type: 'target',
  id: 't',
  target: { name: 'web', pid: 7, goVersion: 'go1.26.5', source: 'local', procs: 4 },
  latenessNs: durationNs(0),
  capabilities: { evidence: 'exact', everyCycleWhole: true, heap: true, calls: false, missing: [] },
};

function modelAfter(...messages: readonly SourceMessage[]): Model {
  const model = createModel({
    size: { columns: 120, rows: 40 },
    look: { glyphs: 'braille' },
    state: { kind: 'opening' },
    utcOffsetMinutes: 0,
  });
  for (const message of messages) update(model, { type: 'source', message });
  return model;
}

const screen = (model: Model): string => viewText(view(model)).join('\n');

const reading = (change: { goal?: 'none'; gcPercent?: 'off' } = {}): SourceMessage => ({
  atNs: nanos(190e9),
  type: 'events',
  target: 't',
  events: [
    {
      kind: 'heap',
      atNs: nanos(190e9),
      live: bytes(21 * MiB),
      marked: bytes(20 * MiB),
      goal: bytes(50 * MiB),
      gcPercent: 100,
      ...change,
    },
  ],
});

test('before anything is known the panes say what they wait for', () => {
  assert.match(screen(modelAfter()), /waiting for the program to watch/);
  assert.match(screen(modelAfter(target)), /reading the runtime's layout of go1\.26\.5/);
});

test('before the first cycle the panes say how long there was none', () => {
  assert.match(
    screen(modelAfter(target, reading())),
    /no cycle since gctop came, 3m10s ago; the heap is at 42\.0 % of/,
  );
});

test('with GOGC=off the panes say that no cycle will come', () => {
  const text = screen(modelAfter(target, reading({ goal: 'none', gcPercent: 'off' })));
  assert.match(text, /GOGC=off and no memory limit: no cycle will start by itself/);
  assert.match(text, /no goal: GOGC=off/);
});

test('without an address Traffic says how to get one', () => {
  assert.match(screen(modelAfter(target)), /no address: --traffic URL/);
});

test('from memory alone the header warns and Target says what is missing', () => {
  const memoryOnly: TargetMessage = {
    ...target,
    capabilities: {
      ...target.capabilities,
      everyCycleWhole: false,
      missing: ['whole records: need root and tracefs'],
    },
  };
  const text = screen(modelAfter(memoryOnly));
  assert.match(text, /local {2}! memory only {3}● LIVE/);
  assert.match(text, /missing ○ whole records +│?\n.*need root and tracefs/);
});

test('a gap is hatched, with its length and reason in it', () => {
  const model = modelAfter(target, reading());
  const gap = { type: 'gap', target: 't', reason: 'suspended', lost: 6 } as const;
  update(model, {
    type: 'source',
    message: { ...gap, atNs: nanos(193e9), fromNs: nanos(190.5e9), toNs: nanos(193e9) },
  });
  update(model, { type: 'tick', nowNs: nanos(193.5e9) });
  const text = screen(model);
  assert.match(text, /╱ +gap 2\.50 s +╱/);
  assert.match(text, /╱ +suspended +╱/);
  assert.match(text, /╱ gap {6}2\.50 s unseen: suspended, 6 cycles in it/);
});

test('when the program exits the screen says how and stays', () => {
  const model = modelAfter(target, reading(), {
    atNs: nanos(191e9),
    type: 'closed',
    reason: 'target-exited',
    detail: 'exit status 2',
  });
  assert.match(screen(model), /! EXITED exit status 2/);
  assert.match(screen(model), /process ! exited {7}exit status 2/);
});

test('names and notes from outside can move no cursor and fake no line', () => {
  const model = modelAfter(
    { ...target, target: { ...target.target, name: 'we\u001b[2Jb\u0007\n' } },
    {
      atNs: nanos(1),
      type: 'note',
      level: 'info',
      code: 'target.output',
      text: 'x\u001b[1;1H\r\n{bold}日本',
    },
  );
  const text = viewText(view(model)).join('');
  assert.doesNotMatch(text, /\p{Cc}/u);
  assert.match(text, /x \{bold\}\?\?/);
});
