import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseGoVersion } from '../../../src/binary/go-version.js';
import { layoutFor } from '../../../src/binary/layouts.js';
import type { ProbeSite } from '../../../src/binary/probe-site.js';
import { CauseReader, causePlans } from '../../../src/sources/local/cause-probes.js';
import type { RuntimePlace } from '../../../src/sources/local/runtime-place.js';
import type { UprobePlan } from '../../../src/sources/local/uprobe-group.js';
import { type Fetched, hitOf } from '../../helpers/hit.js';
import { probedProcess } from '../../helpers/probed-process.js';

const originNs = 2n ** 60n;
const reader = () => new CauseReader(originNs);

const hit = (event: string, fields: Readonly<Record<string, bigint>>, atNs = 0) =>
  hitOf(
    event,
    Object.entries(fields).map(([name, value]): Fetched => ({ name, size: sizes[name] ?? 8, value })),
    { atNs },
  );
const sizes: Readonly<Record<string, Fetched['size']>> = { started: 4, reason: 1 };

const asks = (goid: bigint, started: bigint, rest: Readonly<Record<string, bigint>> = {}) =>
  hit('GC', { started, g: 0xc000n, curg: 0xc000n, goid, ...rest });

test('the goroutine that calls runtime.GC has asked for the cycle behind the one that may be under way', () => {
  const causes = reader();
  assert.equal(causes.take(asks(7n, 3n)), undefined);
  assert.equal(causes.asker(3), undefined);
  assert.equal(causes.asker(4), 7);
  assert.equal(causes.asker(4), undefined, 'it was asked for once');
});

test('of goroutines that ask for the same cycle the first one has', () => {
  const causes = reader();
  for (const [goid, started] of [
    [7n, 3n],
    [8n, 3n],
    [9n, 4n],
    [10n, 4n],
  ] as const)
    causes.take(asks(goid, started));
  assert.deepEqual([4, 5, 6].map(causes.asker.bind(causes)), [7, 9, undefined]);
});

test('who asked for a cycle that was never told is forgotten with the next one', () => {
  const causes = reader();
  causes.take(asks(7n, 3n));
  causes.take(asks(8n, 9n));
  assert.equal(causes.asker(10), 8);
  assert.equal(causes.asker(4), undefined);
});

test('however many ask while no cycle is told, no more than some are remembered, the latest', () => {
  const causes = reader();
  for (let n = 0; n < 1000; n++) causes.take(asks(BigInt(n + 1), BigInt(n)));
  const remembered = Array.from({ length: 1000 }, (_, n) => n + 1).filter(
    (cycle) => causes.asker(cycle) !== undefined,
  );
  assert.ok(remembered.length <= 64);
  assert.equal(remembered.at(-1), 1000);
});

test('where the thread does not run that goroutine nothing is told of who asked', () => {
  const causes = reader();
  causes.take(asks(7n, 3n, { curg: 0xd000n }));
  causes.take(asks(0n, 4n));
  causes.take(asks(2n ** 63n, 5n, { curg: 1n }));
  causes.take(hit('GC', { started: 6n, g: 1n, curg: 1n }));
  assert.deepEqual([4, 5, 6, 7].map(causes.asker.bind(causes)), [undefined, undefined, undefined, undefined]);
});

test('the pacer tells at which heap the next cycle starts, and by which ratio above what is marked', () => {
  assert.deepEqual(reader().take(hit('gcPaceSweeper', { trigger: 6_000n, marked: 4_000n }, 99)), {
    kind: 'pace',
    atNs: 99,
    triggerBytes: 6_000,
    markedBytes: 4_000,
    triggerRatio: 0.5,
  });
});

test('a trigger below what is marked is a ratio of 0, without marked heap there is none, and never is no trigger', () => {
  const pace = (trigger: bigint, marked: bigint) => reader().take(hit('gcPaceSweeper', { trigger, marked }));
  const below = pace(3_000n, 4_000n);
  assert.ok(below?.kind === 'pace' && below.triggerRatio === 0 && below.triggerBytes === 3_000);
  assert.deepEqual(pace(3_000n, 0n), { kind: 'pace', atNs: 0, triggerBytes: 3_000, markedBytes: 0 });
  assert.deepEqual(pace(3_000n, 2n ** 64n - 1n), { kind: 'pace', atNs: 0, triggerBytes: 3_000 });
  assert.equal(pace(2n ** 64n - 1n, 4_000n), undefined);
});

const reasons = [
  [3, 'write-heap-dump'],
  [4, 'goroutine-profile'],
  [5, 'goroutine-profile-cleanup'],
  [6, 'all-goroutines-stack-trace'],
  [7, 'read-mem-stats'],
  [8, 'all-threads-syscall'],
  [9, 'gomaxprocs'],
  [10, 'start-trace'],
  [11, 'stop-trace'],
  [0, 'other'],
  [12, 'other'],
  [255, 'other'],
] as const;

test('from Go 1.23 on one probe tells of a stop, its reason, when it began and how long stopping took', () => {
  for (const [number, reason] of reasons) {
    const fields = { reason: BigInt(number), began: originNs + 1_000n, stopped: originNs + 1_200n };
    assert.deepEqual(reader().take(hit('startTheWorldWithSema', fields, 5_000)), {
      kind: 'pause',
      reason,
      atNs: 1_000,
      durationNs: 4_000,
      stoppingNs: 200,
    });
  }
});

