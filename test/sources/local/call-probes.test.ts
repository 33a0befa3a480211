import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GctopError } from '../../../src/error.js';
import type { ProbeName } from '../../../src/gc/probe.js';
import type { CallPoint } from '../../../src/sources/local/call-points.js';
import { CallProbes, type CallProbesOptions } from '../../../src/sources/local/call-probes.js';
import type { Hit, UprobePlan } from '../../../src/sources/local/uprobe-group.js';
import { hitOf } from '../../helpers/hit.js';

const costs = { emulatedNs: 500, steppedNs: 10_000 };

/** allocSpan and sweepone have events of their own, GC and gcStart share one; each returns at one place. */
const points: readonly CallPoint[] = [
  point('allocSpan', 'allocSpan_entry', 0x1000),
  point('allocSpan', 'allocSpan_return', 0x1100),
  point('sweepone', 'sweepone_entry', 0x2000),
  point('sweepone', 'sweepone_return', 0x2100),
  point('GC', 'calls_entry', 0x3000),
  point('GC', 'calls_return', 0x3100),
  point('gcStart', 'calls_entry', 0x4000),
  point('gcStart', 'calls_return', 0x4100),
];

function point(probe: ProbeName, event: string, address: number): CallPoint {
  const at = event.endsWith('_entry') ? 'entry' : 'return';
  const column = probe === 'allocSpan' ? 'entry' : probe === 'sweepone' ? 'return' : undefined;
  return {
    probe,
    at,
    address,
    plan: { event, fileOffset: address - 0x400, args: [] },
    fetches: column === at ? [{ name: 'npages', from: '%ax', as: 's64' }] : [],
    knowsCaller: true,
    isEmulated: at === 'entry',
  };
}

interface Hitting {
  readonly goid?: number;
  readonly value?: bigint;
  readonly depth?: bigint;
}

/** Uprobes that are hit when a test says so, on a clock that goes when it says so. */
class FakeKernel {
  nowNs = 0;
  readonly placed: string[][] = [];
  readonly disabled: string[] = [];
  removed = 0;
  refuses: string | undefined;
  keeps = false;
  #groups: { events: ReadonlySet<string>; hits: Hit[]; lost: number }[] = [];

  readonly place = (plans: readonly UprobePlan[]) => {
    const names = [...new Set(plans.map(({ event }) => event))];
    if (this.refuses !== undefined && names.includes(this.refuses))
      throw new GctopError('TRACEFS', 'refused by the kernel');
    this.placed.push(names);
    const group = { events: new Set(names), hits: [] as Hit[], lost: 0 };
    this.#groups.push(group);
    return {
      drain: (untilNs = Number.POSITIVE_INFINITY) => {
        const hits = group.hits.filter(({ atNs }) => atNs < untilNs);
        group.hits = group.hits.filter(({ atNs }) => atNs >= untilNs);
        const { lost } = group;
        group.lost = 0;
        return { hits, lost };
      },
      disable: async (event: string) => {
        this.disabled.push(event);
      },
      remove: async () => {
        this.removed++;
        if (this.keeps) throw new GctopError('TRACEFS', 'busy');
      },
    };
  };

  /** Somebody comes by at a place of an event; only if it is there. */
  hit(
    probe: ProbeName,
    at: 'entry' | 'return',
    atNs: number,
    { goid = 7, value = 0n, depth = 64n }: Hitting = {},
  ): void {
    const found = points.find((each) => each.probe === probe && each.at === at);
    const event = found?.plan.event ?? '';
    const group = this.#groups.find(({ events }) => events.has(event));
    if (group === undefined || found === undefined || this.disabled.includes(event)) return;
    group.hits.push(
      hitOf(
        event,
        [
          { name: '__probe_ip', size: 8, value: BigInt(found.address) },
          { name: 'sp', size: 8, value: 0x1000n - depth },
          { name: 'curg', size: 8, value: 0xc000n },
          { name: 'goid', size: 8, value: BigInt(goid) },
          { name: 'stackEnd', size: 8, value: 0x1000n },
          { name: 'v0', size: 8, value },
          { name: 'v1', size: 8, value: 0n },
        ],
        { atNs },
      ),
    );
  }

