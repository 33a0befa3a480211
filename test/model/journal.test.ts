import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { Journal } from '../../src/model/journal.js';
import type { CycleRemark, JournalEntry } from '../../src/model/journal-entry.js';
import { mebibytes, micros, millis, seconds, wholeCycle } from '../helpers/model.js';

interface Told {
  readonly change?: Partial<GcCycle>;
  readonly remark?: CycleRemark;
}

/** A cycle's entry; the cycle begins at that second. */
function entryOf(number: number, at: number, { change = {}, remark }: Told = {}): JournalEntry {
  const cycle = wholeCycle(number, seconds(at), change);
  return { atNs: cycle.endAtNs, type: 'cycle', cycle, remark };
}

const note = (at: number): JournalEntry => ({
  atNs: seconds(at),
  type: 'note',
  kind: 'note',
  level: 'info',
  text: 'news',
});

function journalOf(...entries: readonly JournalEntry[]): Journal {
  const journal = new Journal();
  for (const entry of entries) journal.push(entry);
  return journal;
}

/** `#3` a cycle's own line, `#1-2` a folded one, else the type. */
const told = (journal: Journal): readonly string[] =>
  journal.newest(100).map((entry) => {
    if (entry.type === 'cycle') return `#${entry.cycle.number}`;
    if (entry.type === 'cycles') return `#${entry.alike.firstNumber}-${entry.alike.lastNumber}`;
    return entry.type;
  });

test('neighbouring ordinary cycles become one line that is updated in place', () => {
  const long = { markTermAtNs: seconds(2.92), endAtNs: seconds(2.9201), heapMarked: mebibytes(20) };
  const journal = journalOf(entryOf(1, 2), entryOf(2, 2.4), entryOf(3, 2.8, { change: long }));
  assert.deepEqual(journal.newest(5), [
    {
      atNs: seconds(2.9201),
      type: 'cycles',
      alike: {
        count: 3,
        partial: 0,
        trigger: 'heap',
        firstNumber: 1,
        lastNumber: 3,
        medianMarkNs: millis(10),
        longestStopsNs: micros(120),
        heapAtEnd: mebibytes(42),
        heapMarked: mebibytes(20),
      },
    },
  ]);
  assert.deepEqual([journal.length, journal.total], [1, 1]);
});

test('the median of an even number of marks lies between the two in the middle', () => {
  const marks = [4, 1, 9, 2].map((ms, index) => {
    const beginNs = seconds(index * 0.1);
    const change = { markAtNs: beginNs, markTermAtNs: millis(index * 100 + ms) };
    return entryOf(index, index * 0.1, { change: { ...change, endAtNs: millis(index * 100 + 10) } });
  });
  const [entry] = journalOf(...marks).newest(1);
  assert.equal(entry?.type === 'cycles' && entry.alike.medianMarkNs, millis(3));
});

test('below one cycle a second nothing is folded', () => {
  assert.deepEqual(told(journalOf(entryOf(1, 1), entryOf(2, 2), entryOf(3, 3.001))), ['#1', '#2', '#3']);
});

for (const { what, own } of [
  { what: 'was forced', own: { change: { trigger: 'forced' } } },
  { what: 'came by time', own: { change: { trigger: 'time' } } },
  { what: 'has something to tell', own: { remark: 'assist' } },
] satisfies { what: string; own: Told }[]) {
  test(`a cycle that ${what} stands alone`, () => {
    const entries = [entryOf(1, 1), entryOf(2, 1.1), entryOf(3, 1.2, own), entryOf(4, 1.3), entryOf(5, 1.4)];
    assert.deepEqual(told(journalOf(...entries)), ['#1-2', '#3', '#4-5']);
  });
}

test('cycles of another cause, and cycles after other news, begin a line of their own', () => {
  const unknown = { change: { trigger: 'unknown' as const } };
  const entries = [entryOf(1, 1), entryOf(2, 1.1), entryOf(3, 1.2, unknown), entryOf(4, 1.3, unknown)];
  assert.deepEqual(told(journalOf(...entries)), ['#1-2', '#3-4']);
  assert.deepEqual(told(journalOf(entryOf(1, 1), note(1.05), entryOf(2, 1.1))), ['#1', 'note', '#2']);
});

test('a cycle told after the news that followed it is folded before them', () => {
  const journal = journalOf(entryOf(1, 1), note(1.2), entryOf(2, 1.1));
  assert.deepEqual(told(journal), ['#1-2', 'note']);
});

test('a line tells a thousand cycles at most', () => {
  const entries = Array.from({ length: 1_500 }, (_, index) => entryOf(index + 1, index / 100));
  assert.deepEqual(told(journalOf(...entries)), ['#1-1000', '#1001-1500']);
});

test('phase changes are kept out of the overview, and the whole log is not folded', () => {
  const phase: JournalEntry = {
    atNs: seconds(1.05),
    type: 'phase',
    phase: 'mark',
    cycle: 2,
    lastedNs: undefined,
  };
  const journal = journalOf(entryOf(1, 1), phase, entryOf(2, 1.1));
  assert.deepEqual(told(journal), ['#1-2']);
  const types = journal.newest(5, { phases: true }).map(({ type }) => type);
  assert.deepEqual(types, ['cycle', 'phase', 'cycle']);
  journal.reveal(phase);
  assert.deepEqual(told(journal), ['#1-2', 'phase'].toReversed());
});

test("of the program's own output the overview has the newest two lines, the whole log has all", () => {
  const output = (at: number): JournalEntry => ({ ...note(at), isOutput: true }) as JournalEntry;
  const journal = journalOf(
    output(1),
    entryOf(1, 1.1),
    output(1.2),
    output(1.3),
    entryOf(2, 1.4),
    output(1.5),
  );
  assert.deepEqual(told(journal), ['note', '#1-2', 'note'], 'and does not part what is alike');
  assert.equal(journal.newest(100, { phases: true }).length, 6);
  assert.equal(journal.totalUpTo(seconds(2)), 5);
  assert.deepEqual(told(journal.copy()), told(journal));
});

test('only as many as asked for are given, the newest last', () => {
  assert.deepEqual(
    journalOf(note(1), note(2), note(3))
      .newest(2)
      .map(({ atNs }) => atNs),
    [seconds(2), seconds(3)],
  );
});

test('a frozen screen can ask for what is not newer than its instant', () => {
  const journal = journalOf(note(1), note(2), note(3));
  const times = journal.newest(1, { phases: false, upToNs: seconds(2.5) }).map(({ atNs }) => atNs);
  assert.deepEqual(times, [seconds(2)]);
  assert.equal(journal.totalUpTo(seconds(2.5)), 2);
});
