import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeCatalogue, probeNames, probeSet, probeSetName, probeSets } from '../../src/gc/probe.js';

test('the sets of Go 1.16 and of later releases differ in what gives the trigger ratio', () => {
  const only = (one: readonly string[], other: readonly string[]) =>
    one.filter((name) => !other.includes(name));
  assert.deepEqual(only(probeSets['go1.16'], probeSets['go1.17']), ['gcSetTriggerRatio']);
  assert.deepEqual(only(probeSets['go1.17'], probeSets['go1.16']), ['commit', 'gcPaceSweeper']);
  assert.equal(probeSets['go1.16'].length, 12);
});

test('every probe is in a set', () => {
  assert.deepEqual(new Set([...probeSets['go1.16'], ...probeSets['go1.17']]), new Set(probeNames));
});

test('a release has the probes of its set, but for Go 1.17, which lacks three', () => {
  assert.deepEqual(probeSet(16), probeSets['go1.16']);
  for (const minor of [18, 23, 27, 99]) assert.deepEqual(probeSet(minor), probeSets['go1.17']);
  const missing = probeSets['go1.17'].filter((name) => !probeSet(17).includes(name));
  assert.deepEqual(missing, ['sweepone', 'gcDrainN', 'gcPaceSweeper']);
});

test('an unknown release gets the set of the newest', () => {
  assert.equal(probeSetName(), 'go1.17');
  assert.equal(probeSetName(16), 'go1.16');
  assert.equal(probeSetName(17), 'go1.17');
});

test('each entry of the catalogue has its own name and a symbol that ends in it', () => {
  for (const name of probeNames) {
    assert.equal(probeCatalogue[name].name, name);
    assert.match(probeCatalogue[name].symbol, new RegExp(`^runtime\\..*${name}$`));
  }
});

test('no probe has a column of the name that every table has', () => {
  const own = probeNames.flatMap((name) => probeCatalogue[name].columns.map((column) => column.name));
  const taken = new Set(['time_', 'upid', 'goid_', 'latency']);
  assert.deepEqual(
    own.filter((name) => taken.has(name)),
    [],
  );
});
