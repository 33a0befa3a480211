import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { GctopError } from '../../../src/error.js';
import { nanos } from '../../../src/gc/units.js';
import { CycleLedger, type Told } from '../../../src/sources/local/cycle-ledger.js';
import { recordOfCycle, sampleAfter } from './samples.js';

const from = (cycles: number, probed = true) =>
  new CycleLedger(sampleAfter(cycles), { initAtNs: nanos(0), probed });
const records = (...numbers: readonly number[]) => numbers.map((number) => recordOfCycle(number));
const brief = (told: readonly Told[]) =>
  told.map((each) =>
    each.kind === 'gap' ? `lost ${each.lost}` : `${each.cycle.number} ${each.cycle.evidence} ${each.from}`,
  );

describe('with a probe', () => {
  test('cycles are told whole, in order, and only those that end after the first look', () => {
    const told = from(3).update(sampleAfter(5), records(3, 4, 5));
    assert.deepEqual(brief(told), ['4 exact probe', '5 exact probe']);
  });

  test('a cycle waits for its record a while', () => {
    const ledger = from(3);
    assert.deepEqual(brief(ledger.update(sampleAfter(4), [])), []);
    assert.deepEqual(brief(ledger.update(sampleAfter(4), records(4))), ['4 exact probe']);
  });

  test('a record that does not come is taken from memory in the end', () => {
    const ledger = from(3);
    const seen = sampleAfter(4);
    ledger.update(seen, []);
    const later = nanos(seen.atNs + 251e6);
    assert.deepEqual(brief(ledger.update(sampleAfter(4, { atNs: later }), [])), ['4 exact memory']);
  });

  test('a record that was missed is not waited for once a later one has come', () => {
    const ledger = from(3);
    const busy = { record: recordOfCycle(5, { started: 6 }) };
    assert.deepEqual(brief(ledger.update(sampleAfter(5, busy), records(5))), [
      '4 partial memory',
      '5 exact probe',
    ]);
  });

  test('a record that comes twice is told once', () => {
    const ledger = from(3);
    assert.deepEqual(brief(ledger.update(sampleAfter(4), records(4, 4))), ['4 exact probe']);
    assert.deepEqual(brief(ledger.update(sampleAfter(4), records(4))), []);
  });

  test('what the probe said last of a program that ended is told, and the hole before it as lost', () => {
    const ledger = from(3);
    ledger.update(sampleAfter(4), records(4));
    assert.deepEqual(brief(ledger.finish(sampleAfter(4), records(5, 8))), [
      '5 exact probe',
      'lost 2',
      '8 exact probe',
    ]);
  });
});

describe('with memory alone', () => {
  test('the last cycle is told whole and those before it by their pauses', () => {
    const told = from(0, false).update(sampleAfter(3), []);
    assert.deepEqual(brief(told), ['1 partial memory', '2 partial memory', '3 exact memory']);
  });

  test('a cycle whose record the next one has begun to overwrite is told by its pause', () => {
    const torn = { record: recordOfCycle(4, { pauseNs: 0 }) };
    assert.deepEqual(brief(from(3, false).update(sampleAfter(4, torn), [])), ['4 partial memory']);
  });

  test('what the ring has forgotten is told as lost', () => {
    const told = from(10, false).update(sampleAfter(300), []);
    assert.deepEqual(brief(told).slice(0, 2), ['lost 34', '45 partial memory']);
    assert.equal(told.length, 1 + 256);
  });

  test('an end that the wall clock misplaces stays between its neighbours', () => {
    const sample = sampleAfter(5);
    const misplaced = {
      ...sample,
      entry: (n: number) => ({ ...sample.entry(n), ...(n === 4 ? { endAtNs: -1e15 } : {}) }),
    };
    const [first] = from(3, false).update(misplaced, []);
    assert.equal(first?.kind === 'cycle' && first.cycle.endAtNs, recordOfCycle(3).endAtNs);
  });
});

describe('the cause', () => {
  const triggers = (told: readonly Told[]) => told.map((each) => each.kind === 'cycle' && each.cycle.trigger);

  test('comes from the count of forced cycles, not from a flag that the next cycle may have set', () => {
    const lying = [
      recordOfCycle(4, { userForced: 1 }),
      recordOfCycle(5),
      recordOfCycle(6, { userForced: 0 }),
    ];
    assert.deepEqual(triggers(from(3).update(sampleAfter(6), lying)), ['heap', 'heap', 'forced']);
  });

  test('of cycles with their pauses alone is told where all or none were forced', () => {
    assert.deepEqual(triggers(from(3, false).update(sampleAfter(5), [])), ['heap', 'heap']);
    assert.deepEqual(triggers(from(3, false).update(sampleAfter(6), [])), ['unknown', 'unknown', 'forced']);
  });
});

describe('figures that contradict each other', () => {
  test('a pause of the probe that is not in the ring stops the watch', () => {
    const wrong = [recordOfCycle(4, { pauseNs: 1 })];
    assert.throws(() => from(3).update(sampleAfter(4), wrong), isMismatch);
  });

  test('a cycle of the probe that has not ended by the count of memory stops the watch', () => {
    assert.throws(() => from(3).update(sampleAfter(4), records(5)), isMismatch);
  });

  test('pauses that do not add up stop the watch', () => {
    const sample = sampleAfter(5);
    const wrong = { ...sample, pauseTotalNs: sample.pauseTotalNs + 1 };
    assert.throws(() => from(3).update(wrong, records(4, 5)), isMismatch);
  });

  test('a record that never fits its pause stops the watch, but not at once', () => {
    const ledger = from(3, false);
    const odd = sampleAfter(4, { record: recordOfCycle(4, { pauseNs: 1 }) });
    for (let looks = 0; looks < 39; looks++) ledger.update(odd, []);
    assert.throws(() => ledger.update(odd, []), isMismatch);
  });
});

test('every cycle is told once and in order, however looks and records fall', () => {
  const steps = fc.array(fc.record({ cycles: fc.nat(400), seen: fc.boolean(), probe: fc.boolean() }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.boolean(), steps, (probed, taken) => {
      const ledger = from(7, probed);
      let ended = 7;
      let waiting: number[] = [];
      const told: Told[] = [];
      for (const { cycles, seen, probe } of taken) {
        const next = Array.from({ length: cycles }, (_, i) => ended + i + 1);
        ended += cycles;
        if (probed && probe) waiting = [...waiting, ...next];
        if (!seen) continue;
        told.push(...ledger.update(sampleAfter(ended), records(...waiting)));
        waiting = [];
      }
      told.push(...ledger.finish(sampleAfter(ended), records(...waiting)));
      let last = 7;
      for (const each of told) {
        if (each.kind === 'gap') last += each.lost;
        else assert.equal(each.cycle.number, ++last);
      }
      assert.equal(last, ended);
    }),
  );
});

const isMismatch = (error: unknown): boolean =>
  error instanceof GctopError && error.code === 'LAYOUT_MISMATCH';
