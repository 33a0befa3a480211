import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PauseReason, pauseReasons } from '../../src/gc/event.js';
import type { ProbeState, SourceMessage } from '../../src/gc/stream.js';
import { durationNs, nanos, workUnits } from '../../src/gc/units.js';
import type { JournalEntry } from '../../src/model/journal-entry.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { glyphsOf } from '../../src/view/glyphs.js';
import { eventWords } from '../../src/view/panes/event-words.js';
import { foreignStopsByReason } from '../../src/view/panes/stop-words.js';
import { view } from '../../src/view/view.js';
import {
  cycleEvent,
  emptyModel,
  happen,
  mebibytes,
  micros,
  millis,
  reading,
  say,
  seconds,
  targetMessage,
  wholeCycle,
} from '../helpers/model.js';
import { viewText } from '../helpers/view-text.js';

const texts = (entry: JournalEntry, room: 'wide' | 'narrow' = 'wide'): readonly string[] =>
  eventWords(glyphsOf({ glyphs: 'braille' }), entry, room).texts;

test('a forced cycle names the goroutine that asked for it, shorter where there is less room', () => {
  const cycle = wholeCycle(86, seconds(1), { trigger: 'forced', forcedBy: 18 });
  const entry: JournalEntry = { atNs: cycle.endAtNs, type: 'cycle', cycle, remark: undefined };
  assert.deepEqual(texts(entry, 'narrow'), [
    '#86 runtime.GC by goroutine 18',
    '#86 runtime.GC by G18',
    '#86 runtime.GC',
  ]);
  assert.equal(texts(entry)[0], '#86  runtime.GC by goroutine 18');
});

const stop = (reason: PauseReason, stoppingNs?: number): JournalEntry => ({
  atNs: seconds(1),
  type: 'stop',
  reason,
  durationNs: micros(38),
  stoppingNs: stoppingNs === undefined ? undefined : durationNs(stoppingNs),
});

test('a stop says how much of it was stopping, where that is known', () => {
  assert.deepEqual(texts(stop('gomaxprocs', 5_000)), [
    'world stopped 38.0 µs, stopping 5.00 µs of it, to change GOMAXPROCS, not the collector',
    'world stopped 38.0 µs (stopping 5.00 µs) to change GOMAXPROCS',
    'world stopped 38.0 µs to change GOMAXPROCS',
  ]);
  assert.equal(
    texts(stop('other', 5_000))[0],
    'world stopped 38.0 µs, stopping 5.00 µs of it, not the collector',
  );
  assert.equal(texts(stop('other'))[0], 'world stopped 38.0 µs, not the collector');
});

test('every reason of a stop has words of its own', () => {
  const wordings = pauseReasons.map((reason) => texts(stop(reason))[0]);
  assert.equal(new Set(wordings).size, pauseReasons.length);
});

test('stops are counted by reason, the most frequent first, and the rest together', () => {
  const stops = (reason: PauseReason | 'cycle', times: number) =>
    Array.from({ length: times }, () => ({
      atNs: nanos(0),
      durationNs: nanos(1),
      reason,
      cycle: undefined,
    }));
  assert.equal(foreignStopsByReason([...stops('cycle', 9), ...stops('mark-termination', 9)]), '');
  assert.equal(foreignStopsByReason(stops('other', 3)), '3');
  const all = [
    ...stops('other', 1),
    ...stops('gomaxprocs', 2),
    ...stops('read-mem-stats', 1_240),
    ...stops('start-trace', 1),
    ...stops('stop-trace', 1),
  ];
  assert.equal(foreignStopsByReason(all), 'ReadMemStats 1,240, GOMAXPROCS 2, unknown 1, 2 more');
});

const sum = (probe: string, more: Partial<JournalEntry & { type: 'call-sum' }>): JournalEntry => ({
  atNs: seconds(1),
  type: 'call-sum',
  probe,
  calls: 1_240,
  args: {},
  result: undefined,
  longestNs: undefined,
  durationNs: millis(500),
  ...more,
});

