import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, durationNs, nanos, pages } from '../../src/gc/units.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
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
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

const entryTypes = (model: Model) => model.journal.newest(20).map(({ type }) => type);

test('a whole cycle puts each figure at the instant of which it is true', () => {
  const model = watchingModel();
  happen(model, seconds(1.05), cycleEvent(wholeCycle(1, seconds(1))));
  const bins = (series: { bins: Model['heap']['live']['bins'] }) => [
    ...series.bins(seconds(1), millis(10), 2).max.map((value) => value / 2 ** 20),
  ];
  assert.deepEqual(bins(model.heap.live), [40, 42]);
  assert.equal(model.heap.live.latest, mebibytes(25));
  assert.equal(model.heap.marked.latest, mebibytes(25));
  assert.equal(model.heap.goal.latest, mebibytes(45));
  assert.deepEqual(model.stops.between(seconds(0), seconds(9)), [
    { atNs: seconds(1), durationNs: micros(20), reason: 'sweep-termination', cycle: 1 },
    { atNs: micros(1_010_020), durationNs: micros(60), reason: 'mark-termination', cycle: 1 },
  ]);
});

test('of a cycle whose split is not known one stop with the sum is kept', () => {
  const model = watchingModel();
  happen(
    model,
    seconds(2),
    cycleEvent({
      number: 1,
      trigger: 'unknown',
      endAtNs: seconds(1),
      pauseNs: micros(90),
      evidence: 'partial',
    }),
  );
  assert.deepEqual(model.stops.between(seconds(0), seconds(9)), [
    { atNs: seconds(1), durationNs: micros(90), reason: 'cycle', cycle: 1 },
  ]);
  assert.equal(model.work.markedBytes.mean(seconds(0), seconds(2)), undefined);
});

test('what was marked is spread over the mark, and nothing was marked before and after', () => {
  const model = watchingModel();
  happen(model, seconds(1.1), cycleEvent(wholeCycle(1, seconds(1))), reading(seconds(1.5)));
  const perSecond = model.work.markedBytes.bins(seconds(0.95), millis(50), 10);
  assert.deepEqual(
    [...perSecond].map((value) => Math.round(value / 2 ** 20)),
    [0, 500, 0, 0, 0, 0, 0, 0, 0, 0],
  );
  assert.equal(model.work.markedBytes.latestNs, seconds(1.45), 'a cycle may be told 50 ms late');
});

test('the assist share is unknown where the record does not say it, and the trigger ratio needs its neighbour', () => {
  const model = watchingModel();
  happen(model, seconds(1.1), cycleEvent(wholeCycle(1, seconds(1))));
  assert.equal(model.work.assistNs.mean(seconds(0), seconds(2)), undefined);
  assert.equal(model.work.startRatio.latest, undefined);
  happen(model, seconds(2.1), cycleEvent(wholeCycle(2, seconds(2))));
  assert.equal(model.work.startRatio.latest, 40 / 25 - 1);
  const bigger = { heapAtStart: mebibytes(50) };
  happen(model, seconds(3.1), cycleEvent(wholeCycle(3, seconds(3), { ...bigger, trigger: 'forced' })));
  happen(model, seconds(5.1), cycleEvent(wholeCycle(5, seconds(5), bigger)));
  assert.equal(model.work.startRatio.latest, 40 / 25 - 1, 'forced, and after a lost one: no ratio');
});

test('rates come from what totals grew by', () => {
  const model = watchingModel();
  const at = (time: number, totalAlloc: number, pagesSwept: number) =>
    reading(seconds(time), { totalAlloc: bytes(totalAlloc), pagesSwept: pages(pagesSwept) });
  happen(model, seconds(4), at(1, 5_000, 10), at(2, 6_000, 30), at(3, 9_000, 5));
  assert.deepEqual(
    [...model.work.allocBytes.bins(seconds(0), seconds(1), 4)],
    [Number.NaN, 1_000, 3_000, Number.NaN],
  );
  assert.deepEqual(
    [...model.work.sweptPages.bins(seconds(1), seconds(1), 2)],
    [20, 5],
    'a new sweep counts anew',
  );
  happen(model, seconds(5), at(4, 100, 6));
  assert.equal(model.work.allocBytes.latestNs, seconds(3), 'a total that shrinks says nothing');
});

