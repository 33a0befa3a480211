import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GctopError } from '../../../../src/error.js';
import { isOver, leftovers, running } from '../../../../src/sources/pixie/deployment.js';
import { pod, row, Story } from './story.js';

const other = (probe: string, tag = 'm_2') => `gctop_${probe}_a_${tag}`;
const own = (probe: string, serial: number) => other(probe, `n_${serial}`);
const both = [row(other('GC')), row(other('gcSweep'))];

describe('tracepoints that run already', () => {
  test('are looked for before anything is placed', () => {
    const story = new Story({ there: undefined });
    assert.equal(story.asks, 'look');
    assert.equal(story.step('canary').state, 'waiting');
    story.seen();
    assert.equal(story.asks, `upsert ${own('canary', 1)}`);
  });

  test('are taken over: renewed at once under their own names, without a canary', () => {
    const story = new Story({ there: undefined }).seen(...both);
    assert.equal(story.asks, `upsert ${other('GC')} ${other('gcSweep')}`);
    const request = story.asked;
    assert.equal(request.type === 'upsert' && request.ttlMs, 600_000);
    assert.deepEqual(story.notes(), [
      'probe.adopted: 2 probes of an earlier or other gctop still run: they are taken over',
    ]);
    const { state, word, remark } = story.step('canary');
    assert.deepEqual(
      { state, word, remark },
      { state: 'up', word: 'not needed', remark: 'probes of an earlier or other gctop run in the pod' },
    );
    story.states('running', 'running');
    assert.deepEqual(story.probes(), { GC: 'running', gcSweep: 'running' });
    assert.equal(story.step('probes').word, '2 of 2');
    assert.equal(story.state.askAtNs, story.nowNs - 100e6 + 180e9, 'then renewed like any other');
  });

  test('are joined by those that are lacking, in the same script', () => {
    const story = new Story({ there: undefined }).seen(row(other('gcSweep')));
    assert.equal(story.asks, `upsert ${own('GC', 1)} ${other('gcSweep')}`);
    assert.deepEqual(story.notes(), [
      'probe.adopted: the probe gcSweep of an earlier or other gctop runs: it is taken over',
      'probe.sent: GC sent under a new name',
    ]);
    assert.deepEqual(story.probes(), { GC: 'pending', gcSweep: 'running' });
  });

  for (const state of ['failed', 'terminated', 'terminating', 'pending', 'unknown']) {
    test(`are not taken over when ${state}`, () => {
      const story = new Story({ there: undefined }).seen(row(other('GC'), state));
      assert.equal(story.asks, `upsert ${own('canary', 1)}`);
    });
  }

  test('of another pod, of another probe or of something else are left alone', () => {
    const rows = [row('gctop_GC_b_m_1'), row(other('sweepone')), row('http_tracer'), row('')];
    const story = new Story({ there: undefined }).seen(...rows);
    assert.equal(story.asks, `upsert ${own('canary', 1)}`);
    assert.deepEqual(
      story.notes().filter((note) => !note.startsWith('canary.sent')),
      [],
    );
  });

  test('end between the look and the script: they are awaited like others, then placed anew', () => {
    const story = new Story({ there: undefined }).seen(...both);
    story.states('terminated', 'pending');
    assert.equal(story.probes().gcSweep, 'pending');
    while (!(story.asked.type === 'upsert')) answerOther(story);
    assert.equal(story.asks, `upsert ${own('GC', 1)} ${other('gcSweep')}`);
  });

  test('that cannot be asked for are done without', () => {
    for (const code of ['PIXIE_SCRIPT', 'PIXIE_FAILED'] as const) {
      const story = new Story({ there: undefined }).fail(new GctopError(code, 'no such function'));
      assert.equal(story.asks, `upsert ${own('canary', 1)}`);
      assert.equal(story.state.trouble, undefined);
    }
    const story = new Story({ there: undefined }).answer({ type: 'result' });
    assert.equal(story.asks, `upsert ${own('canary', 1)}`);
  });

  test('nothing is placed before the cluster has answered', () => {
    const story = new Story({ there: undefined });
    story.fail(new GctopError('PIXIE_UNREACHABLE', 'no answer'));
    assert.equal(story.next().type, 'look');
    story.seen();
    assert.equal(story.asks, `upsert ${own('canary', 1)}`);
  });

  test('that came while the canary was on its way are taken over before the probes go out', () => {
    const story = new Story({ there: undefined }).seen();
    story.answer({ type: 'result', mutation: { code: 14, message: '', states: [] } }, 6000);
    story.next();
    story.states('running');
    assert.equal(story.asks, 'look', 'what was seen before is old by now');
    story.seen(...both);
    assert.equal(story.asks, `upsert ${other('GC')} ${other('gcSweep')}`);
    assert.equal(story.step('canary').remark, 'runtime.gcStart, try 1');
  });

  test('of another pod are looked for again, once it is that pod that is watched', () => {
    const story = allRun();
    story.put({ type: 'retarget', pod: { ...pod, name: 'svc-2', instance: 'b' } });
    assert.equal(story.asks, 'look');
    story.seen(row('gctop_GC_b_m_1'), row('gctop_gcSweep_b_m_1'), row(own('GC', 2)));
    assert.equal(story.asks, 'upsert gctop_GC_b_m_1 gctop_gcSweep_b_m_1');
    story.states('running', 'running');
    assert.deepEqual(deletions(story), [own('GC', 2), own('gcSweep', 2)]);
  });

  test("of the pod that was watched before are nobody else's, though they run on for a while", () => {
    const story = new Story({ there: undefined })
      .seen(...both)
      .states('running', 'running')
      .forget();
    story.put({ type: 'retarget', pod: { ...pod, name: 'svc-2', instance: 'b' } });
    story.seen(...both.map(({ name }) => row(name, 'running', ['gctop_GC', 'gctop_gcSweep'])));
    assert.deepEqual(
      story.notes().map((note) => note.split(':')[0]),
      ['canary.sent'],
    );
  });
});

