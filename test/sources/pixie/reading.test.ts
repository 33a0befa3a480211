import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeName } from '../../../src/gc/probe.js';
import { type Nanos, nanos } from '../../../src/gc/units.js';
import type { Draft } from '../../../src/sources/order.js';
import type { Readable } from '../../../src/sources/pixie/deployment.js';
import { Reading } from '../../../src/sources/pixie/reading.js';
import type { CallRow } from '../../../src/sources/pixie/rows/rows.js';
import type { Vizier } from '../../../src/sources/pixie/vizier.js';
import { systemClock } from '../../../src/system/clock.js';
import { type CyclePlan, clockTable, tableOf, tellStory } from '../../helpers/pixie-story.js';

const sinceUnixNs = 1_790_000_000_000_000_000n;
const plan: CyclePlan = {
  idleNs: 1e9,
  forced: false,
  stoppingNs: 1e5,
  stoppedNs: 1e5,
  assists: 1,
  assistNs: 1e6,
  rivals: 0,
  readsMemStats: false,
  lastStoppedNs: 1e5,
  allocs: 2,
  sweeps: 2,
  stepNs: 1e5,
};

const signal = new AbortController().signal;

/** Forty cycles, about one a second, in a pod whose node's clock is that far behind Pixie's; rows are pushed a second late. */
class Watched {
  readonly rows: readonly CallRow[] = tellStory(Array.from({ length: 40 }, () => plan)).rows;
  readonly probes: readonly ProbeName[] = [...new Set(this.rows.map(({ probe }) => probe))];
  readonly drafts: Draft[] = [];
  readonly #behindNs: number;
  #nowNs = 0;
  #reading: Reading | undefined;

  constructor(behindNs: number) {
    this.#behindNs = behindNs;
  }

  async pass(seconds: number, probes = this.probes): Promise<void> {
    for (let left = seconds; left > 0; left--) {
      this.#nowNs += 1e9;
      this.#reading ??= await Reading.begin(this.#options(), signal);
      const { drafts } = await this.#reading.read(probes.map(readable), signal);
      this.drafts.push(...drafts);
    }
  }

  cycles(): number {
    return this.#events().filter(({ kind }) => kind === 'cycle').length;
  }

  /** Pages that were told as allocated. */
  pages(): number {
    return this.#events().reduce((sum, event) => sum + (event.kind === 'alloc' ? event.pages : 0), 0);
  }

  gaps(): readonly string[] {
    return this.drafts.flatMap((draft) => (draft.type === 'gap' ? [draft.reason] : []));
  }

  #events() {
    return this.drafts.flatMap((draft) => (draft.type === 'events' ? draft.events : []));
  }

  #options() {
    const clock = {
      ...systemClock(),
      originUnixMs: Number(sinceUnixNs / 1_000_000n),
      nowNs: () => this.#now(),
    };
    const pod = { namespace: 'default', name: 'gc-1', instance: 'uid/run' };
    return { vizier: this.#vizier(), clock, pod, target: 'pod', restarted: () => 'pod, again' };
  }

  #now(): Nanos {
    return nanos(this.#nowNs);
  }

  #vizier(): Vizier {
    return {
      run: async (script) => {
        const pushed = this.rows.filter(({ atNs }) => atNs <= this.#nowNs - this.#behindNs - 1e9);
        const asked = this.probes.filter((probe) => script.includes(`'${probe}')`));
        const tables = asked.map((probe) => {
          const rows = pushed.filter((row) => row.probe === probe);
          return tableOf(probe, rows, sinceUnixNs);
        });
        return { tables: [clockTable(sinceUnixNs + BigInt(this.#nowNs)), ...tables] };
      },
    };
  }
}

const readable = (probe: ProbeName): Readable => ({ probe, name: probe, table: probe, sinceNs: nanos(0) });

for (const behindMs of [0, 1_500, 2_500, 5_000]) {
  test(`cycles are told from a node whose clock is ${behindMs} ms behind`, async () => {
    const watched = new Watched(behindMs * 1e6);
    await watched.pass(40);
    // What came before it was known how late rows are is lost, and said to be.
    assert.ok(watched.cycles() >= 20, `${watched.cycles()} cycles; ${watched.gaps()}`);
    const isWarned = watched.drafts.some((draft) => draft.type === 'note' && draft.code === 'pixie.late');
    assert.equal(isWarned, behindMs >= 2_500);
    await watched.pass(40);
  });
}

test('a probe that is away for a while has its rows read once, and a gap for the time between', async () => {
  const without = new Watched(0);
  await without.pass(40);
  const watched = new Watched(0);
  await watched.pass(10);
  await watched.pass(
    5,
    watched.probes.filter((probe) => probe !== 'allocSpan'),
  );
  await watched.pass(25);
  assert.ok(watched.gaps().includes('allocSpan was not in place'));
  const [seen, all] = [watched.pages(), without.pages()];
  assert.ok(seen <= all && seen > all / 2, `${seen} of ${all} pages`);
  assert.deepEqual(without.gaps(), []);
});
