import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProbeName } from '../../../../src/gc/probe.js';
import type { CallRow } from '../../../../src/sources/pixie/rows/rows.js';
import {
  assemble,
  call,
  cycleCalls,
  cyclesIn,
  eventsOf,
  gapsIn,
  laterProbes,
} from '../../../helpers/pixie-calls.js';

const without = (rows: readonly CallRow[], ...probes: readonly ProbeName[]): readonly CallRow[] =>
  rows.filter(({ probe }) => !probes.includes(probe));
const running = (...missing: readonly ProbeName[]) => ({
  probes: laterProbes.filter((probe) => !missing.includes(probe)),
});

describe('a whole cycle', () => {
  test('is told with the times of its stops, its heap and what began it', () => {
    assert.deepEqual(cyclesIn(assemble(cycleCalls(0))), [
      {
        trigger: 'heap',
        sweepTermAtNs: 10_000,
        markAtNs: 100_000,
        markTermAtNs: 800_000,
        endAtNs: 895_000,
        pauseNs: 185_000,
        heapMarked: 4_000_000,
        heapGoal: 8_000_000,
        evidence: 'derived',
      },
    ]);
  });

  test('tells its two stops as pauses, the second until the world is about to be started, as the runtime does', () => {
    assert.deepEqual(eventsOf(assemble(cycleCalls(0)), 'pause'), [
      { kind: 'pause', reason: 'sweep-termination', atNs: 10_000, durationNs: 90_000, stoppingNs: 20_000 },
      { kind: 'pause', reason: 'mark-termination', atNs: 800_000, durationNs: 95_000, stoppingNs: 10_000 },
    ]);
  });

  test('has the goal `none` where GOGC is off', () => {
    const rows = cycleCalls(0).map((row) => (row.probe === 'commit' ? { ...row, values: [1, -1] } : row));
    assert.equal(cyclesIn(assemble(rows))[0]?.heapGoal, 'none');
  });

  test('is begun by one of several goroutines that call gcStart, and that call alone is told', () => {
    const rivals = [
      call('gcStart', [0, 5_000], { goid: 19 }),
      call('gcStart', [5_000, 150_000], { goid: 20 }),
    ];
    const chapters = assemble([...rivals, ...cycleCalls(0)]);
    assert.equal(cyclesIn(chapters)[0]?.evidence, 'derived');
    const starts = eventsOf(chapters, 'call').filter(({ probe }) => probe === 'gcStart');
    assert.deepEqual(
      starts.map(({ goid }) => goid),
      [18],
    );
  });
});

describe('what began a cycle', () => {
  const forced = (n: number): CallRow[] => [
    call('gcWaitOnMark', [-3_000, -1_000], { values: [n] }),
    call('gcWaitOnMark', [120_000, 905_000], { values: [n + 1] }),
    call('GC', [-4_000, 2_000_000]),
  ];

  test('is runtime.GC where its goroutine just waited for the cycle before, and that wait tells the number', () => {
    const [cycle] = cyclesIn(assemble([...cycleCalls(0), ...forced(6)]));
    assert.deepEqual([cycle?.trigger, cycle?.number], ['forced', 7]);
  });

  test('is the heap where another goroutine called runtime.GC, whose wait tells the number all the same', () => {
    const others = forced(6).map((row) => ({ ...row, goid: 77 }));
    const [cycle] = cyclesIn(assemble([...cycleCalls(0), ...others]));
    assert.deepEqual([cycle?.trigger, cycle?.number], ['heap', 7]);
  });

  test('is the heap again once runtime.GC has returned', () => {
    const over = [call('gcWaitOnMark', [-9_000, -8_000], { values: [3] }), call('GC', [-9_500, -5_000])];
    assert.equal(cyclesIn(assemble([...over, ...cycleCalls(0)]))[0]?.trigger, 'heap');
  });

  test('is runtime.GC where a call of it covers the begin and waits are not probed', () => {
    const rows = without([...cycleCalls(0), ...forced(6)], 'gcWaitOnMark');
    assert.equal(cyclesIn(assemble(rows, running('gcWaitOnMark')))[0]?.trigger, 'forced');
  });

  test('is not known where neither runtime.GC nor its waits are probed', () => {
    assert.equal(cyclesIn(assemble(cycleCalls(0), running('GC', 'gcWaitOnMark')))[0]?.trigger, 'unknown');
  });

  test('is time where none ran for two minutes, or where the goroutine that does only this began it', () => {
    const later = [...cycleCalls(0), ...cycleCalls(121e9), ...cycleCalls(125e9, { goid: 2 })];
    assert.deepEqual(
      cyclesIn(assemble(later)).map(({ trigger }) => trigger),
      ['heap', 'time', 'time'],
    );
  });

  test('leaves the numbers counting on until a cycle is not seen whole', () => {
    const rows = [
      ...cycleCalls(0),
      ...forced(6),
      ...cycleCalls(1e9),
      ...without(cycleCalls(2e9), 'gcStart'),
      ...cycleCalls(3e9),
    ];
    const chapters = assemble(rows);
    assert.deepEqual(
      cyclesIn(chapters).map(({ number, evidence }) => [number, evidence]),
      [
        [7, 'derived'],
        [8, 'derived'],
        [undefined, 'partial'],
        [undefined, 'derived'],
      ],
    );
    assert.equal(gapsIn(chapters).length, 1);
  });

  test('tells how many cycles are missing where a number jumps', () => {
    const again = forced(9).map((row) => ({ ...row, atNs: row.atNs + 1e9 }));
    const chapters = assemble([...cycleCalls(0), ...forced(6), ...cycleCalls(1e9), ...again]);
    assert.deepEqual(
      cyclesIn(chapters).map(({ number }) => number),
      [7, 10],
    );
    assert.deepEqual(
      gapsIn(chapters).map(({ lost }) => lost),
      [2],
    );
  });
});

