import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoVersion } from '../../../src/binary/go-version.js';
import { layoutFor } from '../../../src/binary/layouts.js';
import type { ProbeSite } from '../../../src/binary/probe-site.js';
import { callPoints } from '../../../src/sources/local/call-points.js';
import type { RuntimePlace } from '../../../src/sources/local/runtime-place.js';
import { probedProcess } from '../../helpers/probed-process.js';

const bytes = Uint8Array.of(0x49, 0x3b, 0x66, 0x10, 0x76, 0x01, 0xc3);
const entry: ProbeSite = { address: 4, fileOffset: 4, bytes: bytes.slice(0, 6), before: 4, isEmulated: true };
const exit: ProbeSite = { address: 6, fileOffset: 6, bytes: bytes.slice(4), before: 2, isEmulated: false };
const probeSites = new Map(['sweepone', 'GC'].map((name) => [name, { entry, returns: [exit] }]));

function placeOf(release: string): RuntimePlace {
  const version = parseGoVersion(release) ?? assert.fail(release);
  const layout = layoutFor(version, 'x86-64') ?? assert.fail(release);
  const addresses = { work: 0, memstats: 0, gcController: 0, mheap_: 0, sweep: 0 };
  return { goMinor: version.minor, layout, addresses, initTime: 1, gcPercent: undefined };
}

test('each function that the program has is probed at its entry and its returns, the others are missing', (t) => {
  const { points, missing } = callPoints(
    probedProcess(t, bytes, { probeSites, loadBias: 0x5000 }),
    placeOf('go1.26.8'),
  );
  assert.deepEqual(
    points.map(({ probe, address, plan }) => [probe, address, plan.event, plan.fileOffset]),
    [
      ['GC', 0x5004, 'calls_entry', 4],
      ['GC', 0x5006, 'calls_return', 6],
      ['sweepone', 0x5004, 'sweepone_entry', 4],
      ['sweepone', 0x5006, 'sweepone_return', 6],
    ],
  );
  assert.ok(missing.includes('allocSpan') && !missing.includes('GC'));
  const named = new Set(points.map(({ plan }) => plan.args.map((arg) => arg.replace(/=.*/, '')).join()));
  assert.deepEqual([...named], ['sp,curg,goid,stackEnd,v0,v1'], 'all places of one event fetch the same');
});

test('no goroutine is told where the program does not keep its number where the layout has it', (t) => {
  for (const knowsGoroutines of [true, false]) {
    const { points } = callPoints(
      probedProcess(t, bytes, { probeSites, knowsGoroutines }),
      placeOf('go1.26.8'),
    );
    assert.ok(points.every(({ knowsCaller }) => knowsCaller === knowsGoroutines));
  }
});

test('up to Go 1.16 the goroutine is known at the entry alone', (t) => {
  const { points } = callPoints(probedProcess(t, bytes, { probeSites }), placeOf('go1.16.15'));
  assert.ok(points.length > 0 && points.every(({ at, knowsCaller }) => knowsCaller === (at === 'entry')));
});

test('a function whose code is not what it was is refused by itself, the others are probed', (t) => {
  const foreign = { ...entry, bytes: Uint8Array.of(0x49, 0x3b, 0x66, 0x10, 0x76, 0x02) };
  const sites = new Map([...probeSites, ['gcSweep', { entry: foreign, returns: [exit] }] as const]);
  const { points, refused } = callPoints(probedProcess(t, bytes, { probeSites: sites }), placeOf('go1.26.8'));
  assert.deepEqual([...new Set(points.map(({ probe }) => probe))], ['GC', 'sweepone']);
  assert.deepEqual(
    refused.map(({ probe }) => probe),
    ['gcSweep'],
  );
  assert.match(refused[0]?.why ?? '', /its code is not what its file said/);
});
