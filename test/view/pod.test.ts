import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeState, SourceMessage, Step, StepName, StepState } from '../../src/gc/stream.js';
import { stepNames } from '../../src/gc/stream.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { view } from '../../src/view/view.js';
import { cycleEvent, emptyModel, happen, say, seconds, targetMessage } from '../helpers/model.js';
import { viewText } from '../helpers/view-text.js';

const step = (name: StepName, state: StepState, more: Partial<Omit<Step, 'type' | 'step' | 'state'>> = {}) =>
  ({ atNs: seconds(1), type: 'step', step: name, state, word: state, ...more }) as const;

const probe = (name: string, state: ProbeState): SourceMessage => ({
  atNs: seconds(1),
  type: 'probe',
  target: 'one',
  probe: name,
  state,
  attempt: 1,
});

/** A pod that has been measured, with every step up but those that are given. */
function podModel(...messages: readonly SourceMessage[]): Model {
  const model = emptyModel();
  say(
    model,
    targetMessage({
      latenessNs: seconds(3),
      target: { name: 'default/web-1', source: 'Pixie' },
      capabilities: { evidence: 'derived', everyCycleWhole: true, heap: false, calls: true, missing: [] },
    }),
    ...stepNames.map((name) => step(name, 'up')),
    ...messages,
  );
  return model;
}

const lines = (model: Model): readonly string[] => viewText(view(model));
const header = (model: Model): string => lines(model)[0] ?? '';

for (const { what, messages, word } of [
  { what: 'all is up', messages: [], word: '● LIVE  3 s late' },
  { what: 'the port-forward is lost', messages: [step('forward', 'waiting')], word: '! LOST forward' },
  { what: 'the cloud is lost', messages: [step('cloud', 'waiting')], word: '! LOST cloud' },
  { what: 'no rows come', messages: [step('rows', 'waiting')], word: '! LOST rows' },
  {
    what: 'another pod comes up',
    messages: [step('pod', 'waiting'), step('canary', 'waiting')],
    word: '○ DEPLOYING pod',
  },
  {
    what: 'the canary is out',
    messages: [step('canary', 'waiting', { word: 'try 2 of 8' })],
    word: '○ DEPLOYING canary 2/8',
  },
  {
    what: 'probes are placed',
    messages: [step('probes', 'waiting'), probe('GC', 'running'), probe('gcSweep', 'pending')],
    word: '○ DEPLOYING probes 1/2',
  },
  { what: 'the canary gave up', messages: [step('canary', 'failed')], word: '! FAILED canary' },
]) {
  test(`when ${what} the header says '${word}'`, () => {
    assert.ok(header(podModel(...messages)).includes(` ${word} `), header(podModel(...messages)));
  });
}

for (const [state, words] of [
  ['pending', 'no data yet: waits for gcDrainN'],
  ['expired', 'no data yet: waits for gcDrainN'],
  ['failed', 'no data yet: gcDrainN could not be placed'],
  ['missing', 'not available: gcDrainN is not in this program'],
  ['dropped', 'not available: gcDrainN is taken off'],
] as const) {
  test(`a row of Work whose probe is ${state} says so`, () => {
    const row = lines(podModel(probe('gcDrainN', state))).find((line) => line.startsWith(' mark'));
    assert.ok(row?.startsWith(` mark   ${words} `), row);
  });
}

test('what was drawn stays when its probe runs out, and words come when it has left the chart', () => {
  const model = podModel(probe('sweepone', 'running'));
  update(model, { type: 'tick', nowNs: seconds(20) });
  say(model, { ...probe('sweepone', 'expired'), atNs: seconds(20) });
  const row = (): string => lines(model).find((line) => line.startsWith(' sweep')) ?? '';
  assert.doesNotMatch(row(), /waits/);
  update(model, { type: 'tick', nowNs: seconds(120) });
  assert.match(row(), /no data yet: waits for sweepone/);
});

test('the countdown says how long the verdict takes, in whole seconds', () => {
  const tried = { state: 'waiting', remark: 'may come', startedAtNs: seconds(1) } as const;
  const model = emptyModel();
  say(model, step('canary', 'waiting', { word: 'try 1 of 8', untilNs: seconds(31), tries: [tried] }));
  update(model, { type: 'tick', nowNs: seconds(11.3) });
  const text = lines(model).join('\n');
  assert.match(text, /█{11}▄{21} {2}verdict in 20 s/);
  assert.match(text, /try 1 ○ 10\.3 s/);
});

