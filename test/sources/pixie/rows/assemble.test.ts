import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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

const newAssembler = () => new RowAssembler({ probes: laterProbes, toSessionNs: nanos });
const tablesOf = (rows: readonly CallRow[]) =>
  rows.map((row) => ({ probe: row.probe, rows: [row], lastNs: row.atNs }));

describe('the work', () => {
  const allocs = (count: number, stepNs: number): CallRow[] =>
    Array.from({ length: count }, (_, i) =>
      call('allocSpan', [i * stepNs, i * stepNs + 100], { values: [2] }),
    );

  test('is told call by call where calls are few', () => {
    assert.deepEqual(eventsOf(assemble(allocs(2, 1_000)), 'alloc'), [
      { kind: 'alloc', calls: 1, pages: 2, atNs: 0, durationNs: 100 },
      { kind: 'alloc', calls: 1, pages: 2, atNs: 1_000, durationNs: 100 },
    ]);
  });

  test('is summed over 10 ms where they are many', () => {
    assert.deepEqual(eventsOf(assemble(allocs(50, 250_000)), 'alloc'), [
      { kind: 'alloc', calls: 40, pages: 80, atNs: 0, durationNs: 10e6 },
      { kind: 'alloc', calls: 10, pages: 20, atNs: 10e6, durationNs: 10e6 },
    ]);
  });

  test('of a sweepone that found nothing left is a call that swept no page', () => {
    const chapters = assemble([call('sweepone', [0, 50], { values: [-1] })]);
    assert.deepEqual(eventsOf(chapters, 'sweep'), [
      { kind: 'sweep', calls: 1, pages: 0, atNs: 0, durationNs: 50 },
    ]);
    assert.deepEqual(eventsOf(chapters, 'call'), [
      { kind: 'call', probe: 'sweepone', args: {}, goid: 18, atNs: 0, durationNs: 50 },
    ]);
  });

  test('is also told as calls for the log, up to a thousand a second', () => {
    const chapters = assemble([...allocs(3_000, 300_000), ...allocs(5, 1e6).map(shiftedBy(1e9))]);
    const calls = eventsOf(chapters, 'call');
    assert.equal(calls.length, 1005);
    assert.deepEqual(calls[0], {
      kind: 'call',
      probe: 'allocSpan',
      args: { npages: 2 },
      goid: 18,
      atNs: 0,
      durationNs: 100,
    });
    assert.equal(
      eventsOf(chapters, 'alloc').reduce((sum, event) => sum + event.calls, 0),
      3_005,
    );
  });

  test('of marking and assists is what was performed', () => {
    const chapters = assemble([
      call('gcDrainN', [10, 60], { values: [64_000, 65_536], goid: -1 }),
      call('gcAssistAlloc1', [0, 70], { values: [64_000], goid: -1 }),
    ]);
    assert.deepEqual(eventsOf(chapters, 'mark'), [
      { kind: 'mark', calls: 1, work: 65_536, atNs: 10, durationNs: 50 },
    ]);
    assert.deepEqual(eventsOf(chapters, 'assist'), [
      { kind: 'assist', calls: 1, work: 64_000, atNs: 0, durationNs: 70 },
    ]);
    assert.deepEqual(eventsOf(chapters, 'call')[0], {
      kind: 'call',
      probe: 'gcDrainN',
      args: { scanWorkRequested: 64_000 },
      result: 65_536,
      atNs: 10,
      durationNs: 50,
    });
  });
});

const shiftedBy =
  (ns: number) =>
  (row: CallRow): CallRow => ({ ...row, atNs: row.atNs + ns });

describe('the pace', () => {
  test('is a ratio in Go 1.16, never below 0', () => {
    const set = (ratio: number, atNs: number) =>
      call('gcSetTriggerRatio', [atNs, atNs + 10], { values: [ratio] });
    assert.deepEqual(
      eventsOf(assemble([set(0.875, 0), set(-0.5, 100)], { probes: ['gcSetTriggerRatio'] }), 'pace'),
      [
        { kind: 'pace', triggerRatio: 0.875, atNs: 0, durationNs: 10 },
        { kind: 'pace', triggerRatio: 0, atNs: 100, durationNs: 10 },
      ],
    );
  });

  const commit = (marked: number, atNs: number) =>
    call('commit', [atNs, atNs + 10], { values: [marked, 9_000] });
  const paced = (trigger: number, atNs: number) =>
    call('gcPaceSweeper', [atNs, atNs + 10], { values: [trigger] });

  test('is the trigger in bytes and its ratio to what the commit before it says was marked', () => {
    assert.deepEqual(eventsOf(assemble([commit(4_000, 0), paced(7_000, 11)]), 'pace'), [
      { kind: 'pace', markedBytes: 4_000, triggerBytes: 7_000, triggerRatio: 0.75, atNs: 11, durationNs: 10 },
    ]);
  });

  test('has no ratio where its commit was lost, and no trigger where GOGC is off', () => {
    assert.deepEqual(
      eventsOf(
        assemble([commit(4_000, 0), paced(7_000, 11), paced(8_000, 99), commit(5, 200), paced(-1, 211)]),
        'pace',
      ).slice(1),
      [
        { kind: 'pace', triggerBytes: 8_000, atNs: 99, durationNs: 10 },
        { kind: 'pace', markedBytes: 5, atNs: 211, durationNs: 10 },
      ],
    );
  });

  test('is what was marked alone where the trigger is not probed', () => {
    assert.deepEqual(eventsOf(assemble([commit(4_000, 0)], { probes: ['commit'] }), 'pace'), [
      { kind: 'pace', markedBytes: 4_000, atNs: 0, durationNs: 10 },
    ]);
  });
});

