import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeState } from '../../src/gc/stream.js';
import { callCapacity } from '../../src/model/call-log.js';
import { Journal } from '../../src/model/journal.js';
import type { CallEntry, JournalEntry } from '../../src/model/journal-entry.js';
import { micros, millis, seconds } from '../helpers/model.js';

const call = (probe: string, ms: number, us = 10): CallEntry => ({
  atNs: millis(ms),
  type: 'call',
  probe,
  args: {},
  result: undefined,
  goid: 7,
  durationNs: micros(us),
});

const note = (ms: number): JournalEntry => ({
  atNs: millis(ms),
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

const told = (entries: readonly JournalEntry[]): readonly string[] =>
  entries.map((entry) => {
    if (entry.type === 'call') return entry.probe;
    if (entry.type === 'calls') return `${entry.count} ${entry.probe}`;
    if (entry.type === 'call-sum') return `${entry.calls}x ${entry.probe}`;
    return entry.type;
  });

test('the calls of a forced cycle have a line each', () => {
  const journal = journalOf(
    call('GC', 1),
    call('gcWaitOnMark', 2),
    call('gcSweep', 20),
    call('gcWaitOnMark', 30),
  );
  assert.deepEqual(told(journal.newest(9)), ['GC', 'gcWaitOnMark', 'gcSweep', 'gcWaitOnMark']);
  assert.equal(journal.totalUpTo(seconds(1)), 4);
});

test('neighbouring calls of one function are one line with the longest of them, zoomed a line each', () => {
  const journal = journalOf(call('gcSweep', 0, 12), call('gcSweep', 250, 90), call('gcSweep', 500, 11));
  assert.deepEqual(journal.newest(9), [
    { atNs: millis(500), type: 'calls', probe: 'gcSweep', count: 3, longestNs: micros(90) },
  ]);
  assert.deepEqual(told(journal.newest(9, { phases: true })), ['gcSweep', 'gcSweep', 'gcSweep']);
  journal.push(call('gcSweep', 9_000));
  assert.deepEqual(told(journal.newest(9)), ['3 gcSweep', 'gcSweep']);
});

test('calls between cycles do not part them, and the newest five lines are all that the overview has', () => {
  const entries = Array.from({ length: 40 }, (_, index) =>
    call(index % 2 === 0 ? 'GC' : 'gcSweep', 10 + index),
  );
  const journal = journalOf(note(1), note(2), ...entries);
  assert.deepEqual(told(journal.newest(20)), ['note', 'note', 'gcSweep', 'GC', 'gcSweep', 'GC', 'gcSweep']);
});

test('a flood of memory calls is in no overview, and takes no more than half of the zoomed log', () => {
  const flood = Array.from({ length: 50_000 }, (_, index) => call('allocSpan', 1_000 + index));
  const journal = journalOf(...Array.from({ length: 30 }, (_, index) => note(index)), ...flood);
  assert.deepEqual(told(journal.newest(5)), ['note', 'note', 'note', 'note', 'note']);
  const zoomed = told(journal.newest(20, { phases: true }));
  assert.equal(zoomed.filter((word) => word === 'allocSpan').length, 10);
  assert.equal(zoomed.filter((word) => word === 'note').length, 10);
  assert.equal(journal.gone, flood.length - callCapacity.others);
  assert.equal(journal.totalUpTo(seconds(1e6), { phases: true }), 30 + flood.length);
});

test('where nothing else happened the zoomed log is all calls', () => {
  const journal = journalOf(
    note(0),
    ...Array.from({ length: 100 }, (_, index) => call('sweepone', 1 + index)),
  );
  assert.equal(told(journal.newest(20, { phases: true })).filter((word) => word === 'sweepone').length, 19);
});

const probe = (name: string, ms: number, state: ProbeState, detail?: string): JournalEntry => ({
  atNs: millis(ms),
  type: 'probe',
  probe: name,
  state,
  detail,
});

test('probes that come into a state together share a line, one with something to tell has its own', () => {
  const journal = journalOf(
    probe('GC', 0, 'pending'),
    probe('gcSweep', 0, 'pending'),
    probe('GC', 2_000, 'running'),
    probe('sweepone', 2_000, 'missing', 'no such symbol'),
    probe('gcSweep', 3_000, 'running'),
  );
  assert.deepEqual(journal.newest(9), [
    { atNs: millis(0), type: 'probes', state: 'pending', probes: ['GC', 'gcSweep'], detail: undefined },
    { atNs: millis(2_000), type: 'probes', state: 'running', probes: ['GC', 'gcSweep'], detail: undefined },
    probe('sweepone', 2_000, 'missing', 'no such symbol'),
  ]);
  journal.push(probe('GC', 60_000, 'running'));
  assert.deepEqual(journal.newest(1), [probe('GC', 60_000, 'running')]);
});

test('a copy of the log knows nothing of later calls', () => {
  const journal = journalOf(call('gcSweep', 1));
  const copy = journal.copy();
  journal.push(call('gcSweep', 2));
  journal.push(call('allocSpan', 3));
  assert.deepEqual(told(copy.newest(9)), ['gcSweep']);
  assert.deepEqual(told(copy.newest(9, { phases: true })), ['gcSweep']);
});

const sum = (name: string, ms: number, calls: number): JournalEntry => ({
  atNs: millis(ms),
  type: 'call-sum',
  probe: name,
  calls,
  args: {},
  result: undefined,
  longestNs: micros(9),
  durationNs: millis(500),
});

test('added-up calls of a milestone count in its line of the overview, all others are for the zoomed log', () => {
  const journal = journalOf(
    call('gcSweep', 1),
    sum('gcSweep', 2, 40),
    sum('allocSpan', 3, 5_000),
    sum('GC', 4, 7),
  );
  assert.deepEqual(journal.newest(9), [
    { atNs: millis(2), type: 'calls', probe: 'gcSweep', count: 41, longestNs: micros(10) },
    sum('GC', 4, 7),
  ]);
  assert.deepEqual(told(journal.newest(9, { phases: true })), [
    'gcSweep',
    '40x gcSweep',
    '5000x allocSpan',
    '7x GC',
  ]);
});