test('added-up calls say what they did in the words of the field', () => {
  const told = (entry: JournalEntry) => texts(entry)[0];
  assert.deepEqual(texts(sum('sweepone', { result: 3_022, longestNs: micros(4.2) })), [
    'sweepone       1,240 calls in 500 ms, 3,022 pages swept, longest 4.20 µs',
    'sweepone       1,240 calls in 500 ms, 3,022 pages swept',
    'sweepone       1,240 calls in 500 ms',
  ]);
  assert.equal(
    told(sum('allocSpan', { args: { npages: 5_000 } })),
    'allocSpan      1,240 calls in 500 ms, 5,000 pages',
  );
  assert.equal(
    told(sum('gcDrainN', { args: { scanWork: 900 }, result: 800 })),
    'gcDrainN       1,240 calls in 500 ms, 900 work wanted, 800 work done',
  );
  assert.equal(
    told(sum('gcAssistAlloc1', { args: { scanWork: 900 } })),
    'gcAssistAlloc1 1,240 calls in 500 ms, 900 work owed',
  );
  assert.equal(
    told(sum('other', { args: { x: 7 }, result: 5, durationNs: undefined })),
    'other          1,240 calls, x 7 in all, gives 5 in all',
  );
});

test('a probe that was taken off is told in one sentence', () => {
  const dropped: JournalEntry = {
    atNs: seconds(1),
    type: 'probe',
    probe: 'allocSpan',
    state: 'dropped',
    detail: 'over the budget: 31,000 hits a second at 0.6 µs are 1.9 % of a core',
  };
  assert.deepEqual(texts(dropped), [
    'allocSpan was taken off, over the budget: 31,000 hits a second at 0.6 µs are 1.9 % of a core',
    'allocSpan was taken off, over the budget',
  ]);
  assert.equal(eventWords(glyphsOf({ glyphs: 'braille' }), dropped, 'wide').level, 'bad');
});

const probe = (at: number, name: string, state: ProbeState, more: object = {}): SourceMessage => ({
  atNs: seconds(at),
  type: 'probe',
  target: 'one',
  probe: name,
  state,
  attempt: 1,
  ...more,
});

/** Watched for ten seconds; zoomed to Target. */
function watched(...messages: readonly SourceMessage[]): Model {
  const model = emptyModel({ probeBudget: 0.025 });
  const capabilities = { evidence: 'exact', everyCycleWhole: true, heap: true, calls: true } as const;
  say(model, targetMessage({ capabilities: { ...capabilities, missing: [] } }), ...messages);
  update(model, { type: 'tick', nowNs: seconds(10) });
  return model;
}

const screen = (model: Model): string => viewText(view(model)).join('\n');

test('Target tells hits and cost, the cost only where it was measured', () => {
  const counted = (more: object) => [
    probe(8, 'sweepone', 'running', { hits: 0, ...more }),
    probe(9, 'sweepone', 'running', { hits: 4_300, ...more }),
  ];
  const zoomed = (model: Model): string => {
    update(model, { type: 'key', key: '6' });
    return screen(model);
  };
  assert.match(
    zoomed(watched(...counted({ costNs: 560 }))),
    /probes +● full +1 probe {2}4,300 hits\/s {2}0\.24 % of a core \(budget 2\.5 %\)/,
  );
  const unmeasured = zoomed(watched(...counted({})));
  assert.match(unmeasured, /probes +● full +1 probe {2}4,300 hits\/s +\n/);
  const inPart = [probe(8, 'gcSweep', 'running', { hits: 0 }), probe(9, 'gcSweep', 'running', { hits: 9 })];
  assert.match(
    zoomed(watched(...counted({ costNs: 560 }), ...inPart)),
    /4,309 hits\/s {2}>0\.24 % of a core/,
  );
  assert.match(unmeasured, /● sweepone +running +4,300 +- +- +\n/);
});