test('a reading told after a newer one lands in its own time and is not the latest', () => {
  const model = watchingModel();
  const newer = reading(seconds(2));
  happen(model, seconds(2), newer, reading(seconds(1.98), { live: mebibytes(44) }));
  assert.equal(model.heap.latest, newer);
  assert.equal(model.heap.live.at(seconds(1.98)), mebibytes(44));
});

test('nothing is known across a gap: no value is held, no growth is spread over it', () => {
  const model = watchingModel();
  happen(model, seconds(1), reading(seconds(1), { totalAlloc: bytes(100) }));
  happen(model, seconds(1), { kind: 'phase', phase: 'mark', atNs: seconds(1), cycle: 3 });
  say(model, {
    atNs: seconds(4),
    type: 'gap',
    target: 'one',
    fromNs: seconds(1.2),
    toNs: seconds(4),
    reason: 'suspended',
  });
  happen(model, seconds(5), reading(seconds(5), { totalAlloc: bytes(900) }));
  const live = [...model.heap.live.bins(seconds(0), seconds(1), 6).max].map((value) => value / 2 ** 20);
  assert.deepEqual(live, [Number.NaN, 30, Number.NaN, Number.NaN, Number.NaN, 30]);
  assert.equal(model.work.allocBytes.mean(seconds(0), seconds(9)), undefined);
  assert.equal(model.running, undefined);
  assert.deepEqual(model.gaps, [
    { fromNs: seconds(1.2), toNs: seconds(4), lost: undefined, reason: 'suspended' },
  ]);
  assert.equal(model.journal.newest(1)[0]?.type, 'gap');
});

test("a stop that is not the collector's is a line of the log; its own come with their cycle", () => {
  const model = watchingModel();
  const pause = { kind: 'pause' as const, atNs: seconds(1), durationNs: micros(38) };
  happen(model, seconds(1), { ...pause, reason: 'read-mem-stats' }, { ...pause, reason: 'mark-termination' });
  assert.equal(model.stops.length, 1);
  assert.deepEqual(model.journal.newest(1), [
    {
      atNs: seconds(1),
      type: 'stop',
      reason: 'read-mem-stats',
      durationNs: micros(38),
      stoppingNs: undefined,
    },
  ]);
});

const remarkOf = (model: Model) => {
  const [entry] = model.journal.newest(1);
  return entry?.type === 'cycle' ? entry.remark : entry?.type;
};

test('a cycle has a line of its own for assists, for a heap past its goal, and when it is not whole', () => {
  const idle = durationNs(0);
  const cpu = { sweepTermNs: idle, dedicatedNs: idle, fractionalNs: idle, idleNs: idle, markTermNs: idle };
  for (const [change, remark] of [
    [{ cpu: { ...cpu, assistNs: millis(10) } }, undefined],
    [{ cpu: { ...cpu, assistNs: millis(10.1) } }, 'assist'],
    [{ heapAtEnd: mebibytes(49) }, undefined],
    [{ heapAtEnd: mebibytes(50) }, 'past-goal'],
    [{ heapAtEnd: mebibytes(50), heapGoal: 'none' as const }, undefined],
    [{ evidence: 'partial' as const }, 'partial'],
  ] as const) {
    const model = watchingModel();
    happen(model, seconds(1.1), cycleEvent(wholeCycle(1, seconds(1), change)));
    assert.equal(remarkOf(model), remark, JSON.stringify(change));
  }
});

test('a longest stop is news only beside enough others of the last 60 s', () => {
  const model = watchingModel();
  const long = (number: number, at: number, ms: number) => {
    const markAtNs = nanos(seconds(at) + millis(ms));
    happen(model, seconds(at + 0.1), cycleEvent(wholeCycle(number, seconds(at), { markAtNs })));
    return remarkOf(model);
  };
  assert.equal(long(1, 1, 0.5), undefined, 'the first is always the longest');
  for (let number = 2; number <= 12; number++) {
    happen(model, seconds(number * 2 + 0.1), cycleEvent(wholeCycle(number, seconds(number * 2))));
  }
  assert.equal(long(13, 30, 0.4), undefined);
  assert.equal(long(14, 40, 0.7), 'longest-stop');
  assert.equal(long(15, 63, 0.6), undefined);
});

