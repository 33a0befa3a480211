import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nanos } from '../../../../src/gc/units.js';
import { RowAssembler } from '../../../../src/sources/pixie/rows/assemble.js';
import type { CallRow } from '../../../../src/sources/pixie/rows/rows.js';
import {
  assemble,
  call,
  cycleCalls,
  cyclesIn,
  eventsIn,
  eventsOf,
  gapsIn,
  laterProbes,
} from '../../../helpers/pixie-calls.js';

/** Rows of a cycle by their places in `cycleCalls`. */
const [stopOne, startOne, gcStart, stopTwo, gcSweep, commit, pace, startTwo, gcMarkTermination] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];
const lacking = (rows: readonly CallRow[], ...lost: readonly number[]): readonly CallRow[] =>
  rows.filter((_, place) => !lost.includes(place));

test('a stop and a start of different goroutines are no pair', () => {
  const rows = [
    call('stopTheWorldWithSema', [0, 10]),
    call('startTheWorldWithSema', [900, 910], { goid: 19 }),
  ];
  assert.deepEqual(eventsOf(assemble(rows), 'pause'), []);
});

test('a gcStart that began while the world allegedly stood still shows that the stop was over', () => {
  const rows = [
    ...lacking(cycleCalls(0), gcSweep, commit, pace, startTwo, gcMarkTermination),
    ...lacking(cycleCalls(1e9), stopOne),
  ];
  const told = eventsOf(assemble(rows), 'pause').map(({ atNs, durationNs }) => [atNs, durationNs]);
  assert.deepEqual(told, [
    [10_000, 90_000],
    [1e9 + 800_000, 95_000],
  ]);
});

test('the begin of a cycle whose end was lost is not taken for that of the next one', () => {
  const lostEnds = [
    lacking(cycleCalls(0), startTwo, gcMarkTermination),
    lacking(cycleCalls(0), stopTwo, startTwo, gcMarkTermination),
  ];
  const lostBegins = [
    lacking(cycleCalls(1e9), stopOne, startOne, gcStart),
    lacking(cycleCalls(1e9), stopOne, startOne, gcStart, stopTwo, startTwo),
  ];
  const between = call('gcAssistAlloc1', [2e6, 3e6], { values: [64_000], goid: 33 });
  for (const end of lostEnds) {
    for (const begin of lostBegins) {
      const cycles = cyclesIn(assemble([...end, between, ...begin]));
      assert.deepEqual(
        cycles.map(({ sweepTermAtNs, evidence }) => [sweepTermAtNs, evidence]),
        [[undefined, 'partial']],
      );
    }
  }
});

test('a cycle of whose end nothing is left is told as a gap when the next one begins', () => {
  const unfinished = lacking(cycleCalls(1e9), stopTwo, gcSweep, commit, pace, startTwo, gcMarkTermination);
  const chapters = assemble([...cycleCalls(0), ...unfinished, ...cycleCalls(2e9)]);
  assert.equal(cyclesIn(chapters).length, 2);
  assert.deepEqual(gapsIn(chapters), [
    { type: 'gap', fromNs: 1e9 + 10_000, toNs: 2e9 + 10_000, reason: 'a cycle was not seen whole' },
  ]);
});

test('a wait that tells a lower number than is known changes nothing, and no number is told twice', () => {
  const forcedAt = (atNs: number, n: number) => [
    call('gcWaitOnMark', [atNs - 3_000, atNs - 1_000], { values: [n] }),
    ...cycleCalls(atNs),
  ];
  const numbersOf = (rows: readonly CallRow[]) => cyclesIn(assemble(rows)).map(({ number }) => number);
  assert.deepEqual(numbersOf([...forcedAt(0, 6), ...forcedAt(5e9, 3)]), [7, 8]);
  const unseen = lacking(cycleCalls(2e9), gcStart);
  assert.deepEqual(numbersOf([...forcedAt(0, 6), ...unseen, ...forcedAt(5e9, 3)]), [7, undefined, undefined]);
});

test('a cycle whose begin was lost takes away the number that was known before it', () => {
  const wait = call('gcWaitOnMark', [-3_000, -1_000], { values: [0], goid: 77 });
  const rows = [wait, ...lacking(cycleCalls(0), stopOne, startOne), ...cycleCalls(1e9)];
  const numbers = cyclesIn(assemble(rows)).map(({ number }) => number);
  assert.deepEqual(numbers, [undefined, undefined]);
  const endless = lacking(cycleCalls(0), stopOne, startOne, startTwo, gcMarkTermination);
  assert.equal(cyclesIn(assemble([wait, ...endless, ...cycleCalls(1e9)])).at(-1)?.number, undefined);
});

test('calls that return in the same instant go from the inner to the outer one', () => {
  const rows = cycleCalls(0).map((row) =>
    row.probe === 'gcStart' ? { ...row, atNs: 100_000, latencyNs: 100_000 } : row,
  );
  assert.equal(cyclesIn(assemble(rows.reverse()))[0]?.evidence, 'derived');
});

test('a call that returns in the very instant in which the world stops takes no stop away', () => {
  const rival = call('gcStart', [20_000, 30_000], { goid: 40 });
  assert.equal(eventsOf(assemble([...cycleCalls(0), rival]), 'pause').length, 2);
});

test('what is decided between two rows is told in the order of its time, wherever a poll ended', () => {
  const rows = [
    call('stopTheWorldWithSema', [0, 1_000]),
    call('startTheWorldWithSema', [2_000, 5_000]),
    call('allocSpan', [1e9 - 100, 1e9 + 100], { values: [1] }),
    call('allocSpan', [3e9, 3e9 + 1], { values: [1] }),
  ];
  const inSteps = new RowAssembler({ probes: laterProbes, toSessionNs: nanos });
  inSteps.add(rows.map((row) => ({ probe: row.probe, rows: [row], lastNs: row.atNs })));
  const told = [1.002e9, 1.006e9, 2e9, 4e9].flatMap((untilNs) => inSteps.settle(untilNs));
  assert.deepEqual(eventsIn([...told, ...inSteps.end()]), eventsIn(assemble(rows)));
});
