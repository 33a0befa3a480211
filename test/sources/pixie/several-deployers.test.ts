import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ProbeName } from '../../../src/gc/probe.js';
import type { PodRef } from '../../../src/gc/source-control.js';
import type { Draft } from '../../../src/sources/order.js';
import { PixieAPIClient } from '../../../src/sources/pixie/api/client.js';
import { clientVizier } from '../../../src/sources/pixie/api/client-vizier.js';
import { readDeployScripts } from '../../../src/sources/pixie/deploy-scripts.js';
import { type Deployer, deploy } from '../../../src/sources/pixie/deployer.js';
import { readScript, tableName } from '../../../src/sources/pixie/pxl.js';
import type { RunOptions, Vizier } from '../../../src/sources/pixie/vizier.js';
import { systemClock } from '../../../src/system/clock.js';
import { someCalls } from '../../stand-ins/pixie/some-calls.js';
import { type Stand, stand } from '../../stand-ins/pixie/test-client.js';

/** In the calls that are played, gcStart is called every second. */
const probes: readonly ProbeName[] = ['gcStart', 'allocSpan', 'gcDrainN'];
const pod: PodRef = { namespace: 'default', name: 'gc-1', instance: 'uid-1', container: 'app' };

/** One gctop's part in this: its deployer, and its wire, which ends when it is killed. */
interface Gctop {
  readonly deployer: Deployer;
  readonly notes: () => readonly string[];
  kill(): void;
}

/** A real cluster's times, passed quickly; every request is answered before time goes on. */
class Scene {
  readonly here: Stand;
  readonly #t: TestContext;
  readonly #running = new Set<Promise<unknown>>();

  static async begin(t: TestContext): Promise<Scene> {
    const here = await stand(t);
    here.server.addPod({ name: 'gc-1', node: 'node-2', calls: someCalls() });
    await here.clock.advance(10_000);
    return new Scene(t, here);
  }

  private constructor(t: TestContext, here: Stand) {
    this.#t = t;
    this.here = here;
  }

  async start(nonce: string): Promise<Gctop> {
    const { server, clock } = this.here;
    const credential = { name: 'pixie-api-key', value: server.apiKey };
    const options = { mode: 'cloud', address: server.address, credential, encrypted: false } as const;
    const client = PixieAPIClient.create(options, { clock: systemClock() });
    this.#t.after(() => client.close());
    const wire = new Wire(clientVizier(client, server.clusterId), this.#running);
    const drafts: Draft[] = [];
    const plan = {
      vizier: wire,
      scripts: await readDeployScripts(),
      clock,
      target: pod,
      probes,
      nonce,
      targetIdOf: ({ name }: PodRef) => name,
      tell: (draft: Draft) => drafts.push(draft),
    };
    const deployer = deploy(plan, new AbortController().signal);
    const notes = () =>
      drafts.flatMap((draft) => (draft.type === 'note' ? `${draft.code}: ${draft.text}` : []));
    return { deployer, notes, kill: () => wire.cut() };
  }

  async pass(seconds: number, each = () => {}): Promise<void> {
    for (let left = Math.ceil(seconds * 4); left > 0; left--) {
      await this.here.clock.advance(250);
      await this.#settle();
      each();
    }
  }

  async leave({ deployer }: Gctop): Promise<void> {
    const ended = deployer.end();
    await this.#settle();
    assert.deepEqual(await ended, []);
  }

  get seconds(): number {
    return this.here.clock.nowNs() / 1e9;
  }

  /** The tracepoints that there are, canaries aside. */
  names(): readonly string[] {
    const names = this.here.server.tracepoints().map(({ name }) => name);
    return names.filter((name) => !name.includes('canary')).sort();
  }

  /** How often each call of gcStart that returned in these seconds is in its table. */
  async timesRead(fromS: number, toS: number): Promise<readonly number[]> {
    const { run, clock } = this.here;
    const table = { probe: 'gcStart', table: tableName('gcStart') } as const;
    const originNs = BigInt(clock.originUnixMs) * 1_000_000n;
    const startUnixNs = originNs + BigInt(Math.round(fromS * 1e9));
    const { tables } = await run(
      readScript([{ ...table, startUnixNs }], { pod: 'default/gc-1', maxRows: 10_000 }),
    );
    const times = new Map<number, number>();
    for (let second = Math.ceil(fromS); second < toS; second++) times.set(second, 0);
    for (const { time_ } of tables.gcStart ?? []) {
      assert.ok(typeof time_ === 'bigint');
      const second = Math.floor(Number(time_ - originNs) / 1e9);
      if (times.has(second)) times.set(second, (times.get(second) ?? 0) + 1);
    }
    return [...times.values()];
  }

  async #settle(): Promise<void> {
    for (let turns = 0; turns < 5; turns++) {
      await new Promise(setImmediate);
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
    }
  }
}