test('a note goes by the first word of its code, an error to the footer for 8 s', () => {
  const model = watchingModel();
  say(model, { atNs: seconds(1), type: 'note', level: 'error', code: 'forward.lost', text: 'lost' });
  say(model, { atNs: seconds(2), type: 'note', level: 'info', code: 'weather.rain', text: 'wet' });
  const kinds = model.journal.newest(2).map((entry) => (entry.type === 'note' ? entry.kind : entry.type));
  assert.deepEqual(kinds, ['forward', 'note']);
  assert.deepEqual(model.screen.toast, { text: 'lost', untilNs: seconds(9) });
  update(model, { type: 'tick', nowNs: seconds(8.9) });
  assert.equal(model.screen.toast?.text, 'lost');
  update(model, { type: 'tick', nowNs: seconds(9) });
  assert.equal(model.screen.toast, undefined);
});

test('a probe has a line when its state changes, not with every hit', () => {
  const model = watchingModel();
  const probe = { type: 'probe' as const, target: 'one', probe: 'cycle', attempt: 1 };
  say(model, { atNs: seconds(1), ...probe, state: 'running', hits: 1 });
  say(model, { atNs: seconds(2), ...probe, state: 'running', hits: 2 });
  say(model, { atNs: seconds(3), ...probe, state: 'failed', detail: 'gone' });
  assert.deepEqual(entryTypes(model), ['note', 'probe', 'probe']);
  assert.deepEqual(model.probes.get('cycle'), {
    state: 'failed',
    sinceNs: seconds(3),
    attempt: 1,
    nextTryAtNs: undefined,
    hits: undefined,
    countedAtNs: undefined,
    countedHits: 0,
    wholeSinceNs: undefined,
    hitsPerSecond: undefined,
    costNs: undefined,
    detail: 'gone',
  });
});

test('single calls fill the rates only where memory is not read', () => {
  const alloc = {
    kind: 'alloc' as const,
    calls: 1,
    pages: pages(2),
    atNs: seconds(1),
    durationNs: seconds(1),
  };
  const local = watchingModel();
  happen(local, seconds(2), alloc);
  assert.equal(local.work.allocBytes.latestNs, undefined);
  const pixie = emptyModel();
  const { capabilities } = targetMessage();
  say(pixie, targetMessage({ capabilities: { ...capabilities, heap: false } }));
  happen(pixie, seconds(2), alloc);
  assert.deepEqual([...pixie.work.allocBytes.bins(seconds(1), seconds(1), 1)], [16_384]);
});

test('the wall clock comes with the header, the state with the target', () => {
  const model = emptyModel();
  say(model, { atNs: seconds(0), type: 'opened', format: 1, originUnixMs: 1.7e12 });
  assert.deepEqual([model.originUnixMs, model.state.kind], [1.7e12, 'opening']);
  say(model, targetMessage());
  assert.equal(model.state.kind, 'live');
  const replay = emptyModel({ state: { kind: 'replay', speed: 1, lengthNs: seconds(9) } });
  say(replay, targetMessage());
  assert.equal(replay.state.kind, 'replay');
});

test('of the cycles that end past their goal only the furthest of a minute has a line of its own', () => {
  const model = watchingModel();
  const past = (number: number, at: number, heapAtEnd: number) =>
    happen(
      model,
      seconds(at + 0.1),
      cycleEvent(wholeCycle(number, seconds(at), { heapAtEnd: mebibytes(heapAtEnd) })),
    );
  past(1, 1, 55);
  past(2, 1.2, 52);
  past(3, 1.4, 54);
  past(4, 1.6, 60);
  past(5, 70, 51);
  const remarks = model.journal
    .newest(10)
    .map((entry) => (entry.type === 'cycle' ? entry.remark : entry.type));
  assert.deepEqual(remarks.slice(1), ['past-goal', 'cycles', 'past-goal', 'past-goal']);
});

test('where memory is all that is read, a cycle that is not whole is folded with the others', () => {
  const model = watchingModel();
  const { capabilities } = targetMessage();
  say(model, targetMessage({ capabilities: { ...capabilities, everyCycleWhole: false } }));
  for (const number of [1, 2, 3]) {
    const evidence = number === 2 ? 'partial' : 'exact';
    happen(
      model,
      seconds(number / 4 + 0.1),
      cycleEvent(wholeCycle(number, seconds(number / 4), { evidence })),
    );
  }
  const [entry] = model.journal.newest(1);
  assert.ok(entry?.type === 'cycles');
  assert.deepEqual([entry.alike.count, entry.alike.partial], [3, 1]);
});
