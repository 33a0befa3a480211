import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import type { ProbeState, SourceMessage, Step } from '../../src/gc/stream.js';
import { durationNs, type Nanos, nanos, pages, workUnits } from '../../src/gc/units.js';
import { currentStep, isComingUp, probeCounts } from '../../src/model/coming-up.js';
import { actionFor, footerBindings } from '../../src/model/keymap.js';
import type { Model } from '../../src/model/model.js';
import { shownModel } from '../../src/model/still.js';
import { gcSummary } from '../../src/model/summary.js';
import { update } from '../../src/model/update.js';
import { visibleEndNs } from '../../src/model/visible-end.js';
import {
  cycleEvent,
  emptyModel,
  happen,
  mebibytes,
  millis,
  say,
  seconds,
  targetMessage,
} from '../helpers/model.js';

const latenessNs = durationNs(3e9);

function podModel(): Model {
  const model = emptyModel();
  say(
    model,
    targetMessage({
      latenessNs,
      target: { name: 'default/web-1', source: 'Pixie' },
      capabilities: { evidence: 'derived', everyCycleWhole: true, heap: false, calls: true, missing: [] },
    }),
  );
  return model;
}

const probe = (atNs: Nanos, name: string, state: ProbeState): SourceMessage => ({
  atNs,
  type: 'probe',
  target: 'one',
  probe: name,
  state,
  attempt: 1,
});

const step = (atNs: Nanos, told: Omit<Step, 'type'>): SourceMessage => ({ atNs, type: 'step', ...told });

const rates = (series: Model['work']['markWork'], fromNs: Nanos, count: number): readonly number[] => [
  ...series.bins(fromNs, seconds(1), count),
];

test('between calls zero is known only up to where everything was told', () => {
  const model = podModel();
  say(model, probe(seconds(10), 'gcDrainN', 'running'));
  happen(model, seconds(15), {
    kind: 'mark',
    calls: 2,
    work: workUnits(500),
    atNs: seconds(11.2),
    durationNs: millis(10),
  });
  happen(model, seconds(16), { kind: 'mark', calls: 1, work: workUnits(70), atNs: seconds(14.5) });
  update(model, { type: 'tick', nowNs: seconds(17) });
  assert.deepEqual(rates(model.work.markWork, seconds(9), 7), [
    Number.NaN,
    0,
    500,
    0,
    0,
    Number.NaN, // 14 s: something was told of it, but perhaps not all
    Number.NaN,
  ]);
});

test('it does not matter how often the time was looked at', () => {
  const known = (everyNs: number): readonly number[] => {
    const model = podModel();
    say(model, probe(seconds(1), 'sweepone', 'running'));
    happen(model, seconds(4), { kind: 'sweep', calls: 1, pages: pages(9), atNs: seconds(2) });
    for (let nowNs = 4e9; nowNs <= 9e9; nowNs += everyNs)
      update(model, { type: 'tick', nowNs: millis(nowNs / 1e6) });
    return [...model.work.sweptPages.bins(seconds(0), millis(10), 800)];
  };
  assert.deepEqual(known(2e6), known(5e9));
});

test('while its probe does not run nothing is known of a kind of work', () => {
  const model = podModel();
  say(model, probe(seconds(1), 'gcAssistAlloc1', 'running'), probe(seconds(6), 'gcAssistAlloc1', 'expired'));
  say(model, probe(seconds(10), 'gcAssistAlloc1', 'running'));
  update(model, { type: 'tick', nowNs: seconds(16) });
  const unknown = Number.NaN;
  assert.deepEqual(rates(model.work.assistWork, seconds(0), 14), [
    unknown,
    0,
    0,
    unknown,
    unknown,
    unknown,
    unknown,
    unknown,
    unknown,
    unknown,
    0,
    0,
    0,
    unknown,
  ]);
});

test('across a gap no zero is drawn', () => {
  const model = podModel();
  say(model, probe(seconds(1), 'allocSpan', 'running'));
  update(model, { type: 'tick', nowNs: seconds(20) });
  say(model, {
    atNs: seconds(20),
    type: 'gap',
    target: 'one',
    fromNs: seconds(5),
    toNs: seconds(8),
    reason: 'cut',
  });
  assert.deepEqual(rates(model.work.allocBytes, seconds(4), 5), [0, Number.NaN, Number.NaN, Number.NaN, 0]);
});

test('a pod is coming up until the first figure, and never again', () => {
  const model = podModel();
  assert.equal(isComingUp(model), true);
  say(model, step(seconds(1), { step: 'rows', state: 'up', word: 'coming' }));
  assert.equal(isComingUp(model), false);
  say(
    model,
    targetMessage({ atNs: seconds(2), id: 'two', target: { name: 'default/web-2', source: 'Pixie' } }),
  );
  assert.equal(isComingUp(model), false);
  const other = podModel();
  happen(other, seconds(3), { kind: 'pace', atNs: seconds(1), triggerRatio: 0.9 });
  assert.equal(isComingUp(other), false);
});

