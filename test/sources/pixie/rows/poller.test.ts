import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ProbeName } from '../../../../src/gc/probe.js';
import { overlapNs, Poller } from '../../../../src/sources/pixie/rows/poller.js';
import type { CallRow } from '../../../../src/sources/pixie/rows/rows.js';
import { clockTable, processOne, tableOf } from '../../../helpers/pixie-story.js';
import { NodeTables, sinceUnixNs } from '../../../helpers/pixie-tables.js';

const probe: ProbeName = 'allocSpan';

const alloc = (atNs: number, pages = 1, goid = 7): CallRow => ({
  probe,
  atNs,
  latencyNs: 300,
  goid,
  process: processOne,
  values: [pages],
});

function answer(rows: readonly CallRow[], nowNs: number) {
  return [tableOf(probe, rows, sinceUnixNs), clockTable(sinceUnixNs + BigInt(nowNs))];
}

const startNs = (poller: Poller): number => Number(poller.startUnixNs(probe) - sinceUnixNs);
const timesOf = (rows: readonly CallRow[] | undefined): readonly number[] | undefined =>
  rows?.map(({ atNs }) => atNs);

test('the first question asks from the begin of the watch, later ones from an overlap before the newest row', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 100 });
  assert.equal(poller.startUnixNs(probe), sinceUnixNs);
  poller.learn(answer([alloc(1e9)], 2e9));
  assert.equal(poller.startUnixNs(probe), sinceUnixNs, 'never before the watch began');
  poller.learn(answer([alloc(9e9)], 10e9));
  assert.equal(startNs(poller), 9e9 - overlapNs);
});

test('rows from before the watch began, or before what was asked for, are left out', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 100 });
  assert.deepEqual(timesOf(poller.learn(answer([alloc(-5), alloc(9e9)], 10e9)).fresh[0]?.rows), [9e9]);
  assert.deepEqual(timesOf(poller.learn(answer([alloc(6e9), alloc(9.5e9)], 11e9)).fresh[0]?.rows), [9.5e9]);
});

test('a row is new unless one that is the same in everything was read before', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 100 });
  poller.learn(answer([alloc(1e9), alloc(1e9 + 5)], 2e9));
  const rows = [alloc(1e9), alloc(1e9, 2), alloc(1e9, 1, 8), alloc(1e9 + 3), alloc(1e9 + 3), alloc(1e9 + 5)];
  assert.deepEqual(poller.learn(answer(rows, 3e9)).fresh[0]?.rows, [
    alloc(1e9, 2),
    alloc(1e9, 1, 8),
    alloc(1e9 + 3),
  ]);
  assert.deepEqual(poller.learn(answer(rows, 4e9)).fresh[0]?.rows, []);
});

test('a full answer is asked for again at once, from its last row on, and holds back what is settled', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 3 });
  const full = poller.learn(answer([alloc(1e9), alloc(2e9), alloc(3e9)], 20e9));
  assert.deepEqual(full.again, [probe]);
  assert.equal(startNs(poller), 3e9);
  assert.equal(full.settledNs, 3e9 - 1);
  const rest = poller.learn(answer([alloc(3e9), alloc(4e9)], 20e9));
  assert.deepEqual([rest.again, timesOf(rest.fresh[0]?.rows), rest.settledNs], [[], [4e9], 20e9 - overlapNs]);
});

test('a full answer whose last row is not its newest goes on from the last', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 3 });
  poller.learn(answer([alloc(1e9), alloc(3e9), alloc(2e9)], 20e9));
  assert.equal(startNs(poller), 2e9);
});

test('an answer full of rows of one instant does not stop the reading, and tells a gap', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 2 });
  poller.learn(answer([alloc(1e9), alloc(2e9, 1)], 9e9));
  const stuck = poller.learn(answer([alloc(2e9, 1), alloc(2e9, 2)], 9e9));
  assert.deepEqual(stuck.gaps, [
    { probe, fromNs: 2e9, toNs: 2e9 + 1, reason: 'more calls in one instant than an answer holds' },
  ]);
  assert.equal(startNs(poller), 2e9 + 1);
});

test('a table that fills faster than it can be read gives up its oldest rows, and says so', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 2 });
  const news = poller.learn(answer([alloc(1e9), alloc(2e9)], 60e9));
  assert.deepEqual(news.gaps, [
    { probe, fromNs: 2e9, toNs: 60e9 - overlapNs, reason: 'more calls than could be read' },
  ]);
  assert.equal(startNs(poller), 60e9 - overlapNs);
});

test('a clock that was set back takes the question back with it', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 100 });
  poller.learn(answer([alloc(100e9)], 101e9));
  poller.learn(answer([], 41e9));
  assert.equal(startNs(poller), 41e9 - overlapNs);
  assert.deepEqual(timesOf(poller.learn(answer([alloc(40e9)], 42e9)).fresh[0]?.rows), [40e9]);
});

test('a table that is no longer watched holds nothing back', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 2 });
  poller.learn(answer([alloc(1e9), alloc(2e9)], 9e9));
  poller.watch([]);
  assert.equal(poller.learn([clockTable(sinceUnixNs + 10_000_000_000n)]).settledNs, 10e9 - overlapNs);
});

test('a table that stays unread holds the others back for half a minute, no longer', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 100 });
  poller.learn(answer([alloc(1e9)], 2e9));
  const settledAt = (nowNs: number) => poller.learn([clockTable(sinceUnixNs + BigInt(nowNs))]).settledNs;
  assert.equal(settledAt(20e9), 2e9 - overlapNs);
  assert.equal(settledAt(90e9), 60e9);
});

test('without a clock the newest row tells how late it is', () => {
  const poller = new Poller({ sinceUnixNs, rowCap: 100 });
  const news = poller.learn([tableOf(probe, [alloc(8e9)], sinceUnixNs)]);
  assert.deepEqual([news.nodeNowNs, news.newestNs, news.settledNs], [undefined, 8e9, 8e9 - overlapNs]);
});

test('every row is read once, whatever the lateness, the polls and the cap', () => {
  const someRows = fc.array(fc.tuple(fc.integer({ min: 0, max: 30e9 }), fc.nat({ max: 3 })), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(
      someRows,
      fc.array(fc.integer({ min: 10e6, max: 5e9 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 0, max: 2.4e9 }), { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 2, max: 60 }),
      (pairs, pollsNs, delays, rowCap) => {
        const unique = new Map(pairs.map(([atNs, pages]) => [atNs, alloc(atNs, pages)]));
        const rows = [...unique.values()];
        const tables = new NodeTables(rows, { delayNs: (i) => delays[i % delays.length] ?? 0, rowCap });
        const poller = new Poller({ sinceUnixNs, rowCap });
        const read: CallRow[] = [];
        let nowNs = 0;
        let settledNs = Number.NEGATIVE_INFINITY;
        for (let i = 0; nowNs < 40e9; i++) {
          nowNs += pollsNs[i % pollsNs.length] ?? 1e9;
          for (const { fresh, ...news } of tables.poll(poller, nowNs)) {
            const came = fresh.flatMap((table) => table.rows);
            assert.ok(
              came.every(({ atNs }) => atNs > settledNs),
              'a row came after its time was settled',
            );
            settledNs = Math.max(settledNs, news.settledNs);
            read.push(...came);
          }
        }
        const inOrder = (a: CallRow, b: CallRow): number => a.atNs - b.atNs;
        assert.deepEqual(read.sort(inOrder), rows.sort(inOrder));
      },
    ),
    { numRuns: 200 },
  );
});
