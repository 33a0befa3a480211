import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GctopError } from '../../../src/error.js';
import type { PodRef } from '../../../src/gc/source-control.js';
import type { Draft } from '../../../src/sources/order.js';
import { type Deployer, type DeployPlan, deploy } from '../../../src/sources/pixie/deployer.js';
import type { Leftover } from '../../../src/sources/pixie/deployment/ledger.js';
import type { DeployScripts } from '../../../src/sources/pixie/deployment/scripts.js';
import type { RunOptions, ScriptResult, TracepointState, Vizier } from '../../../src/sources/pixie/vizier.js';
import { SteppedClock } from './deployment/stepped-clock.js';
import { namesOf, notHere, pod } from './deployment/story.js';

/** Scripts that say what they would do. */
const scripts: DeployScripts = {
  deployScript: (tracepoints, { pod: { name }, ttl, container }) =>
    ['upsert', name, container ?? '-', ttl, ...tracepoints.map((each) => each.name)].join(' '),
  deleteScript: (name) => `delete ${name}`,
  statusScript: () => 'status',
  namesOf,
};

/** A cluster in memory: by default, whatever is placed runs. */
class FakeVizier implements Vizier {
  readonly placed = new Map<string, TracepointState['state']>();
  readonly ran: string[] = [];

  get mutations(): readonly string[] {
    return this.ran.filter((script) => script !== 'status');
  }

  stateOf: (name: string) => TracepointState['state'] = () => 'running';
  /** Set: runs never end by themselves, and heed no abort. */
  hangs = false;
  /** Runs of scripts that begin so hang. */
  hangsAt = '-';
  error: GctopError | undefined;

