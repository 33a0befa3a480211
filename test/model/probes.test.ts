import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeState, SourceMessage } from '../../src/gc/stream.js';
import { durationNs, type Nanos, nanos, pages, workUnits } from '../../src/gc/units.js';
import type { ModelOptions } from '../../src/model/create.js';
import { actionFor, footerBindings } from '../../src/model/keymap.js';
import type { Model } from '../../src/model/model.js';
import {
  comingProbeSet,
  costShareOf,
  hitsPerSecondOf,
  lostProbes,
  probeLoad,
  probeSetOf,
} from '../../src/model/probe-set.js';
import { gcSummary } from '../../src/model/summary.js';
import { update } from '../../src/model/update.js';
import {
  cycleEvent,
  emptyModel,
  happen,
  mebibytes,
  reading,
  say,
  seconds,
  targetMessage,
  wholeCycle,
} from '../helpers/model.js';

type TargetMessage = Extract<SourceMessage, { type: 'target' }>;

const capabilities = {
  evidence: 'exact',
  everyCycleWhole: true,
  heap: true,
  calls: true,
  missing: [],
} as const satisfies TargetMessage['capabilities'];

function probedModel(options: Partial<ModelOptions> = {}, change: Partial<TargetMessage> = {}): Model {
  const model = emptyModel(options);
  say(model, targetMessage({ capabilities, ...change }));
  return model;
}

const probe = (
  atNs: Nanos,
  name: string,
  state: ProbeState,
  more: { hits?: number; costNs?: number; returns?: boolean; detail?: string } = {},
): SourceMessage => ({ atNs, type: 'probe', target: 'one', probe: name, state, attempt: 1, ...more });

const press = (model: Model) => update(model, { type: 'key', key: 'p' });
const asked = (set: 'light' | 'full') => [{ type: 'control-source', control: { type: 'probes', set } }];
const hasKey = (model: Model): boolean => footerBindings(model).some(({ keys }) => keys.includes('p'));

test('the key asks for the other set, and for the one before when it is pressed again', () => {
  const model = probedModel({ askedProbes: 'light' });
  assert.ok(hasKey(model));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['light', undefined]);
  assert.deepEqual(press(model), asked('full'));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['light', 'full']);
  assert.deepEqual(press(model), asked('light'));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['light', undefined]);
});

test('the key is there for a local program whose calls can be probed, and for nothing else', () => {
  const without = { ...capabilities, calls: false };
  const pod = { name: 'default/web', source: 'Pixie' } as const;
  const models = [
    probedModel({}, { capabilities: without }),
    probedModel({}, { target: pod }),
    probedModel({ state: { kind: 'replay', speed: 1, lengthNs: seconds(9) } }),
    emptyModel(),
  ];
  const ended = probedModel();
  say(ended, { atNs: seconds(1), type: 'closed', reason: 'target-exited' });
  for (const model of [...models, ended]) {
    assert.equal(hasKey(model), false);
    assert.equal(actionFor(model, 'p'), undefined);
    assert.deepEqual(update(model, { type: 'action', action: { type: 'probes' } }), []);
  }
});

test('the full set is on its way until its probes are in place, and gone when they are', () => {
  const model = probedModel();
  say(model, probe(seconds(1), 'GC', 'running'), probe(seconds(1), 'gcPaceSweeper', 'running'));
  press(model);
  say(model, probe(seconds(2), 'allocSpan', 'pending'));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['full', 'full']);
  say(model, probe(seconds(3), 'allocSpan', 'running'));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['full', undefined]);
  press(model);
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['full', 'light']);
  say(model, probe(seconds(4), 'allocSpan', 'removed'));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['light', undefined]);
});

test('a set whose probes were all taken off is still the full one, until the light one is asked for', () => {
  const model = probedModel({ askedProbes: 'full' });
  say(model, probe(seconds(1), 'allocSpan', 'running'));
  say(model, probe(seconds(2), 'allocSpan', 'dropped', { detail: 'over the budget' }));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['full', undefined]);
  assert.deepEqual(press(model), asked('light'));
  assert.deepEqual([probeSetOf(model), comingProbeSet(model)], ['light', undefined]);
});

test('a recording tells its set by its probes', () => {
  const model = probedModel({ state: { kind: 'replay', speed: 1, lengthNs: seconds(9) } });
  assert.equal(probeSetOf(model), 'light');
  say(model, probe(seconds(1), 'sweepone', 'running'));
  assert.equal(probeSetOf(model), 'full');
});

