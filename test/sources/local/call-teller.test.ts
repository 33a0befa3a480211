import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcEvent } from '../../../src/gc/event.js';
import type { ProbeName } from '../../../src/gc/probe.js';
import { CallTeller, callsPerSecond, type SeenCall } from '../../../src/sources/local/call-teller.js';

const call = (probe: ProbeName, atNs: number, rest: Partial<SeenCall> = {}): SeenCall => ({
  probe,
  atNs,
  goid: 7,
  args: {},
  results: {},
  ...rest,
});

const many = (length: number, make: (i: number) => SeenCall): readonly SeenCall[] =>
  Array.from({ length }, (_, i) => make(i));

const ofKind = <Kind extends GcEvent['kind']>(events: readonly GcEvent[], kind: Kind) =>
  events.filter((event): event is Extract<GcEvent, { kind: Kind }> => event.kind === kind);

test('a call is told with what was read, and with nothing where nothing was', () => {
  const told = new CallTeller().tell(
    [
      call('gcStart', 10, { durationNs: 25, args: { now: 0, n: 3 } }),
      call('gcSweep', 40, { goid: 0 }),
      call('GC', 50, { goid: undefined }),
    ],
    100,
  );
  assert.deepEqual(told, [
    { kind: 'call', probe: 'gcStart', atNs: 10, durationNs: 25, args: { now: 0, n: 3 }, goid: 7 },
    { kind: 'call', probe: 'gcSweep', atNs: 40, args: {} },
    { kind: 'call', probe: 'GC', atNs: 50, args: {} },
  ]);
});

test('a result of all ones is no amount, neither of a call, nor in a sum, nor of work', () => {
  const none = call('sweepone', 10, { durationNs: 5, results: { npages: -1 } });
  const some = call('sweepone', 20, { durationNs: 9, results: { npages: 4 } });
  const [first, second] = ofKind(new CallTeller().tell([none, some], 100), 'call');
  assert.equal(first && 'result' in first, false);
  assert.equal(second?.result, 4);

  const calls = many(callsPerSecond * 2, (i) => ({ ...(i % 2 ? none : some), atNs: i }));
  const told = new CallTeller().tell(calls, 5_000);
  assert.deepEqual(
    ofKind(told, 'calls').map(({ result }) => result),
    [4 * callsPerSecond],
  );
  assert.deepEqual(
    ofKind(told, 'sweep').map(({ pages }) => pages),
    [4 * callsPerSecond],
  );

  const fruitless = many(callsPerSecond * 2, (i) => ({ ...none, atNs: i }));
  const [sum] = ofKind(new CallTeller().tell(fruitless, 5_000), 'calls');
  assert.equal(sum && 'result' in sum, false);
});

test('what is more than the rate is added up: arguments, results, the longest, and the stretch', () => {
  const calls = many(2500, (i) =>
    call('gcDrainN', 1_000 + i, {
      durationNs: i === 1200 ? 900 : 30,
      args: { scanWorkRequested: 10 },
      results: { scanWorkPerformed: 3 },
    }),
  );
  assert.deepEqual(ofKind(new CallTeller().tell(calls, 10_000), 'calls'), [
    {
      kind: 'calls',
      probe: 'gcDrainN',
      atNs: 1_000,
      durationNs: 2_499,
      calls: 2500,
      args: { scanWorkRequested: 25_000 },
      result: 7_500,
      longestNs: 900,
    },
  ]);
});

test('calls of which only the entry was seen have no longest, and tell work where the argument does', () => {
  const calls = many(2500, (i) => call('allocSpan', i, { args: { npages: 2 } }));
  const told = new CallTeller().tell(calls, 10_000);
  assert.equal('longestNs' in (ofKind(told, 'calls')[0] ?? {}), false);
  assert.deepEqual(ofKind(told, 'alloc'), [
    { kind: 'alloc', atNs: 0, durationNs: 2_499, calls: 2500, pages: 5_000 },
  ]);
});

