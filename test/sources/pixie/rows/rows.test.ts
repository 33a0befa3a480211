import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf, decodeTable } from '../../../../src/sources/pixie/rows/rows.js';
import type { ScriptTable } from '../../../../src/sources/pixie/vizier.js';
import { sinceUnixNs } from '../../../helpers/pixie-tables.js';

const drains: ScriptTable = {
  name: 'gcDrainN',
  rows: 2,
  columns: [
    { name: 'upid', type: 'uint128', values: ['a', 'b'] },
    { name: 'time_', type: 'time64ns', values: [sinceUnixNs + 2_000n, sinceUnixNs + 1_000n] },
    { name: 'goid_', type: 'int64', values: [-1n, 18n] },
    { name: 'scanWorkPerformed', type: 'int64', values: [65_536n, -1n] },
    { name: 'scanWorkRequested', type: 'int64', values: [64_000n, 64_001n] },
    { name: 'latency', type: 'int64', values: [30n, 40n] },
  ],
};

test('rows come in the order of time, with exact times since the watch began, and values by their names', () => {
  assert.deepEqual(decodeTable(drains, sinceUnixNs), {
    probe: 'gcDrainN',
    lastNs: 1_000,
    rows: [
      { probe: 'gcDrainN', atNs: 1_000, latencyNs: 40, goid: 18, process: 'b', values: [64_001, -1] },
      { probe: 'gcDrainN', atNs: 2_000, latencyNs: 30, goid: -1, process: 'a', values: [64_000, 65_536] },
    ],
  });
});

test('a column that is missing makes its values unknown', () => {
  const bare: ScriptTable = { name: 'allocSpan', rows: 1, columns: drains.columns.slice(1, 2) };
  const [row] = decodeTable({ ...bare }, sinceUnixNs)?.rows ?? [];
  assert.deepEqual(row, {
    probe: 'allocSpan',
    atNs: 1_000,
    latencyNs: Number.NaN,
    goid: -1,
    process: '',
    values: [Number.NaN],
  });
});

test('a table of no probe, or without times, is none', () => {
  assert.equal(decodeTable({ ...drains, name: 'tracepoints' }, sinceUnixNs), undefined);
  assert.equal(decodeTable({ ...drains, columns: [] }, sinceUnixNs), undefined);
});

test('the clock is read from its table, whether it is told as a time or as a number', () => {
  const clock = (type: 'int64' | 'time64ns'): ScriptTable => ({
    name: 'clock',
    rows: 1,
    columns: [{ name: 'unix_ns', type, values: [sinceUnixNs] }],
  });
  assert.equal(clockOf([drains, clock('int64')]), sinceUnixNs);
  assert.equal(clockOf([clock('time64ns')]), sinceUnixNs);
  assert.equal(clockOf([drains]), undefined);
});