test('hits a second are those since they were last counted, a second ago at least', () => {
  const model = probedModel();
  const rate = () => model.probes.get('sweepone')?.hitsPerSecond;
  const told: [at: number, hits: number, expected: number | undefined][] = [
    [1, 0, undefined],
    [1.5, 400, undefined],
    [2, 1_000, 1_000],
    [2.5, 9_000, 1_000],
    [4, 2_000, 500],
    [5, 40, undefined], // placed anew
    [7, 240, 100],
  ];
  for (const [at, hits, expected] of told) {
    say(model, probe(seconds(at), 'sweepone', 'running', { hits }));
    assert.equal(rate(), expected, `at ${at} s`);
  }
  say(model, probe(seconds(8), 'sweepone', 'dropped', { hits: 300 }));
  assert.equal(rate(), undefined);
});

test('a probe of which no more hits are told is not hit', () => {
  const model = probedModel();
  say(model, probe(seconds(1), 'sweepone', 'running', { hits: 0 }));
  say(model, probe(seconds(2), 'sweepone', 'running', { hits: 70 }));
  say(model, probe(seconds(2), 'GC', 'running', { hits: 0 }));
  const rate = (name: string, at: number) => {
    const told = model.probes.get(name);
    return told === undefined ? assert.fail() : hitsPerSecondOf(told, seconds(at));
  };
  assert.deepEqual([rate('sweepone', 4), rate('GC', 4)], [70, undefined]);
  assert.deepEqual([rate('sweepone', 5.1), rate('GC', 5.1)], [0, 0]);
  assert.equal(probeLoad(model, seconds(5.1)).hitsPerSecond, 0);
});

test('what all probes cost is whole when the cost of each that is hit is known', () => {
  const model = probedModel();
  const tell = (name: string, perSecond: number, more: { costNs?: number } = {}) =>
    say(
      model,
      probe(seconds(1), name, 'running', { hits: 0, ...more }),
      probe(seconds(2), name, 'running', { hits: perSecond, ...more }),
    );
  assert.deepEqual(probeLoad(model, seconds(2)), {
    running: 0,
    hitsPerSecond: undefined,
    costShare: undefined,
    isWhole: true,
  });
  tell('sweepone', 2_000, { costNs: 500 });
  tell('GC', 0);
  assert.deepEqual(probeLoad(model, seconds(2)), {
    running: 2,
    hitsPerSecond: 2_000,
    costShare: 0.001,
    isWhole: true,
  });
  tell('gcSweep', 4);
  assert.deepEqual(probeLoad(model, seconds(2)), {
    running: 3,
    hitsPerSecond: 2_004,
    costShare: 0.001,
    isWhole: false,
  });
  const sweepone = model.probes.get('sweepone');
  assert.ok(sweepone !== undefined);
  assert.equal(costShareOf(sweepone, seconds(2)), 0.001);
});

test('lost are the probes that failed or were taken off, not those that a program or its release does not have', () => {
  const model = probedModel();
  say(
    model,
    probe(seconds(1), 'gcSetTriggerRatio', 'dropped', { detail: 'not of this Go release' }),
    probe(seconds(1), 'GC', 'missing', { detail: 'no such function' }),
    probe(seconds(1), 'sweepone', 'failed', { detail: 'the kernel says no' }),
    probe(seconds(1), 'allocSpan', 'dropped', { detail: 'over the budget' }),
    probe(seconds(1), 'gcSweep', 'running'),
  );
  assert.deepEqual(
    lostProbes(model).map(([name]) => name),
    ['sweepone', 'allocSpan'],
  );
});

const pace = (at: number, change: object = {}) => ({
  kind: 'pace' as const,
  atNs: seconds(at),
  triggerBytes: mebibytes(44),
  triggerRatio: 0.76,
  ...change,
});

test('where memory is read the pacer tells its trigger and ratio alone', () => {
  const model = probedModel();
  say(model, probe(seconds(0.5), 'gcPaceSweeper', 'running'));
  const read = { goal: mebibytes(50), marked: mebibytes(25) };
  happen(
    model,
    seconds(1),
    reading(seconds(1), read),
    pace(1, { goalBytes: mebibytes(7), markedBytes: mebibytes(3) }),
  );
  const { trigger, goal, marked } = gcSummary(model, seconds(2));
  assert.deepEqual([trigger, goal, marked], [mebibytes(44), mebibytes(50), mebibytes(25)]);
  assert.equal(model.work.triggerRatio.latest, 0.76);
});