class Wire implements Vizier {
  readonly #vizier: Vizier;
  readonly #running: Set<Promise<unknown>>;
  #isCut = false;

  constructor(vizier: Vizier, running: Set<Promise<unknown>>) {
    this.#vizier = vizier;
    this.#running = running;
  }

  /** Nothing goes out any more, nothing comes back. */
  cut(): void {
    this.#isCut = true;
  }

  async run(script: string, options: RunOptions) {
    if (this.#isCut) await new Promise(() => {});
    const result = this.#vizier.run(script, options);
    this.#running.add(result);
    try {
      return await result;
    } finally {
      this.#running.delete(result);
    }
  }
}

const read = ({ deployer }: Gctop): readonly string[] => deployer.readable.map(({ name }) => name);
const isOne = (times: readonly number[]) =>
  assert.ok(
    times.every((each) => each === 1),
    times.join(' '),
  );

test('who comes second uses what runs: each call comes once, and nobody waits for a canary', async (t) => {
  const scene = await Scene.begin(t);
  const first = await scene.start('t00001');
  await scene.pass(40);
  assert.equal(read(first).length, probes.length);
  const second = await scene.start('t00002');
  await scene.pass(1);
  assert.deepEqual(read(second), read(first));
  const sinceS = scene.seconds;
  await scene.pass(400, () => assert.equal(scene.names().length, probes.length));
  isOne(await scene.timesRead(sinceS - 5, scene.seconds - 2));
  assert.deepEqual(second.notes(), [
    'probe.adopted: 3 probes of an earlier or other gctop still run: they are taken over',
  ]);
  await scene.leave(second);
  await scene.leave(first);
});

test('who comes after one that was killed uses what that one left, and takes it away in the end', async (t) => {
  const scene = await Scene.begin(t);
  const killed = await scene.start('t00001');
  await scene.pass(40);
  const left = read(killed);
  killed.kill();
  await scene.pass(500);
  const next = await scene.start('t00002');
  await scene.pass(1);
  assert.deepEqual(read(next), left);
  const sinceS = scene.seconds;
  await scene.pass(200);
  isOne(await scene.timesRead(sinceS - 5, scene.seconds - 2));
  await scene.leave(next);
  await scene.pass(35);
  assert.deepEqual(scene.names(), [], 'also those that it did not place');
});

test('two who come at the same moment are down to one tracepoint a probe within a minute', async (t) => {
  const scene = await Scene.begin(t);
  const both = [await scene.start('t00002'), await scene.start('t00001')] as const;
  let most = 0;
  await scene.pass(60, () => {
    most = Math.max(most, scene.names().length);
  });
  assert.equal(most, 2 * probes.length, 'neither could know of the other');
  assert.equal(scene.names().length, probes.length);
  for (const one of both) assert.deepEqual([...read(one)].sort(), scene.names());
  const sinceS = scene.seconds;
  await scene.pass(30);
  isOne(await scene.timesRead(sinceS, scene.seconds - 2));
  const warned = both.map(({ notes }) => notes().filter((note) => note.startsWith('probe.doubled')).length);
  assert.ok(
    warned.every((times) => times === 1),
    warned.join(' '),
  );
  for (const one of both) await scene.leave(one);
});

for (const [who, leaves] of [
  ['the first leaves, the second', 0],
  ['the second leaves, the first', 1],
] as const) {
  test(`when ${who} misses the calls of less than half a minute, then goes on`, async (t) => {
    const scene = await Scene.begin(t);
    const two = [await scene.start('t00001')];
    await scene.pass(40);
    two.push(await scene.start('t00002'));
    await scene.pass(15);
    const leftAtS = scene.seconds;
    const [leaving, staying] = leaves === 0 ? two : two.toReversed();
    assert.ok(leaving !== undefined && staying !== undefined);
    await scene.leave(leaving);
    await scene.pass(90);
    assert.equal(read(staying).length, probes.length);
    const times = await scene.timesRead(leftAtS, scene.seconds - 2);
    const missed = times.filter((each) => each === 0).length;
    t.diagnostic(`${missed} s without calls`);
    assert.ok(missed < 30, times.join(' '));
    assert.ok(
      times.every((each) => each <= 1),
      times.join(' '),
    );
    isOne(times.slice(-25));
    await scene.leave(staying);
    await scene.pass(35);
    assert.deepEqual(scene.names(), []);
  });
}