describe('a cycle of which a row was lost', () => {
  const lossOf = (...lost: readonly (readonly [probe: ProbeName, occurrence: number])[]) => {
    const seen = new Map<ProbeName, number>();
    const rows = cycleCalls(1e9).filter(({ probe }) => {
      const occurrence = (seen.get(probe) ?? 0) + 1;
      seen.set(probe, occurrence);
      return !lost.some(([name, which]) => name === probe && which === occurrence);
    });
    return assemble([...cycleCalls(0), ...rows, ...cycleCalls(2e9)]);
  };

  const cases: readonly {
    readonly lost: readonly [ProbeName, number];
    readonly known: readonly string[];
    readonly pauses: readonly string[];
  }[] = [
    { lost: ['stopTheWorldWithSema', 1], known: ['markTermAtNs'], pauses: ['mark-termination'] },
    { lost: ['startTheWorldWithSema', 1], known: ['markTermAtNs'], pauses: ['mark-termination'] },
    { lost: ['stopTheWorldWithSema', 2], known: [], pauses: ['sweep-termination'] },
    {
      lost: ['startTheWorldWithSema', 2],
      known: ['sweepTermAtNs', 'markAtNs'],
      pauses: ['sweep-termination'],
    },
    { lost: ['gcStart', 1], known: ['markTermAtNs'], pauses: ['mark-termination', 'other'] },
  ];
  for (const { lost, known, pauses } of cases) {
    test(`(${lost.join(' ')}) is partial, and tells no pause that was not`, () => {
      const chapters = lossOf(lost);
      const [, cycle, last] = cyclesIn(chapters);
      assert.equal(cycle?.evidence, 'partial');
      assert.deepEqual(
        ['sweepTermAtNs', 'markAtNs', 'markTermAtNs'].filter((name) => name in (cycle ?? {})),
        known,
      );
      assert.equal(cycle?.pauseNs, undefined);
      assert.equal(last?.evidence, 'derived');
      const between = eventsOf(chapters, 'pause').filter(({ atNs }) => atNs > 1e9 && atNs < 2e9);
      assert.deepEqual(between.map(({ reason }) => reason).sort(), pauses);
      assert.ok(gapsIn(chapters).length > 0);
    });
  }

  test('(gcMarkTermination) is whole all the same: the sweep began in its last stop', () => {
    assert.equal(cyclesIn(lossOf(['gcMarkTermination', 1]))[1]?.evidence, 'derived');
  });

  test('(the start of the first stop and the stop of the last) makes no pause of the whole mark', () => {
    const chapters = lossOf(['startTheWorldWithSema', 1], ['stopTheWorldWithSema', 2]);
    assert.deepEqual(
      eventsOf(chapters, 'pause').filter(({ atNs }) => atNs > 1e9 && atNs < 2e9),
      [],
    );
    assert.equal(cyclesIn(chapters)[1]?.endAtNs, 1e9 + 880_000);
  });
});

describe('probes that do not run', () => {
  test('without gcStart a cycle has no begin, and is as whole as it can be', () => {
    const rows = without(cycleCalls(0), 'gcStart');
    const [cycle] = cyclesIn(assemble(rows, running('gcStart')));
    assert.deepEqual(
      [cycle?.sweepTermAtNs, cycle?.markTermAtNs, cycle?.evidence],
      [undefined, 800_000, 'derived'],
    );
  });

  test('without gcMarkTermination the sweep tells which stop was the last', () => {
    const rows = without(cycleCalls(0), 'gcMarkTermination', 'commit', 'gcPaceSweeper');
    const [cycle] = cyclesIn(assemble(rows, running('gcMarkTermination', 'commit', 'gcPaceSweeper')));
    assert.deepEqual([cycle?.endAtNs, cycle?.heapMarked, cycle?.evidence], [895_000, undefined, 'derived']);
  });

  test('without the stops there is no pause, and a cycle has its end alone', () => {
    const stops = ['stopTheWorldWithSema', 'startTheWorldWithSema'] as const;
    const chapters = assemble(without(cycleCalls(0), ...stops), running(...stops));
    assert.deepEqual(eventsOf(chapters, 'pause'), []);
    assert.deepEqual(cyclesIn(chapters), [
      {
        trigger: 'unknown',
        endAtNs: 880_000,
        heapMarked: 4_000_000,
        heapGoal: 8_000_000,
        evidence: 'partial',
      },
    ]);
    assert.deepEqual(gapsIn(chapters), []);
  });
});

test('a stop that is not of a cycle is a pause for another reason', () => {
  const rows = [call('stopTheWorldWithSema', [5_000, 6_000]), call('startTheWorldWithSema', [7_000, 8_000])];
  assert.deepEqual(eventsOf(assemble(rows), 'pause'), [
    { kind: 'pause', reason: 'other', atNs: 5_000, durationNs: 3_000, stoppingNs: 1_000 },
  ]);
});