test('zoomed, a sweepone that found nothing is no count of pages', () => {
  const model = podModel();
  const call = { kind: 'call', args: {}, goid: 5 } as const;
  happen(
    model,
    seconds(4),
    { ...call, probe: 'sweepone', result: -1, atNs: seconds(2), durationNs: seconds(1e-6) },
    { ...call, probe: 'sweepone', result: 17, atNs: seconds(2.1), durationNs: seconds(1e-6) },
  );
  update(model, { type: 'key', key: '5' });
  const told = lines(model).filter((line) => line.includes('sweepone'));
  assert.match(told[0] ?? '', /1\.00 µs {2}by goroutine 5 {2}nothing left to sweep/);
  assert.match(told[1] ?? '', /17 pages swept/);
});

test('the list of steps is there before the pod is known', () => {
  const model = emptyModel();
  say(model, step('cloud', 'up', { word: 'signed in' }));
  const text = lines(model).join('\n');
  assert.match(text, /6 Target ─+ Pixie, step 2 of 8/);
  assert.match(text, /1 cloud {3}● signed in/);
});

const otherRelease = (name: string): SourceMessage => ({
  atNs: seconds(1),
  type: 'probe',
  target: 'one',
  probe: name,
  state: 'dropped',
  attempt: 1,
  detail: 'not of this Go release',
});

for (const [what, messages, words] of [
  [
    'a Go 1.16 program comes up',
    [otherRelease('gcPaceSweeper'), probe('gcSetTriggerRatio', 'pending')],
    /waits for gcSetTriggerRatio /,
  ],
  [
    'a newer program comes up',
    [otherRelease('gcSetTriggerRatio'), probe('gcPaceSweeper', 'pending')],
    /waits for gcPaceSweeper /,
  ],
  [
    'the Go release is not known yet',
    [probe('gcSetTriggerRatio', 'pending'), probe('gcPaceSweeper', 'pending')],
    /waits for gcSetTriggerRatio or gcPaceSweeper/,
  ],
  [
    'a Go 1.17 program has neither',
    [probe('commit', 'running')],
    /not available: no probe for it in this Go release/,
  ],
] as const) {
  test(`when ${what}, the trigger ratio says so`, () => {
    assert.match(lines(podModel(...messages)).find((line) => line.startsWith(' ratio')) ?? '', words);
  });
}

test('a probe of another Go release is no failure: no line in the log, no sign of one in Target', () => {
  const model = podModel(probe('gcPaceSweeper', 'running'), otherRelease('gcSetTriggerRatio'));
  const said = (): readonly string[] => lines(model).filter((line) => line.includes('gcSetTriggerRatio'));
  assert.deepEqual(said(), []);
  update(model, { type: 'key', key: '6' });
  assert.match(said().join('\n'), /^ {3}- gcSetTriggerRatio +dropped .* not of this Go release/);
});

test('until the picture has reached the first row, the panes say in how long it will', () => {
  const model = podModel(
    ...['gcStart', 'gcMarkTermination', 'allocSpan', 'stopTheWorldWithSema', 'startTheWorldWithSema'].map(
      (name) => ({ ...probe(name, 'running'), atNs: seconds(10) }),
    ),
  );
  const at = (atS: number): string => {
    update(model, { type: 'tick', nowNs: seconds(atS) });
    return lines(model).join('\n');
  };
  happen(
    model,
    seconds(10.6),
    { kind: 'pace', atNs: seconds(10.5), triggerRatio: 0.9 },
    cycleEvent({ trigger: 'heap', endAtNs: seconds(10.4), evidence: 'derived' }),
  );
  assert.equal(at(10.8).match(/first figures in 3 s/g)?.length, 4, 'Heap, Pauses, Phases and alloc of Work');
  assert.match(at(12.5), /first figures in 1 s/);
  assert.doesNotMatch(at(14), /first figures/);
});

test('how long no probe runs is counted from when the pod was replaced', () => {
  const model = podModel();
  const { target, capabilities, latenessNs } = targetMessage();
  say(model, {
    ...{ atNs: seconds(170), type: 'target', id: 'two', latenessNs, capabilities },
    target: { ...target, source: 'Pixie' },
  });
  update(model, { type: 'tick', nowNs: seconds(175.5) });
  assert.match(lines(model)[2] ?? '', / since 5 s *$/);
});

