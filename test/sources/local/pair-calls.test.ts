import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallPairs, type Edge } from '../../../src/sources/local/pair-calls.js';
import { pairCalls } from '../../capture/pair-calls.js';

const edge = (
  at: Edge['at'],
  atNs: number,
  { goid, depth = 64, ...rest }: Partial<Edge> & { goid?: number; depth?: number } = {},
): Edge => ({
  probe: 'gcStart',
  at,
  atNs,
  tid: 1,
  sp: 0n,
  caller: goid === undefined ? undefined : { goid, depth: BigInt(depth) },
  values: {},
  ...rest,
});

test('calls of several goroutines are told apart, whichever thread they return on, by their returns in order', () => {
  const { calls } = pairCalls([
    edge('entry', 10, { goid: 7, tid: 1 }),
    edge('entry', 20, { goid: 8, tid: 1 }),
    edge('return', 50, { goid: 8, tid: 2 }),
    edge('return', 60, { goid: 7, tid: 2 }),
  ]);
  assert.deepEqual(calls, [
    ['gcStart', 20, 30, 8, {}],
    ['gcStart', 10, 50, 7, {}],
  ]);
});

test('an entry that comes again at the same depth is the same call, which began with the first', () => {
  const paired = pairCalls([
    edge('entry', 10, { goid: 7 }),
    edge('entry', 20, { goid: 7 }),
    edge('return', 50, { goid: 7 }),
  ]);
  assert.deepEqual(paired, { calls: [['gcStart', 10, 40, 7, {}]], open: 0, unmatched: 0, restarts: 1 });
});

test('an entry deeper in the stack is a call within the call', () => {
  const { calls } = pairCalls([
    edge('entry', 10, { goid: 7, depth: 64 }),
    edge('entry', 20, { goid: 7, depth: 900 }),
    edge('return', 30, { goid: 7, depth: 900 }),
    edge('return', 50, { goid: 7, depth: 64 }),
  ]);
  assert.deepEqual(
    calls.map(([, startNs, latencyNs]) => [startNs, latencyNs]),
    [
      [20, 10],
      [10, 40],
    ],
  );
});

test('without a goroutine a call belongs to its thread', () => {
  const { calls } = pairCalls([
    edge('entry', 10, { goid: 0, tid: 1 }),
    edge('entry', 20, { goid: 0, tid: 2 }),
    edge('return', 30, { goid: 0, tid: 1 }),
    edge('return', 50, { goid: 0, tid: 2 }),
  ]);
  assert.deepEqual(
    calls.map(([, startNs, latencyNs]) => [startNs, latencyNs]),
    [
      [10, 20],
      [20, 30],
    ],
  );
});

test('a return of an unknown goroutine goes by the stack pointer, or to the only call if the stack moved', () => {
  const { calls, open, unmatched } = pairCalls([
    edge('entry', 10, { goid: 7, sp: 70n, values: { asked: 1 } }),
    edge('entry', 20, { goid: 8, sp: 80n }),
    edge('return', 30, { sp: 80n }),
    edge('return', 50, { sp: 75n, values: { done: 2 } }),
  ]);
  assert.deepEqual(calls, [
    ['gcStart', 20, 10, 8, {}],
    ['gcStart', 10, 40, 7, { asked: 1, done: 2 }],
  ]);
  assert.deepEqual([open, unmatched], [0, 0]);
});

test('what began before the capture or ended after it is counted, not told', () => {
  const { calls, open, unmatched } = pairCalls([
    edge('return', 10, { goid: 7 }),
    edge('entry', 20, { goid: 7 }),
  ]);
  assert.deepEqual([calls, open, unmatched], [[], 1, 1]);
});

test('an entry alone that comes again on a stack that was moved is the same call; a second call is not', () => {
  const pairs = new CallPairs();
  const entries = [
    edge('entry', 10, { goid: 7, depth: 64, sp: 1000n }),
    edge('entry', 5_000, { goid: 7, depth: 64, sp: 9000n }), // the stack has grown
    edge('entry', 9_000, { goid: 7, depth: 64, sp: 9000n }),
    edge('entry', 12_000, { goid: 8, depth: 64, sp: 4000n }),
    edge('entry', 9e6, { goid: 8, depth: 64, sp: 6000n }), // moved long ago
  ];
  assert.deepEqual(
    entries.map((entry) => pairs.isRestart(entry)),
    [false, true, false, false, false],
  );
});