describe('processes', () => {
  test('that take over from one another are told one after the other, each with what is its own', () => {
    const rows = [
      ...cycleCalls(0, { process: 'one' }),
      ...cycleCalls(1e9, { process: 'two' }),
      ...cycleCalls(3e9, { process: 'two' }),
    ];
    const chapters = assemble(rows);
    assert.deepEqual(
      chapters.map((chapter) => [chapter.process, cyclesIn([chapter]).map(({ endAtNs }) => endAtNs)]),
      [
        ['one', [895_000]],
        ['two', [1e9 + 895_000, 3e9 + 895_000]],
      ],
    );
  });

  test('that only look in beside the watched one, as a health check does, are left out', () => {
    const assembler = newAssembler();
    const check = [call('allocSpan', [5e8, 5e8 + 10], { process: 'check', values: [1] })];
    assembler.add(tablesOf([...cycleCalls(0), ...check, ...cycleCalls(1e9)]));
    const chapters = assembler.end();
    assert.deepEqual(
      chapters.map(({ process }) => process),
      ['one'],
    );
    assert.equal(cyclesIn(chapters).length, 2);
    assert.deepEqual(assembler.leftOut, { absurd: 0, foreign: 1, late: 0 });
  });

  test('are one where the tables do not tell them', () => {
    const chapters = assemble(cycleCalls(0, { process: '' }));
    assert.deepEqual([chapters.length, cyclesIn(chapters).length], [1, 1]);
  });
});

describe('rows that cannot be', () => {
  test('are left out and counted: too long, of negative length, or of none that is known', () => {
    const assembler = new RowAssembler({ probes: laterProbes, toSessionNs: nanos });
    const odd = [
      call('stopTheWorldWithSema', [500, 400]),
      call('GC', [-4e12, 500]),
      call('GC', [Number.NaN, 500]),
    ];
    assembler.add(tablesOf([...odd, call('GC', [-500, 500])]));
    assert.equal(eventsIn(assembler.end()).length, 1);
    assert.equal(assembler.leftOut.absurd, 3);
  });

  test('are no stops: one that reaches back into a time when the world ran', () => {
    const rows = cycleCalls(0);
    const late = call('stopTheWorldWithSema', [500_000, 1_500_000]);
    const chapters = assemble([...rows, late, call('startTheWorldWithSema', [1_600_000, 1_700_000])]);
    assert.equal(eventsOf(chapters, 'pause').length, 2);
    assert.equal(gapsIn(chapters).length, 1);
  });
});

describe('settling', () => {
  test('holds back what is newer than the time that is settled', () => {
    const assembler = newAssembler();
    assembler.add(tablesOf([...cycleCalls(0), ...cycleCalls(1e9)]));
    assert.equal(cyclesIn(assembler.settle(5e8)).length, 1);
    assert.equal(cyclesIn(assembler.settle(9e8)).length, 0);
    assert.equal(cyclesIn(assembler.settle(2e9)).length, 1);
  });

  test('tells a call of the collector that comes too late as a gap, and sums a late one of the memory', () => {
    const assembler = newAssembler();
    assembler.settle(5e9);
    assembler.add(tablesOf([...cycleCalls(0).slice(0, 1), call('allocSpan', [10, 20], { values: [3] })]));
    const chapters = assembler.settle(6e9);
    assert.equal(assembler.leftOut.late, 1);
    assert.equal(gapsIn(chapters)[0]?.reason, 'a call of the collector came too late');
    assert.deepEqual(
      eventsOf(chapters, 'alloc').map(({ pages }) => pages),
      [3],
    );
  });

  test('cuts a cycle where rows of the collector could not be read, and not where others could not', () => {
    const evidenceWith = (probe: 'gcStart' | 'allocSpan') => {
      const assembler = newAssembler();
      assembler.lose({ probe, fromNs: 300_000, toNs: 400_000, reason: 'more calls than could be read' });
      assembler.add(tablesOf([...cycleCalls(0), ...cycleCalls(1e9)]));
      const chapters = assembler.end();
      assert.deepEqual(gapsIn(chapters), [
        { type: 'gap', fromNs: 300_000, toNs: 400_000, reason: 'more calls than could be read' },
      ]);
      return cyclesIn(chapters).map(({ evidence }) => evidence);
    };
    assert.deepEqual(evidenceWith('gcStart'), ['partial', 'derived']);
    assert.deepEqual(evidenceWith('allocSpan'), ['derived', 'derived']);
  });

  test('begins again where the clock was set back, without cycles that overlap', () => {
    const assembler = newAssembler();
    assembler.add(tablesOf(cycleCalls(100e9)));
    const before = assembler.settle(102e9);
    assembler.cut({ fromNs: 102e9, toNs: 102e9, reason: 'the clock of the node was set' });
    assembler.add(tablesOf(cycleCalls(50e9)));
    const cycles = cyclesIn([...before, ...assembler.settle(60e9)]);
    assert.equal(assembler.leftOut.late, 0);
    assert.ok((cycles[1]?.sweepTermAtNs ?? 0) >= (cycles[0]?.endAtNs ?? Number.POSITIVE_INFINITY));
    assert.equal(cycles[1]?.pauseNs, cycles[0]?.pauseNs);
  });
});