describe('two that run for one probe', () => {
  test('become one: the smallest name stays, whoever placed it, and the other is deleted', () => {
    const spare = other('GC', 'z_4');
    const story = new Story({ there: undefined }).seen(row(spare), ...both);
    assert.equal(story.asks, `upsert ${other('GC')} ${other('gcSweep')}`);
    assert.match(story.notes().at(-1) ?? '', /^probe.doubled: GC ran twice in this pod/);
    story.states('running', 'running');
    assert.equal(story.asks, `delete ${spare}`);
  });

  test('become the other one when its name is smaller, without a gap', () => {
    const story = allRun().forget();
    look(story).seen(row(own('GC', 2)), row(own('gcSweep', 2)), ...both);
    assert.equal(story.asks, `upsert ${other('GC')} ${other('gcSweep')}`);
    assert.deepEqual(
      running(story.state).map(({ name }) => name),
      [other('GC'), other('gcSweep')],
    );
    assert.ok(story.heard('probe').every(({ state }) => state === 'running'));
    assert.deepEqual(story.notes(), [
      'probe.doubled: GC, gcSweep ran twice in this pod, for another gctop or an earlier one: ' +
        'one of each is removed; calls may be counted twice for up to 30 s more',
    ]);
    story.states('running', 'running');
    assert.deepEqual(deletions(story), [own('GC', 2), own('gcSweep', 2)]);
  });

  test('are told once, though the deleted one runs on until the cluster ends it', () => {
    const story = allRun().forget();
    const spare = row(other('GC', 'z_1'));
    for (let times = 1; times <= 3; times++) {
      look(story).seen(row(own('GC', 2)), row(own('gcSweep', 2)), spare);
      assert.deepEqual(deletions(story), [spare.name]);
    }
    assert.equal(story.notes().length, 1);
    assert.equal(running(story.state).length, 2);
  });

  test('of which one is another version cannot become one: that is told, once, with its names', () => {
    const old = row('gctop_GC_a-old_k_2', 'running', ['gctop_GC']);
    const elsewhere = row('gctop_gcSweep_a-old_k_2', 'running', ['gctop_gcSweep_of_other_columns']);
    const story = new Story({ there: undefined }).seen(old, elsewhere);
    assert.equal(story.asks, `upsert ${own('canary', 1)}`);
    const rival =
      'probe.rival: 1 probe of another gctop version runs in this pod, gctop_GC_a-old_k_2: ' +
      'calls may be counted twice until it ends';
    assert.equal(story.notes()[0], rival);
    assert.equal(story.heard('note')[0]?.level, 'warning');
    story.states('running');
    story.states('running', 'running').deleted();
    look(story.forget()).seen(old, row(own('GC', 2)), row(own('gcSweep', 2)));
    assert.deepEqual(story.notes(), []);
  });
});