test('a probe that goes on without its returns says so in one sentence', () => {
  const detail = 'its returns: over the budget: 900 hits/s at 11.0 us are 1.1 % of a core';
  const entry: JournalEntry = {
    atNs: seconds(1),
    type: 'probe',
    probe: 'gcDrainN',
    state: 'running',
    detail,
  };
  assert.deepEqual(texts(entry), [`gcDrainN is in place, ${detail}`]);
});

test('several probes that were taken off share a line, with their names', () => {
  const model = watched(
    probe(1, 'GC', 'missing', { detail: 'no such function' }),
    probe(1, 'gcSetTriggerRatio', 'dropped', { detail: 'not of this Go release' }),
    probe(1, 'sweepone', 'failed', { detail: 'the kernel says no' }),
    probe(1, 'allocSpan', 'dropped', { detail: 'over the budget' }),
  );
  assert.match(screen(model), /off +! 2 probes +sweepone, allocSpan/);
});

const mark = {
  kind: 'mark',
  calls: 1,
  work: workUnits(64_000),
  atNs: seconds(9),
  durationNs: millis(1),
} as const;
const assist = { ...mark, kind: 'assist' } as const;

test('a set that is on its way says so, apart from what follows', () => {
  const model = watched(probe(1, 'allocSpan', 'running'));
  update(model, { type: 'key', key: 'p' });
  assert.match(screen(model), /probes +○ light pending 1 probe /);
});

test('Work has the scan work of assists where their calls are probed, and no row for it elsewhere', () => {
  const probes = ['gcDrainN', 'gcAssistAlloc1'].map((name) => probe(1, name, 'running'));
  const overview = watched(...probes);
  happen(overview, seconds(10), mark, assist);
  assert.match(screen(overview), /done .* work\/s/);
  update(overview, { type: 'key', key: '4' });
  assert.match(screen(overview), /assist .* ms\/s[\s\S]*owed .* work\/s[\s\S]*done .* work\/s/);
  const without = watched();
  assert.match(screen(without), /assist .* ms\/s/);
  update(without, { type: 'key', key: '4' });
  assert.doesNotMatch(screen(without), /work\/s/);
});

test('the ratio says whether the pacer set it or cycles only started there', () => {
  const cycles = [1, 2].map((number) => cycleEvent(wholeCycle(number, seconds(7 + number))));
  const derived = watched();
  happen(derived, seconds(10), ...cycles);
  assert.match(screen(derived), /ratio .* 0\.60 started/);
  const paced = watched(probe(1, 'gcPaceSweeper', 'running'));
  const pace = { kind: 'pace', atNs: seconds(9), triggerBytes: mebibytes(40), triggerRatio: 0.87 } as const;
  happen(paced, seconds(10), ...cycles, pace);
  assert.match(screen(paced), /ratio .* 0\.87 trigger/);
});

test('Heap has the trigger of the pacer as a figure and a line; without it, where the last cycle started', () => {
  const read = [7, 8, 9, 9.9].map((at) =>
    reading(seconds(at), { goal: mebibytes(60), marked: mebibytes(25), live: mebibytes(30) }),
  );
  const cycle = cycleEvent(wholeCycle(1, seconds(7.5)));
  const derived = watched();
  happen(derived, seconds(10), cycle, ...read);
  update(derived, { type: 'key', key: '1' });
  assert.match(screen(derived), /▲ started +40\.0/);
  assert.doesNotMatch(screen(derived), /╌{9}/);
  const paced = watched(probe(1, 'gcPaceSweeper', 'running'));
  const pace = { kind: 'pace', atNs: seconds(7.5), triggerBytes: mebibytes(50), triggerRatio: 1 } as const;
  happen(paced, seconds(10), cycle, ...read, pace);
  update(paced, { type: 'key', key: '1' });
  assert.match(screen(paced), /╌ trigger +50\.0/);
  assert.match(screen(paced), /╌{9}/);
});