  /** The kernel had no room for records of the first, second, ... group. */
  lose(group: number, records: number): void {
    const losing = this.#groups[group];
    if (losing !== undefined) losing.lost += records;
  }
}

const second = 1e9;

function placed(options: Partial<CallProbesOptions> = {}) {
  const kernel = new FakeKernel();
  const probes = new CallProbes({
    target: 't',
    points: { points, missing: [], refused: [] },
    costs,
    budget: 0.01,
    place: kernel.place,
    now: () => kernel.nowNs,
    ...options,
  });
  const review = (nowNs: number) => {
    kernel.nowNs = nowNs;
    probes.drain(nowNs);
    return probes.review(nowNs);
  };
  /** So many entries of a function, over the second that ends at `nowNs`. */
  const busy = (probe: ProbeName, hits: number, nowNs: number) => {
    for (let i = 0; i < hits; i++)
      kernel.hit(probe, 'entry', Math.floor(nowNs - second + (i * second) / hits));
  };
  return { kernel, probes, review, busy };
}

const stateOf = (drafts: ReturnType<CallProbes['review']>, name: ProbeName) =>
  drafts.find((draft) => draft.type === 'probe' && draft.probe === name);

test('the entries are probed first, and the returns that tell something once it is seen that they are cheap', () => {
  const { kernel, review, busy } = placed();
  assert.deepEqual(kernel.placed, [['allocSpan_entry', 'sweepone_entry', 'calls_entry']]);
  busy('gcStart', 10, second);
  busy('sweepone', 900, second); // 0.9 % of a core for the returns
  review(second);
  assert.deepEqual(kernel.placed.slice(1), [['calls_return']]);
  review(2 * second); // a quiet second
  assert.deepEqual(kernel.placed.slice(1), [['calls_return'], ['sweepone_return']]);
});

test('before a second has passed nothing is reviewed', () => {
  const { review, kernel } = placed();
  assert.deepEqual(review(0.9 * second), []);
  assert.equal(kernel.placed.length, 1);
});

test('over the budget the dearest goes, and a sentence says why; the others stay', () => {
  const { kernel, review, busy } = placed();
  busy('allocSpan', 24_000, second);
  busy('sweepone', 200, second);
  const drafts = review(second);
  assert.deepEqual(kernel.disabled, ['allocSpan_entry']);
  assert.deepEqual(stateOf(drafts, 'allocSpan'), {
    type: 'probe',
    target: 't',
    probe: 'allocSpan',
    attempt: 1,
    state: 'dropped',
    hits: 24_000,
    costNs: 500,
    detail: 'over the budget: 24,000 hits/s at 0.5 us are 1.2 % of a core, the budget is 1 %',
  });
  const sweepone = stateOf(drafts, 'sweepone');
  assert.equal(sweepone?.type === 'probe' && sweepone.state, 'running');
});

test('one busy second beside a quiet one is no reason to drop', () => {
  const { kernel, review, busy } = placed();
  review(second);
  busy('allocSpan', 30_000, 2 * second);
  review(2 * second);
  assert.deepEqual(kernel.disabled, []);
  busy('allocSpan', 30_000, 3 * second);
  review(3 * second);
  assert.deepEqual(kernel.disabled, ['allocSpan_entry']);
});

test('returns that became too dear go first, and their entries go on telling of the calls', () => {
  const { kernel, probes, review, busy } = placed();
  review(second);
  assert.ok(kernel.placed.flat().includes('sweepone_return'));
  for (const nowNs of [2 * second, 3 * second]) {
    for (let i = 0; i < 1200; i++) {
      kernel.hit('sweepone', 'entry', nowNs - second + i * 1000);
      kernel.hit('sweepone', 'return', nowNs - second + i * 1000 + 500, { value: 1n });
    }
    if (nowNs > 2 * second) break;
    review(nowNs);
  }
  const drafts = review(3 * second);
  assert.deepEqual(kernel.disabled, ['sweepone_return']);
  const told = stateOf(drafts, 'sweepone');
  assert.equal(told?.type === 'probe' && told.state, 'running');
  assert.match(
    (told?.type === 'probe' && told.detail) || '',
    /^its returns: over the budget: 1,200 hits\/s at 10\.0 us are 1\.2 %/,
  );
  busy('sweepone', 3, 4 * second);
  const { calls } = probes.drain(4 * second);
  assert.deepEqual(
    calls.map(({ probe, durationNs }) => [probe, durationNs]),
    [
      ['sweepone', undefined],
      ['sweepone', undefined],
      ['sweepone', undefined],
    ],
  );
});