test('a program of this host has no steps and is never coming up', () => {
  const model = emptyModel();
  say(model, targetMessage());
  assert.equal(isComingUp(model), false);
});

test('the current step is the first that is not up', () => {
  const model = emptyModel();
  assert.deepEqual(currentStep(model), { name: 'cloud', number: 1 });
  const cloud = step(seconds(1), { step: 'cloud', state: 'up', word: 'signed in' });
  const pems = step(seconds(2), { step: 'pems', state: 'failed', word: 'none' });
  say(model, cloud, pems);
  assert.deepEqual(currentStep(model), { name: 'cluster', number: 2 });
  say(model, step(seconds(3), { step: 'cluster', state: 'up', word: 'healthy' }));
  assert.deepEqual(currentStep(model), { name: 'pems', number: 3, step: pems });
});

test('probes are counted by their states', () => {
  const model = podModel();
  say(model, probe(seconds(1), 'GC', 'running'), probe(seconds(1), 'gcSweep', 'failed'));
  say(model, probe(seconds(1), 'sweepone', 'missing'), probe(seconds(1), 'gcDrainN', 'pending'));
  assert.deepEqual(probeCounts(model), { total: 4, running: 1, missing: ['sweepone'] });
});

test('figures count from when the probes see cycles, not from when the pod was found', () => {
  const model = podModel();
  update(model, { type: 'tick', nowNs: seconds(60) });
  assert.equal(gcSummary(model, visibleEndNs(model)).cyclesPerSecond, undefined);
  say(model, probe(seconds(60), 'gcStart', 'running'), probe(seconds(61), 'gcMarkTermination', 'running'));
  assert.equal(model.attachedAtNs, seconds(61));
  update(model, { type: 'tick', nowNs: seconds(74) });
  assert.equal(visibleEndNs(model), seconds(71));
  assert.equal(gcSummary(model, visibleEndNs(model)).cyclesPerSecond, 0);
  assert.equal(gcSummary(model, visibleEndNs(model)).gcCpuShare, undefined);
});

test('a cycle that is told before any news of probes is where the figures begin', () => {
  const model = podModel();
  const cycle = {
    trigger: 'heap',
    sweepTermAtNs: seconds(4),
    endAtNs: seconds(5),
    evidence: 'derived',
  } as const;
  happen(model, seconds(7), cycleEvent(cycle));
  assert.equal(model.attachedAtNs, seconds(4));
});

test('what the pacer told is known without a reading of the heap, and live is not', () => {
  const model = podModel();
  const pace = {
    kind: 'pace',
    atNs: seconds(1),
    goalBytes: mebibytes(50),
    markedBytes: mebibytes(25),
  } as const;
  happen(model, seconds(4), pace, { kind: 'pace', atNs: seconds(1), triggerBytes: mebibytes(47) });
  const { live, goal, marked, trigger, goalShare } = gcSummary(model, seconds(2));
  assert.deepEqual(
    { live, goal, marked, trigger, goalShare },
    {
      live: undefined,
      goal: mebibytes(50),
      marked: mebibytes(25),
      trigger: mebibytes(47),
      goalShare: undefined,
    },
  );
});

test('traffic goes where the port-forward ends, but not in a recording', () => {
  const forward = step(seconds(1), {
    step: 'forward',
    state: 'up',
    word: 'up',
    address: 'http://127.0.0.1:8126',
  });
  const model = podModel();
  say(model, forward);
  assert.equal(model.traffic.address, 'http://127.0.0.1:8126');
  const replay = emptyModel({ state: { kind: 'replay', speed: 1, lengthNs: seconds(9) } });
  say(replay, forward);
  assert.equal(replay.traffic.address, undefined);
});

test('traffic goes where the user has it go, whatever the port-forward tells', () => {
  const model = emptyModel({ trafficAddress: 'http://127.0.0.1:9000' });
  say(
    model,
    step(seconds(1), { step: 'forward', state: 'up', word: 'up', address: 'http://127.0.0.1:8126' }),
  );
  assert.equal(model.traffic.address, 'http://127.0.0.1:9000');
});

test('r tries the canary or the probes again at once, as long as they are under way', () => {
  const model = podModel();
  const press = () => update(model, { type: 'key', key: 'r' });
  assert.deepEqual(press(), []);
  say(model, step(seconds(1), { step: 'canary', state: 'waiting', word: 'try 2 of 8' }));
  assert.deepEqual(press(), [{ type: 'control-source', control: { type: 'retry' } }]);
  assert.ok(footerBindings(model).some(({ label, short }) => label === 'r' && short === 'canary now'));
  say(model, step(seconds(2), { step: 'canary', state: 'up', word: 'answered' }));
  assert.deepEqual(press(), []);
  say(model, step(seconds(3), { step: 'probes', state: 'waiting', word: '0 of 12' }));
  assert.ok(footerBindings(model).some(({ label, short }) => label === 'r' && short === 'probes now'));
  say(model, { atNs: seconds(4), type: 'closed', reason: 'aborted' });
  assert.deepEqual(press(), []);
});