test('the ratio that cycles came out with is another series', () => {
  const model = probedModel();
  happen(model, seconds(1.1), cycleEvent(wholeCycle(1, seconds(1))), pace(1.05));
  happen(model, seconds(2.1), cycleEvent(wholeCycle(2, seconds(2))));
  assert.equal(model.work.triggerRatio.latest, 0.76);
  assert.equal(model.work.startRatio.latest, 40 / 25 - 1);
});

test('a trigger that nobody tells any more, or that never comes, is no figure', () => {
  const model = probedModel();
  say(model, probe(seconds(0.5), 'gcPaceSweeper', 'running'));
  happen(model, seconds(1), reading(seconds(1), { goal: mebibytes(50) }), pace(1));
  assert.equal(gcSummary(model, seconds(1)).trigger, mebibytes(44));
  happen(model, seconds(2), reading(seconds(2), { goal: 'none' }));
  assert.equal(gcSummary(model, seconds(2)).trigger, undefined);
  happen(model, seconds(3), reading(seconds(3), { goal: mebibytes(50) }));
  assert.equal(gcSummary(model, seconds(3)).trigger, mebibytes(44));
  say(model, probe(seconds(3.5), 'gcPaceSweeper', 'removed'));
  assert.equal(gcSummary(model, seconds(4)).trigger, undefined);
});

test('the work of assists is known by their calls, pages by memory: neither is counted twice', () => {
  const model = probedModel();
  say(model, probe(seconds(1), 'gcDrainN', 'running'), probe(seconds(1), 'gcAssistAlloc1', 'running'));
  happen(
    model,
    seconds(2.1),
    { kind: 'mark', calls: 1, work: workUnits(500), atNs: seconds(1.2) },
    { kind: 'assist', calls: 1, work: workUnits(600), atNs: seconds(1.2) },
    { kind: 'sweep', calls: 1, pages: pages(70), atNs: seconds(1.2) },
    { kind: 'alloc', calls: 1, pages: pages(80), atNs: seconds(1.2) },
  );
  update(model, { type: 'tick', nowNs: seconds(3) });
  const bins = (series: Model['work']['markWork']) => [...series.bins(seconds(1), seconds(1), 3)];
  assert.deepEqual(bins(model.work.markWork), [500, 0, Number.NaN]);
  assert.deepEqual(bins(model.work.assistWork), [600, 0, Number.NaN]);
  assert.deepEqual(bins(model.work.sweptPages), [Number.NaN, Number.NaN, Number.NaN]);
  assert.deepEqual(bins(model.work.allocBytes), [Number.NaN, Number.NaN, Number.NaN]);
  assert.equal(model.dropped, 0);
});

test('a stop that is not the collector keeps its reason and how much of it was stopping', () => {
  const model = probedModel();
  const stop = {
    reason: 'gomaxprocs',
    durationNs: durationNs(38_000),
    stoppingNs: durationNs(5_000),
  } as const;
  happen(model, seconds(1), { kind: 'pause', atNs: seconds(0.9), ...stop });
  const { reason, durationNs: lasted } = stop;
  assert.deepEqual(model.stops.last, {
    atNs: seconds(0.9),
    cycle: undefined,
    reason,
    durationNs: lasted,
  });
  assert.deepEqual(model.journal.newest(1), [{ atNs: seconds(0.9), type: 'stop', ...stop }]);
  assert.equal(model.stops.summary(seconds(1)).count, 1);
});

test('calls that were added up are in the whole log alone', () => {
  const model = probedModel();
  const before = model.journal.totalUpTo(nanos(Number.MAX_SAFE_INTEGER));
  const sum = { probe: 'sweepone', calls: 1_240, args: {}, result: 3_022, durationNs: durationNs(5e8) };
  happen(model, seconds(2), { kind: 'calls', atNs: seconds(1), ...sum });
  assert.equal(model.journal.totalUpTo(nanos(Number.MAX_SAFE_INTEGER)), before);
  const told = model.journal.newest(9, { phases: true }).filter(({ type }) => type === 'call-sum');
  assert.deepEqual(told, [{ atNs: seconds(1), type: 'call-sum', longestNs: undefined, ...sum }]);
});

test('while the returns are not seen that tell the work it is not known, and not zero', () => {
  const model = probedModel();
  say(model, probe(seconds(1), 'gcDrainN', 'running', { returns: false }));
  update(model, { type: 'tick', nowNs: seconds(2.2) });
  say(model, probe(seconds(2.2), 'gcDrainN', 'running', { returns: true }));
  update(model, { type: 'tick', nowNs: seconds(4) });
  const bins = [...model.work.markWork.bins(seconds(1), seconds(1), 3)];
  assert.deepEqual(bins.slice(0, 1), [Number.NaN]);
  assert.equal(bins[2], 0);
});