test('in Go 1.22 it does not tell how long stopping took', () => {
  const fields = { reason: 9n, began: originNs + 1_000n };
  assert.deepEqual(reader().take(hit('startTheWorldWithSema', fields, 5_000)), {
    kind: 'pause',
    reason: 'gomaxprocs',
    atNs: 1_000,
    durationNs: 4_000,
  });
});

test('in Go 1.21 two probes tell of it; what starts after the collector itself stopped is no stop of its own', () => {
  const causes = reader();
  const starts = (atNs: number) => causes.take(hit('startTheWorldWithSema', { sp: 1n }, atNs));
  assert.equal(starts(10), undefined);
  assert.equal(causes.take(hit('stopTheWorldWithSema', { reason: 7n }, 20)), undefined);
  assert.deepEqual(starts(50), { kind: 'pause', reason: 'read-mem-stats', atNs: 20, durationNs: 30 });
  assert.equal(starts(60), undefined);
});

test('a stop that began before gctop did is told; one at an impossible time is not', () => {
  const told = (began: bigint, stopped: bigint, atNs: number) =>
    reader().take(hit('startTheWorldWithSema', { reason: 7n, began, stopped }, atNs));
  const early = told(originNs - 500n, originNs - 400n, 100);
  assert.ok(early?.kind === 'pause' && early.atNs === -500 && early.durationNs === 600);
  for (const began of [0n, originNs + 101n, originNs - 601_000_000_000n, 2n ** 64n - 1n])
    assert.equal(told(began, began, 100), undefined, `${began}`);
  for (const stopped of [0n, originNs, originNs + 99n]) {
    const pause = told(originNs + 50n, stopped, 90);
    assert.ok(pause?.kind === 'pause' && !('stoppingNs' in pause), `${stopped}`);
  }
});

interface Having {
  readonly functions?: readonly string[];
  readonly knowsGoroutines?: boolean;
  /** Bytes before the place at the entry. */
  readonly before?: number;
}

/** The probes for a program of a release whose functions are all one and the same piece of code. */
function plansOf(
  t: TestContext,
  release: string,
  { functions = all, knowsGoroutines = true, before = 4 }: Having = {},
): readonly UprobePlan[] {
  const version = parseGoVersion(release) ?? assert.fail(release);
  const layout = layoutFor(version, 'x86-64') ?? assert.fail(release);
  const bytes = before === 0 ? Uint8Array.of(0x90) : Uint8Array.of(0x49, 0x3b, 0x66, 0x10, 0x76, 0x20);
  const entry: ProbeSite = { address: before, fileOffset: before, bytes, before, isEmulated: true };
  const probeSites = new Map(functions.map((name) => [name, { entry, returns: [] }]));
  const addresses = { work: 0x10_0000, memstats: 0, gcController: 0x20_0000, mheap_: 0, sweep: 0 };
  const place: RuntimePlace = {
    goMinor: version.minor,
    layout,
    addresses,
    initTime: 1,
    gcPercent: undefined,
  };
  return causePlans(probedProcess(t, bytes, { probeSites, knowsGoroutines }), place);
}
const all = ['GC', 'gcPaceSweeper', 'stopTheWorldWithSema', 'startTheWorldWithSema'];

test('each release has the probes that can tell something in it', (t) => {
  const names = (release: string) => plansOf(t, release).map(({ event }) => event);
  assert.deepEqual(names('go1.16.15'), ['GC']);
  assert.deepEqual(names('go1.17.13'), ['GC']);
  for (const release of ['go1.18.10', 'go1.20.14']) assert.deepEqual(names(release), ['GC', 'gcPaceSweeper']);
  assert.deepEqual(names('go1.21.13'), all);
  for (const release of ['go1.22.12', 'go1.23.12', 'go1.26.8', 'go1.27.4'])
    assert.deepEqual(names(release), ['GC', 'gcPaceSweeper', 'startTheWorldWithSema']);
});

test('what a stop is read from follows the release, and those of the collector are filtered out', (t) => {
  const stops = (release: string) => plansOf(t, release).filter(({ event }) => event.endsWith('Sema'));
  const filter = 'reason != 1 && reason != 2';
  assert.deepEqual(
    stops('go1.21.13').map((plan) => [plan.args, plan.filter]),
    [
      [['reason=%ax:u8'], filter],
      [['sp=%sp:u64'], undefined],
    ],
  );
  assert.deepEqual(
    stops('go1.22.12').map((plan) => [plan.args, plan.filter]),
    [[['reason=%bx:u8', 'began=%cx:u64'], filter]],
  );
  assert.deepEqual(
    stops('go1.23.0').map((plan) => [plan.args, plan.filter]),
    [[['reason=%bx:u8', 'began=%cx:u64', 'stopped=%di:u64'], filter]],
  );
});

test('who asks is not probed where it is not known how a goroutine is told', (t) => {
  const asked = (release: string, having: Having) =>
    plansOf(t, release, having).some(({ event }) => event === 'GC');
  assert.equal(asked('go1.26.8', {}), true);
  assert.equal(asked('go1.26.8', { knowsGoroutines: false }), false);
  assert.equal(asked('go1.26.8', { functions: ['gcPaceSweeper'] }), false);
  assert.equal(asked('go1.26.8', { before: 0 }), true);
  assert.equal(
    asked('go1.16.15', { before: 0 }),
    false,
    'g is in CX only behind the load of the stack check',
  );
});
