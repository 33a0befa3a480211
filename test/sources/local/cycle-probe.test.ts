import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoVersion } from '../../../src/binary/go-version.js';
import { layoutFor } from '../../../src/binary/layouts.js';
import { parseRecord } from '../../../src/sources/local/cycle-probe.js';
import { recordFields } from '../../../src/sources/local/record-field.js';

const version = parseGoVersion('go1.26.5');
const layout = version && layoutFor(version, 'x86-64');
assert.ok(layout !== undefined);
const reading = { fields: recordFields(layout), initTime: '1234567', originMonotonicNs: 2n ** 60n };

const line =
  '      gc-service-4711    [001] ...1.  8931.145926: cycle: (0x43f0a4) number=29 forcedCycles=5 cpuFraction=4572414629676717179 ' +
  'started=29 userForced=0 stwProcs=2 procs=2 sweepTermAtNs=1152921504606847976 markAtNs=1152921504606848976 ' +
  'markTermAtNs=1152921504606856976 endAtNs=1152921504606857976 pauseNs=1950 heapAtStart=2097152 heapAtEnd=3145728 ' +
  'heapMarked=1048576 heapGoal=18446744073709551615 stackScan=1000 globalsScan=2000 assistNs=1 dedicatedNs=2 ' +
  'fractionalNs=3 idleNs=4 runtimeInitTime=1234567';

test("a line of trace_pipe is a cycle's record", () => {
  assert.deepEqual(parseRecord(line, reading), {
    number: 29,
    forcedCycles: 5,
    cpuFraction: 0.005,
    started: 29,
    userForced: 0,
    stwProcs: 2,
    procs: 2,
    sweepTermAtNs: 1000,
    markAtNs: 2000,
    markTermAtNs: 10_000,
    endAtNs: 11_000,
    pauseNs: 1950,
    heapAtStart: 2_097_152,
    heapAtEnd: 3_145_728,
    heapMarked: 1_048_576,
    heapGoal: 2 ** 64,
    stackScan: 1000,
    globalsScan: 2000,
    assistNs: 1,
    dedicatedNs: 2,
    fractionalNs: 3,
    idleNs: 4,
  });
});

test('a record of another process of the same file is not taken', () => {
  assert.equal(parseRecord(line.replace('=1234567', '=1234568'), reading), undefined);
});

test('a line that is cut, or says that memory could not be read, is no record', () => {
  assert.equal(parseRecord(line.slice(0, 300), reading), undefined);
  assert.equal(parseRecord(line.replace('number=29', 'number=(fault)'), reading), undefined);
});

test('a thread may call itself what it likes', () => {
  assert.equal(parseRecord(line.replace('gc-service', 'number=1 '), reading)?.number, 29);
});