test('what no probe can ever show is told in the zoomed Target alone', () => {
  const model = podModel();
  const { target, capabilities, latenessNs } = targetMessage();
  say(model, {
    ...{ atNs: seconds(1), type: 'target', id: 'one', latenessNs, target: { ...target, source: 'Pixie' } },
    capabilities: { ...capabilities, heap: false, missing: ['live heap: no Pixie probe reads it'] },
  });
  const said = (): boolean => lines(model).some((line) => /missing +○ live heap: no Pixie/.test(line));
  assert.doesNotMatch(lines(model).join('\n'), /in part/);
  assert.match(lines(model).join('\n'), /missing {2}● none/);
  assert.equal(said(), false);
  update(model, { type: 'key', key: '6' });
  assert.equal(said(), true);
});

test('in the help a key that does nothing now is muted and says why where that has room', () => {
  const model = emptyModel({ size: { columns: 160, rows: 48 } });
  say(model, step('cloud', 'up'));
  update(model, { type: 'key', key: '?' });
  const text = lines(model).join('\n');
  assert.match(text, / r {9}next try of canary or probes now {3}nothing waits/);
  assert.match(text, / f {9}restart the port-forward {3}no port-forward/);
  assert.match(text, / g {9}allocate and collect {3}no address for it/);
  assert.match(text, / space {5}freeze and go on {3}no target yet/);
  assert.doesNotMatch(text, /key table|~/);
});

const probesInAll = [
  ...['GC', 'gcWaitOnMark', 'gcSweep', 'gcStart', 'gcMarkTermination', 'stopTheWorldWithSema'],
  ...['startTheWorldWithSema', 'allocSpan', 'sweepone', 'gcDrainN', 'gcAssistAlloc1', 'gcPaceSweeper'],
];

test('where rows are short, the list of steps says how many probes it does not show', () => {
  const tried = {
    state: 'failed',
    remark: 'no PEM',
    startedAtNs: seconds(1),
    endedAtNs: seconds(2),
  } as const;
  const model = emptyModel({ size: { columns: 80, rows: 24 } });
  say(
    model,
    step('canary', 'waiting', {
      word: 'try 4 of 8',
      untilNs: seconds(40),
      tries: [tried, tried, tried, tried],
    }),
    ...probesInAll.map((name) => probe(name, 'pending')),
  );
  const shown = probesInAll.filter((name) => lines(model).some((line) => line.includes(`○ ${name} `))).length;
  const row = lines(model).find((line) => line.startsWith(' 7 probes')) ?? '';
  const told = Number(/ \+(\d+) not shown *$/.exec(row)?.[1]);
  assert.ok(told > 0, row);
  assert.equal(shown + told, probesInAll.length);
});

for (const [remark, words] of [
  ['127.0.0.1:8126 -> pod :8080', ':8126 -> pod :8080'],
  ['default/web-6c9f7d5b8-x2x4q on minikube', 'web-6c9f7d5b8-x2x4q'],
  ['default/gc-service-6c9f7d5b8-x2x4q on minikube', '~ce-6c9f7d5b8-x2x4q'],
  ['live 10m, renewed every 3m', 'live 10m'],
  ['without gcSweep, sweepone and gcDrainN', 'without gcSweep, s~'],
] as const) {
  test(`in a narrow Target '${remark}' reads '${words}'`, () => {
    const model = podModel(step('forward', 'up', { word: 'up', remark }));
    update(model, { type: 'resize', size: { columns: 120, rows: 40 } });
    const row = lines(model).find((line) => line.includes('│ forward '));
    assert.ok(row?.trimEnd().endsWith(` ${words}`), row);
  });
}

for (const [unprotected, word] of [
  ['plaintext', '! plaintext'],
  ['unverified', '! TLS not checked'],
] as const) {
  test(`the header says for as long as it is so that the connection to Pixie is ${unprotected}`, () => {
    for (const size of [
      { columns: 160, rows: 48 },
      { columns: 80, rows: 24 },
    ]) {
      const model = podModel(step('cloud', 'up', { unprotected }));
      update(model, { type: 'resize', size });
      assert.ok(header(model).includes(word), header(model));
    }
    assert.ok(!header(podModel()).includes(word));
  });
}