test('an entry that is dropped takes its returns with it', () => {
  const { kernel, review, busy } = placed({ budget: 0.01, costs: { emulatedNs: 10_000, steppedNs: 10_000 } });
  review(second);
  assert.ok(kernel.placed.flat().includes('sweepone_return'));
  for (const nowNs of [2 * second, 3 * second]) {
    busy('sweepone', 5_000, nowNs); // all of them within others that have not returned
    review(nowNs);
  }
  assert.deepEqual([...kernel.disabled].sort(), ['sweepone_entry', 'sweepone_return']);
});

test('a flood is not waited for', () => {
  const { kernel, review } = placed();
  for (let i = 0; i < 25_000; i++) kernel.hit('allocSpan', 'entry', i * 8_000);
  assert.deepEqual(review(0.1 * second), []);
  const drafts = review(0.2 * second); // 125,000 a second are 6 % of a core
  assert.deepEqual(kernel.disabled, ['allocSpan_entry']);
  const told = stateOf(drafts, 'allocSpan');
  assert.equal(told?.type === 'probe' && told.state, 'dropped');
  assert.equal(kernel.placed.length, 1, 'and no time to place others');
});

test('what was lost counts as hits of what was seen beside it, once', () => {
  const { kernel, review, busy } = placed();
  review(second);
  // Nine drains without a loss do not make the one with a loss weigh more.
  for (let tenth = 1; tenth <= 10; tenth++) {
    const nowNs = second + (tenth * second) / 10;
    for (let i = 0; i < 100; i++) kernel.hit('allocSpan', 'entry', nowNs - 1000 + i);
    if (tenth === 10) kernel.lose(0, 900);
    review(nowNs);
  }
  assert.deepEqual(kernel.disabled, [], '1,900 hits are 0.1 % of a core');
  for (const nowNs of [3 * second, 4 * second]) {
    busy('allocSpan', 100, nowNs);
    kernel.lose(0, 29_900);
    review(nowNs);
  }
  assert.deepEqual(kernel.disabled, ['allocSpan_entry']);
});

test('where records were lost, calls are told by their entries alone: a lost return pairs nothing', () => {
  const { kernel, probes, review } = placed();
  review(second);
  kernel.hit('gcStart', 'entry', second + 10);
  kernel.nowNs = second + 100;
  assert.deepEqual(probes.drain(second + 100).calls, []);
  kernel.lose(1, 1); // its return
  kernel.hit('gcStart', 'entry', second + 200);
  const { calls, lost } = probes.drain(second + 300);
  assert.equal(lost, 1);
  assert.deepEqual(
    calls.map(({ atNs, durationNs }) => [atNs, durationNs]),
    [[second + 200, undefined]],
  );
  kernel.hit('gcStart', 'return', second + 310);
  kernel.hit('gcStart', 'entry', second + 400);
  kernel.hit('gcStart', 'return', second + 450);
  assert.deepEqual(
    probes.drain(second + 500).calls.map(({ atNs, durationNs }) => [atNs, durationNs]),
    [[second + 400, 50]],
  );
});

test('a call that began before its returns were probed is told by its entry, and lends its begin to no other', () => {
  const { kernel, probes } = placed();
  kernel.hit('gcStart', 'entry', second - 50);
  probes.drain(second - 10);
  kernel.hit('gcStart', 'entry', second + 5);
  kernel.nowNs = second + 20; // it returned before the returns were there
  probes.review(second);
  assert.ok(kernel.placed.flat().includes('calls_return'));
  assert.deepEqual(
    probes.drain(second + 30).calls.map(({ atNs, durationNs }) => [atNs, durationNs]),
    [[second + 5, undefined]],
  );
  kernel.hit('gcStart', 'entry', 2 * second);
  kernel.hit('gcStart', 'return', 2 * second + 40);
  assert.deepEqual(
    probes.drain(3 * second).calls.map(({ atNs, durationNs }) => [atNs, durationNs]),
    [[2 * second, 40]],
  );
});