test('work is told of what was done, and where the results were not seen it is not', () => {
  const told = new CallTeller().tell(
    [
      call('gcAssistAlloc1', 1, { args: { scanWork: 65_536 } }),
      call('gcAssistAlloc1', 3, { args: { scanWork: 1_000 } }),
      call('gcDrainN', 4, {
        durationNs: 2,
        args: { scanWorkRequested: 9 },
        results: { scanWorkPerformed: 8 },
      }),
      call('sweepone', 5),
    ],
    100,
  );
  assert.deepEqual(ofKind(told, 'assist'), [
    { kind: 'assist', atNs: 1, durationNs: 2, calls: 2, work: 66_536 },
  ]);
  assert.deepEqual(ofKind(told, 'mark'), [{ kind: 'mark', atNs: 4, durationNs: 0, calls: 1, work: 8 }]);
  assert.deepEqual(ofKind(told, 'sweep'), []);
});

test('over any stretch no more rows are told than the rate, but for one second that was saved up', () => {
  for (const perTick of [5, 49, 51, 99, 400, 3000]) {
    const teller = new CallTeller();
    let [rows, calls] = [0, 0];
    for (let tick = 1; tick <= 200; tick++) {
      const nowNs = tick * 50e6;
      const told = teller.tell(
        many(perTick, (i) => call('allocSpan', nowNs - 1000 + (i % 1000), { args: { npages: 1 } })),
        nowNs,
      );
      rows += ofKind(told, 'call').length + ofKind(told, 'calls').length;
      calls += ofKind(told, 'call').length + ofKind(told, 'calls').reduce((sum, each) => sum + each.calls, 0);
    }
    assert.equal(calls, 200 * perTick);
    assert.ok(rows <= callsPerSecond * 11, `${rows} rows in 10 s of ${perTick * 20} calls/s`);
    if (perTick < 50) assert.equal(rows, calls, 'calls below the rate were added up');
  }
});

test('those that run rarely are never added up because of the frequent ones', () => {
  const teller = new CallTeller();
  for (let tick = 1; tick <= 100; tick++) {
    const nowNs = tick * 50e6;
    const calls = [
      ...many(20_000, (i) => call('allocSpan', nowNs - 30_000 + i, { args: { npages: 1 } })),
      ...many(3_000, (i) => call('sweepone', nowNs - 30_000 + i)),
      call('GC', nowNs - 40),
      call('gcWaitOnMark', nowNs - 30),
      call('gcWaitOnMark', nowNs - 20),
      call('gcStart', nowNs - 10),
      // As many of the others as use up what there is for all.
      ...many(60, (i) => call('gcDrainN', nowNs - 60_000 + i, { args: { scanWorkRequested: 1 } })),
    ];
    const told = teller.tell(calls, nowNs);
    assert.deepEqual(
      ofKind(told, 'call')
        .filter(({ probe }) => !['allocSpan', 'sweepone', 'gcDrainN'].includes(probe))
        .map(({ probe }) => probe),
      ['GC', 'gcWaitOnMark', 'gcWaitOnMark', 'gcStart'],
    );
    const times = told.map((event) => (event.kind === 'cycle' ? Number.NaN : event.atNs));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  }
});

test('as many calls at once as the kernel has room for on a large machine are added up', () => {
  const calls = many(900_000, (i) => call('allocSpan', i, { args: { npages: 1 } }));
  const told = new CallTeller().tell(calls, 1e9);
  assert.deepEqual(
    ofKind(told, 'calls').map((each) => each.calls),
    [900_000],
  );
});

test('numbers of cycles and sizes of the heap are not added up, and no sum leaves the safe numbers', () => {
  const waits = many(2500, (i) => call('gcWaitOnMark', i, { args: { n: 7 } }));
  assert.deepEqual(
    ofKind(new CallTeller().tell(waits, 10_000), 'calls').map(({ args }) => args),
    [{}],
  );
  const mad = many(3, (i) => call('gcAssistAlloc1', i, { args: { scanWork: Number.MAX_SAFE_INTEGER } }));
  assert.deepEqual(
    ofKind(new CallTeller().tell(mad, 100), 'assist').map(({ work }) => work),
    [Number.MAX_SAFE_INTEGER],
  );
});