test('one that fills the same table for another pod may double its calls: that is told, once', () => {
  const rows = [
    row('gctop_GC_b_m_1', 'running', ['gctop_GC']),
    row('gctop_gcSweep_b_m_1', 'failed', ['gctop_gcSweep']),
    row('gctop_GC_b_n_1', 'running', ['gctop_GC']),
    row('http_tracer', 'running', ['http']),
  ];
  const story = new Story({ there: undefined }).seen(...rows);
  assert.equal(
    story.notes()[0],
    'probe.elsewhere: 1 tracepoint for another pod or placed by hand fills the same tables, gctop_GC_b_m_1: ' +
      'where the image and the node are the same, calls are counted twice',
  );
  story.states('running');
  story.states('running', 'running').deleted();
  look(story.forget()).seen(...rows, row(own('GC', 2)), row(own('gcSweep', 2)));
  assert.deepEqual(story.notes(), []);
  assert.ok(story.sent.every((request) => request.type !== 'delete' || request.name === own('canary', 1)));
});

describe('one that somebody else has removed', () => {
  test('is sent again under its name within ten seconds, and told as expired and pending until it runs', () => {
    const story = allRun().forget();
    const sinceNs = story.nowNs;
    look(story);
    assert.ok(story.nowNs - sinceNs <= 10e9);
    story.seen(row(own('gcSweep', 2)));
    assert.equal(story.asks, `upsert ${own('GC', 2)} ${own('gcSweep', 2)}`);
    assert.match(
      story.notes().at(-1) ?? '',
      /^probe.lost: GC does not run any more: it is sent again; calls are missing from up to 10\.\d s ago until then$/,
    );
    story.outcome(14, [
      { id: 'another', name: own('GC', 2), state: 'pending' },
      { id: `id of ${own('gcSweep', 2)}`, name: own('gcSweep', 2), state: 'running' },
    ]);
    assert.deepEqual(
      story.heard('probe').map(({ probe, state }) => [probe, state]),
      [
        ['GC', 'expired'],
        ['GC', 'pending'],
      ],
    );
    story.next();
    story.states('running', 'running');
    assert.equal(running(story.state).length, 2);
  });

  test('is told once, even if the cluster says that it runs and does not list it', () => {
    const story = allRun().forget();
    for (let times = 1; times <= 3; times++) {
      look(story).seen(row(own('gcSweep', 2)));
      story.states('running', 'running');
    }
    assert.equal(story.notes().length, 1);
    assert.equal(running(story.state).length, 2);
  });

  test('gives way to one that runs, whatever its name', () => {
    const story = allRun();
    look(story).seen(row(other('GC', 'z_9')), row(own('gcSweep', 2)));
    assert.equal(story.asks, `upsert ${other('GC', 'z_9')} ${own('gcSweep', 2)}`);
  });
});

describe('the end of what was taken over', () => {
  test('deletes it as well: nobody knows whether anybody else is there to do it', () => {
    const story = new Story({ there: undefined }).seen(...both).states('running', 'running');
    story.put({ type: 'end' });
    assert.equal(story.asks, `delete ${other('GC')}, delete ${other('gcSweep')}`);
    story.deleted();
    assert.ok(isOver(story.state));
    assert.deepEqual(leftovers(story.state), []);
  });

  test('does not wait for a look', () => {
    const story = new Story({ there: undefined });
    story.put({ type: 'end' });
    assert.ok(isOver(story.state));
  });
});

function allRun(): Story {
  const story = new Story().canaryUp().states('running', 'running').deleted();
  story.there = undefined;
  return story;
}

/** Goes on to the next look. */
function look(story: Story): Story {
  assert.equal(story.next().type, 'look');
  return story;
}

function answerOther(story: Story): void {
  if (story.asked.type === 'look') story.seen(row(other('gcSweep')));
  else story.deleted();
}

/** What is deleted next, one after the other. */
function deletions(story: Story): readonly string[] {
  const names: string[] = [];
  for (let request = story.state.asked[0]; request?.type === 'delete'; request = story.state.asked[0]) {
    names.push(request.name);
    story.outcome(14, []);
  }
  return names;
}