test('calls of several goroutines, and one within another, are paired with their own returns and results', () => {
  const { kernel, probes, review } = placed();
  review(second);
  const t = second + 1000;
  kernel.hit('GC', 'entry', t, { goid: 7 });
  kernel.hit('sweepone', 'entry', t + 1, { goid: 8 });
  kernel.hit('sweepone', 'entry', t + 2, { goid: 9 });
  kernel.hit('gcStart', 'entry', t + 3, { goid: 7, depth: 128n });
  kernel.hit('sweepone', 'return', t + 10, { goid: 9, value: -1n });
  kernel.hit('sweepone', 'return', t + 11, { goid: 8, value: 6n });
  kernel.hit('gcStart', 'return', t + 20, { goid: 7, depth: 128n });
  kernel.hit('GC', 'return', t + 30, { goid: 7 });
  kernel.hit('allocSpan', 'entry', t + 31, { value: 3n });
  assert.deepEqual(probes.drain(2 * second).calls, [
    { probe: 'sweepone', atNs: t + 2, durationNs: 8, goid: 9, args: {}, results: { npages: -1 } },
    { probe: 'sweepone', atNs: t + 1, durationNs: 10, goid: 8, args: {}, results: { npages: 6 } },
    { probe: 'gcStart', atNs: t + 3, durationNs: 17, goid: 7, args: {}, results: {} },
    { probe: 'GC', atNs: t, durationNs: 30, goid: 7, args: {}, results: {} },
    { probe: 'allocSpan', atNs: t + 31, goid: 7, args: { npages: 3 }, results: {} },
  ]);
});

test('how a probe stands is told when that is news', () => {
  const { review, busy } = placed({ points: { points, missing: ['gcDrainN'], refused: [] } });
  const first = review(second);
  assert.deepEqual(
    first.map((draft) => draft.type === 'probe' && [draft.probe, draft.state, draft.hits]),
    [
      ['gcDrainN', 'missing', undefined],
      ['allocSpan', 'running', 0],
      ['sweepone', 'running', 0],
      ['GC', 'running', 0],
      ['gcStart', 'running', 0],
    ],
  );
  assert.deepEqual(review(2 * second), []);
  busy('GC', 2, 3 * second);
  const news = review(3 * second);
  assert.deepEqual(
    news.map((draft) => draft.type === 'probe' && [draft.probe, draft.hits]),
    [['GC', 2]],
  );
});

test('what a hit costs is told in whole ns where it was measured, and not where it was assumed', () => {
  const measured = placed({ costs: { emulatedNs: 512.4, steppedNs: 9_000.7 } }).review(second);
  assert.deepEqual(new Set(measured.map((draft) => draft.type === 'probe' && draft.costNs)), new Set([512]));
  const assumed = placed({ costs: undefined }).review(second);
  assert.ok(assumed.every((draft) => !('costNs' in draft)));
});

test('returns that the kernel refuses are told, and the entries go on', () => {
  const { kernel, probes, review, busy } = placed();
  kernel.refuses = 'sweepone_return';
  const told = stateOf(review(second), 'sweepone');
  assert.equal(told?.type === 'probe' && told.state, 'running');
  assert.equal(told?.type === 'probe' && told.detail, 'its returns: refused by the kernel');
  busy('sweepone', 2, 2 * second);
  assert.equal(probes.drain(2 * second).calls.length, 2);
  review(2 * second);
  assert.equal(kernel.placed.length, 1);
});

test('all groups are removed, also when one cannot be, and only once', async () => {
  const { kernel, probes, review } = placed();
  review(second);
  assert.equal(kernel.placed.length, 2);
  kernel.keeps = true;
  await assert.rejects(probes.remove(), { code: 'TRACEFS' });
  assert.equal(kernel.removed, 2);
  await probes.remove();
  assert.equal(kernel.removed, 2);
});