  async run(script: string, { mutation }: RunOptions): Promise<ScriptResult> {
    this.ran.push(script);
    if (this.hangs || script.startsWith(this.hangsAt)) await new Promise(() => {});
    if (this.error !== undefined) throw this.error;
    const [what, ...words] = script.split(' ');
    assert.equal(mutation ?? false, what !== 'status', 'only a mutation places and deletes');
    if (what === 'status') return { tables: [this.#statusTable()] };
    if (what === 'delete') {
      if (!this.placed.delete(words[0] ?? ''))
        throw new GctopError('PIXIE_FAILED', 'failed to delete tracepoints');
      return { tables: [], mutation: { code: 14, message: 'probe installation in progress', states: [] } };
    }
    const states = words.slice(3).map((name) => ({ id: `id of ${name}`, name, state: this.stateOf(name) }));
    for (const { name, state } of states) this.placed.set(name, state);
    const code = states.every(({ state }) => state === 'running') ? 0 : 14;
    return { tables: [], mutation: { code, message: '', states } };
  }

  #statusTable() {
    const rows = [...this.placed].map(
      ([name, state]) => [name, state, JSON.stringify([notHere]), '[]'] as const,
    );
    const column = (name: string, at: 0 | 1 | 2 | 3) =>
      ({ name, type: 'string', values: rows.map((row) => row[at]) }) as const;
    const columns = [column('name', 0), column('state', 1), column('status', 2), column('output_tables', 3)];
    return { name: 'status', rows: rows.length, columns };
  }
}

const failureOf = ({ failure }: Deployer): GctopError | undefined => failure;

function begin(vizier: FakeVizier, more: Partial<DeployPlan> = {}) {
  const clock = more.clock instanceof SteppedClock ? more.clock : new SteppedClock();
  const abort = new AbortController();
  const drafts: Draft[] = [];
  let changes = 0;
  const deployer = deploy(
    {
      vizier,
      scripts,
      clock,
      target: pod,
      probes: ['GC', 'gcSweep'],
      nonce: 'n',
      targetIdOf: ({ name }) => name,
      tell: (draft) => drafts.push(draft),
      changed: () => {
        changes++;
      },
      ...more,
    },
    abort.signal,
  );
  const codes = () => drafts.flatMap((draft) => (draft.type === 'note' ? draft.code : []));
  return { clock, abort, deployer, drafts, codes, changes: () => changes };
}

describe('a deployer', () => {
  test('sends the canary, then the probes, then deletes the canary, and renews', async () => {
    const vizier = new FakeVizier();
    const { clock, deployer, changes } = begin(vizier);
    await clock.pass(1);
    assert.deepEqual(vizier.ran, [
      'status',
      'upsert svc-1 - 2m gctop_canary_a_n_1',
      'upsert svc-1 - 10m gctop_GC_a_n_2 gctop_gcSweep_a_n_2',
      'delete gctop_canary_a_n_1',
    ]);
    assert.deepEqual(
      deployer.readable.map(({ probe, table }) => [probe, table]),
      [
        ['GC', 'gctop_GC'],
        ['gcSweep', 'gctop_gcSweep'],
      ],
    );
    assert.equal(changes(), 1);
    vizier.ran.length = 0;
    await clock.pass(360);
    assert.deepEqual(vizier.mutations, [
      'upsert svc-1 - 10m gctop_GC_a_n_2 gctop_gcSweep_a_n_2',
      'upsert svc-1 - 10m gctop_GC_a_n_2 gctop_gcSweep_a_n_2',
    ]);
    await deployer.end();
  });

  test('tells each table as soon as it can be read', async () => {
    const vizier = new FakeVizier();
    vizier.stateOf = (name) => (name.includes('gcSweep') ? 'pending' : 'running');
    const { clock, deployer, changes } = begin(vizier);
    await clock.pass(1);
    assert.deepEqual(
      deployer.readable.map(({ probe }) => probe),
      ['GC'],
    );
    vizier.stateOf = () => 'running';
    await clock.pass(3);
    assert.deepEqual(
      deployer.readable.map(({ probe }) => probe),
      ['GC', 'gcSweep'],
    );
    assert.equal(changes(), 2);
    await deployer.end();
  });

  test('a canary that no PEM knows is given up in the end; a retry revives it', async () => {
    const vizier = new FakeVizier();
    vizier.stateOf = () => 'failed';
    const { clock, deployer, codes, changes } = begin(vizier);
    await clock.pass(400);
    assert.equal(deployer.failure?.code, 'CANARY_GAVE_UP');
    assert.equal(codes().filter((code) => code === 'canary.failed').length, 8);
    assert.deepEqual([...vizier.placed.keys()], [], 'none of the eight is left');
    assert.equal(changes(), 1);
    vizier.stateOf = () => 'running';
    deployer.retry();
    await clock.pass(1);
    assert.equal(deployer.failure, undefined);
    assert.equal(deployer.readable.length, 2);
    await deployer.end();
  });

  test('goes to another pod when told to, with its container, and leaves nothing in the old one', async () => {
    const vizier = new FakeVizier();
    const { clock, deployer } = begin(vizier);
    await clock.pass(1);
    const next: PodRef = { ...pod, name: 'svc-2', instance: 'b', container: 'app' };
    vizier.ran.length = 0;
    deployer.retarget(next);
    await clock.pass(1);
    assert.deepEqual(vizier.mutations.slice(0, 2), [
      'upsert svc-2 app 2m gctop_canary_b_n_3',
      'upsert svc-2 app 10m gctop_GC_b_n_4 gctop_gcSweep_b_n_4',
    ]);
    assert.deepEqual([...vizier.placed.keys()], ['gctop_GC_b_n_4', 'gctop_gcSweep_b_n_4']);
    await deployer.end();
  });

  test('waits for one answer before it asks the next', async () => {
    const vizier = new FakeVizier();
    vizier.hangs = true;
    const { clock, deployer } = begin(vizier);
    deployer.retry();
    await clock.pass(29);
    assert.equal(vizier.ran.length, 1);
    const ended = deployer.end();
    await clock.pass(10);
    await ended;
  });
});

describe('the end of a deployer', () => {
  test('deletes all, leaves no timer, and can be asked for twice', async () => {
    const vizier = new FakeVizier();
    const { clock, deployer } = begin(vizier);
    await clock.pass(1);
    assert.deepEqual(await deployer.end(), []);
    assert.deepEqual(await deployer.end(), []);
    assert.deepEqual([...vizier.placed.keys()], []);
    assert.equal(clock.sleepers, 0);
    assert.deepEqual(deployer.readable, []);
  });

  test('comes with the abort as well', async () => {
    const vizier = new FakeVizier();
    const { clock, deployer, abort } = begin(vizier);
    await clock.pass(1);
    abort.abort();
    await clock.pass(0);
    assert.deepEqual([...vizier.placed.keys()], []);
    assert.deepEqual(await deployer.end(), []);
  });

  test('of one that was aborted before it began is silent, and nothing is sent', async () => {
    const vizier = new FakeVizier();
    const drafts: Draft[] = [];
    const plan: DeployPlan = {
      vizier,
      scripts,
      clock: new SteppedClock(),
      target: pod,
      probes: ['GC'],
      nonce: 'n',
      targetIdOf: ({ name }) => name,
      tell: (draft) => drafts.push(draft),
    };
    assert.deepEqual(await deploy(plan, AbortSignal.abort()).end(), []);
    assert.deepEqual(vizier.ran, []);
    assert.deepEqual(drafts, []);
  });

  test('does not wait longer than it may, and returns what is left', async () => {
    const vizier = new FakeVizier();
    const { clock, deployer } = begin(vizier);
    await clock.pass(1);
    vizier.hangs = true;
    const left: Leftover[] = [];
    const ended = deployer.end().then((all) => left.push(...all));
    await clock.pass(4.9);
    assert.deepEqual(left, []);
    await clock.pass(0.2);
    assert.equal(await ended, 2);
    assert.deepEqual(
      left.map(({ name }) => name),
      ['gctop_GC_a_n_2', 'gctop_gcSweep_a_n_2'],
    );
    assert.equal(clock.sleepers, 0);
  });

  test('does not wait long for what is being placed, and deletes that as well', async () => {
    const vizier = new FakeVizier();
    vizier.hangsAt = 'upsert';
    const { clock, deployer } = begin(vizier);
    await clock.pass(1);
    const ended = deployer.end();
    await clock.pass(1.4);
    assert.deepEqual(vizier.mutations, ['upsert svc-1 - 2m gctop_canary_a_n_1']);
    await clock.pass(0.2);
    assert.deepEqual(vizier.mutations.slice(1), ['delete gctop_canary_a_n_1']);
    assert.deepEqual(await ended, []);
  });
});

describe('what a deployer cannot do', () => {
  test('a request that is not answered is given up after thirty seconds, and tried again', async () => {
    const vizier = new FakeVizier();
    vizier.hangs = true;
    const { clock, deployer, drafts } = begin(vizier);
    await clock.pass(33);
    const trouble = drafts.find((draft) => draft.type === 'note' && draft.code === 'pixie.trouble');
    assert.ok(trouble?.type === 'note');
    assert.match(trouble.text, /did not answer within 30s/);
    assert.equal(vizier.ran.length, 2);
    vizier.hangs = false;
    await clock.pass(60);
    assert.equal(deployer.readable.length, 2);
    await deployer.end();
  });

  test('the cluster in trouble is no failure, a refused key is one', async () => {
    const vizier = new FakeVizier();
    vizier.error = new GctopError('CLUSTER_UNHEALTHY', 'the cluster is updating');
    const { clock, deployer } = begin(vizier);
    await clock.pass(600);
    assert.equal(failureOf(deployer), undefined);
    vizier.error = new GctopError('PIXIE_REFUSED', 'the API key was refused');
    await clock.pass(60);
    assert.equal(failureOf(deployer)?.code, 'PIXIE_REFUSED');
    const sent = vizier.ran.length;
    await clock.pass(600);
    assert.equal(vizier.ran.length, sent);
    await deployer.end();
  });

  test('an error of another kind stops it and is told: it is a bug', async () => {
    const vizier = new FakeVizier();
    vizier.run = () => Promise.reject(new TypeError('x is not a function'));
    const { clock, deployer } = begin(vizier);
    await clock.pass(1);
    const { failure } = deployer;
    assert.equal(failure?.code, 'INTERNAL');
    assert.match(failure?.message ?? '', /x is not a function/);
    await deployer.end();
  });

  test('a listener that throws is heard of at the end', async () => {
    const clock = new SteppedClock();
    const vizier = new FakeVizier();
    const { deployer } = begin(vizier, {
      clock,
      tell: (draft) => {
        if (draft.type === 'note' && draft.code === 'canary.up') throw new Error('nobody listens');
      },
    });
    await clock.pass(1);
    await assert.rejects(deployer.end(), /nobody listens/);
    assert.deepEqual([...vizier.placed.keys()], [], 'what was placed is deleted all the same');
  });
});
