import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GctopError } from '../../../src/error.js';
import { bytes, nanos } from '../../../src/gc/units.js';
import type { Sample } from '../../../src/sources/local/sample.js';
import { checkSanity } from '../../../src/sources/local/sanity.js';
import { recordOfCycle, sampleAfter } from './samples.js';

const check = (sample: Sample) => checkSanity(sample, 'go1.26.5');

describe('memory that looks like a Go runtime', () => {
  const sane = {
    'before its first cycle': sampleAfter(0),
    'between two cycles': sampleAfter(4),
    'after more cycles than the ring holds': sampleAfter(1000),
    'while a cycle runs': sampleAfter(4, { record: recordOfCycle(4, { started: 5, sweepTermAtNs: 44e6 }) }),
    'while a stop has been asked for': sampleAfter(4, { record: recordOfCycle(4, { sweepTermAtNs: 44e6 }) }),
  };
  for (const [when, sample] of Object.entries(sane)) test(`passes ${when}`, () => check(sample));
});

describe('memory that does not look like a Go runtime', () => {
  const odd: Readonly<Record<string, Sample>> = {
    'more forced cycles than cycles': sampleAfter(4, { forcedCycles: 5 }),
    'cycles that began but are not the next': sampleAfter(4, { record: recordOfCycle(4, { started: 9 }) }),
    'pauses that do not add up': sampleAfter(4, { pauseTotalNs: 1 }),
    'no Ps': sampleAfter(4, { record: recordOfCycle(4, { procs: 0 }) }),
    'more stopped Ps than Ps': sampleAfter(4, { record: recordOfCycle(4, { stwProcs: 3 }) }),
    'a cycle in the future': sampleAfter(4, { atNs: nanos(1) }),
    'phases out of order': sampleAfter(4, { record: recordOfCycle(4, { markAtNs: 0 }) }),
    'a marked heap that is not what was marked': sampleAfter(4, {
      heap: () => ({ kind: 'heap', atNs: nanos(45e6), live: bytes(3 << 20), marked: bytes(1 << 20) }),
    }),
    'an end that is not the end': sampleAfter(4, { record: recordOfCycle(4, { endAtNs: 42e6 }) }),
  };
  for (const [what, sample] of Object.entries(odd)) {
    test(`is refused for ${what}`, () => assert.throws(() => check(sample), isUnknownLayout));
  }
});

const isUnknownLayout = (error: unknown): boolean =>
  error instanceof GctopError && error.code === 'UNKNOWN_LAYOUT' && error.message.includes('go1.26.5');