test('f opens the port-forward again where there is one', () => {
  const model = podModel();
  assert.equal(actionFor(model, 'f'), undefined);
  say(model, step(seconds(1), { step: 'forward', state: 'failed', word: 'lost' }));
  assert.deepEqual(update(model, { type: 'key', key: 'f' }), [{ type: 'restart-forward' }]);
});

test('a frozen screen keeps its steps and its grid while the stream goes on', () => {
  const model = podModel();
  say(model, step(seconds(1), { step: 'canary', state: 'waiting', word: 'try 1 of 8' }));
  update(model, { type: 'key', key: 'space' });
  say(model, step(seconds(2), { step: 'canary', state: 'up', word: 'answered' }));
  happen(model, seconds(9), { kind: 'pace', atNs: seconds(7), triggerRatio: 0.9 });
  assert.equal(model.still?.steps.get('canary')?.word, 'try 1 of 8');
  assert.equal(model.still?.hasMeasured, false);
});

test('what a cycle of a pod marked is not drawn as its live heap', () => {
  const model = podModel();
  const cycle = {
    trigger: 'heap',
    sweepTermAtNs: seconds(1),
    markAtNs: seconds(1.1),
    markTermAtNs: seconds(1.2),
    endAtNs: seconds(1.3),
    heapMarked: mebibytes(25),
    heapGoal: mebibytes(45),
    evidence: 'derived',
  } as const;
  happen(model, seconds(4), cycleEvent(cycle));
  assert.equal(model.heap.live.at(seconds(4)), undefined);
  assert.equal(model.heap.marked.at(seconds(4)), mebibytes(25));
  assert.equal(model.heap.goal.at(seconds(4)), mebibytes(45));
});

const podCycle = (endS: number, change: Partial<GcCycle> = {}): GcCycle => ({
  trigger: 'heap',
  sweepTermAtNs: seconds(endS - 0.03),
  markAtNs: seconds(endS - 0.03 + 40e-6),
  markTermAtNs: seconds(endS - 60e-6),
  endAtNs: seconds(endS),
  evidence: 'derived',
  ...change,
});

test('a frozen pod keeps its pause figures, of the instant that its picture ends at', () => {
  const model = podModel();
  for (let endS = 1; endS < 20; endS += 0.25) {
    const cycle = podCycle(endS);
    happen(model, nanos(Math.max(model.nowNs, cycle.endAtNs + latenessNs)), cycleEvent(cycle));
  }
  update(model, { type: 'tick', nowNs: seconds(22) });
  const shown = () => shownModel(model).stops.summary(visibleEndNs(shownModel(model)));
  const before = shown();
  assert.ok(before.count > 100 && before.p99Ns !== undefined);
  update(model, { type: 'key', key: 'space' });
  assert.deepEqual(shown(), before);
  happen(model, seconds(40), cycleEvent(podCycle(36)));
  assert.deepEqual(shown(), before);
});

test('when a stream has ended its last seconds are shown too, but not on a screen that was frozen before', () => {
  const model = podModel();
  happen(model, seconds(10), cycleEvent(podCycle(9.5)));
  assert.equal(visibleEndNs(model), seconds(7));
  const frozen = podModel();
  happen(frozen, seconds(10), cycleEvent(podCycle(9.5)));
  update(frozen, { type: 'key', key: 'space' });
  for (const each of [model, frozen]) say(each, { atNs: seconds(10), type: 'closed', reason: 'end' });
  assert.equal(visibleEndNs(model), seconds(10));
  assert.equal(visibleEndNs(frozen), seconds(7));
});

test('of the forced cycles of a pod those are counted that were seen, whatever its cycles are numbered', () => {
  const model = podModel();
  const counts = () => {
    const { total, forced, forcedSeen } = gcSummary(model, visibleEndNs(model));
    return { total, forced, forcedSeen };
  };
  assert.deepEqual(counts(), { total: undefined, forced: undefined, forcedSeen: undefined });
  happen(
    model,
    seconds(9),
    cycleEvent(podCycle(2)),
    cycleEvent(podCycle(3, { trigger: 'forced', number: 2 })),
  );
  assert.deepEqual(counts(), { total: 2, forced: undefined, forcedSeen: 1 });
  happen(model, seconds(10), cycleEvent(podCycle(9, { trigger: 'forced', number: 3 })));
  assert.equal(counts().forcedSeen, 1);
  update(model, { type: 'tick', nowNs: seconds(13) });
  assert.equal(counts().forcedSeen, 2);
});

test('a replaced pod is told once, by what follows the pods', () => {
  const model = podModel();
  const { target, capabilities } = targetMessage();
  const lines = model.journal.newest(9).length;
  say(model, {
    ...{ atNs: seconds(9), type: 'target', id: 'two', latenessNs, capabilities },
    target: { ...target, name: 'default/web-2', source: 'Pixie' },
  });
  assert.equal(model.journal.newest(9).length, lines);
});
