import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GctopError } from '../../../../src/error.js';
import type { PodRef } from '../../../../src/gc/source-control.js';
import { isOver, leftovers, running } from '../../../../src/sources/pixie/deployment.js';
import { inShort, notHere, pod, Story } from './story.js';

const named = (probe: string, serial: number) => `gctop_${probe}_a_n_${serial}`;
const noSymbol = 'Internal : Could not find symbol';
const unreachable = new GctopError('PIXIE_UNREACHABLE', 'no answer from work.example:443');

describe('the probes', () => {
  test('wait for the canary, then go out together in one script', () => {
    const story = new Story();
    assert.deepEqual(story.probes(), { GC: 'pending', gcSweep: 'pending' });
    const { state, word, remark } = story.step('probes');
    assert.deepEqual(
      { state, word, remark },
      { state: 'waiting', word: '0 of 2', remark: 'wait for the canary' },
    );
    story.canaryUp();
    const request = story.asked;
    assert.ok(request.type === 'upsert');
    assert.equal(inShort(request), `upsert ${named('GC', 2)} ${named('gcSweep', 2)}`);
    assert.equal(request.ttlMs, 600_000);
    assert.equal(
      story.notes().at(-1),
      'probe.sent: 2 probes sent together: each lives 10m, renewed every 3m',
    );
  });

  test('can each be read as soon as it runs, not only when all do', () => {
    const story = new Story().canaryUp();
    story.states('running', 'pending');
    const readable = running(story.state).map(({ probe, name, table }) => ({ probe, name, table }));
    assert.deepEqual(readable, [{ probe: 'GC', name: named('GC', 2), table: 'gctop_GC' }]);
    assert.deepEqual(story.probes(), { GC: 'running', gcSweep: 'pending' });
    assert.equal(story.step('probes').word, '1 of 2');
    assert.equal(story.step('probes').remark, 'gcSweep to come');
    story.deleted().next();
    story.states('running', 'running');
    assert.equal(running(story.state).length, 2);
    assert.equal(story.step('probes').state, 'up');
  });

  test('all running are sent again while the cluster does not know their tables yet', () => {
    const story = new Story().canaryUp();
    const sentAt = story.nowNs;
    const names = [named('GC', 2), named('gcSweep', 2)];
    story.outcome(
      14,
      names.map((name) => ({ id: name, name, state: 'running' })),
    );
    story.deleted().next();
    assert.ok(story.nowNs - sentAt < 3e9);
    story.states('running', 'running');
    assert.equal(story.state.askAtNs, story.nowNs - 100e6 + 180e9);
  });

  test('one whose symbol is missing is dropped by name and the others go on without it', () => {
    const story = new Story().canaryUp();
    story.states('running', 'failed');
    story.texts({ [named('gcSweep', 2)]: [noSymbol] });
    assert.deepEqual(story.probes(), { GC: 'running', gcSweep: 'missing' });
    assert.equal(story.asks, `upsert ${named('GC', 2)}`, 'at once: the missing one held up the script');
    story.states('running');
    const { state, word, remark } = story.step('probes');
    assert.deepEqual({ state, word, remark }, { state: 'up', word: '1 of 2', remark: 'without gcSweep' });
    const detail = story.heard('probe').findLast(({ probe }) => probe === 'gcSweep')?.detail;
    assert.equal(detail, `the program has no such function (${noSymbol})`);
    const deletions = deletionsOf(story);
    assert.deepEqual(deletions, [`delete ${named('canary', 1)}`, `delete ${named('gcSweep', 2)}`]);
  });

  test('one that another Go version has may be missing without alarm', () => {
    const story = new Story({ mayMiss: ['gcSweep'] }).canaryUp();
    story.states('running', 'failed').texts({ [named('gcSweep', 2)]: [noSymbol] });
    story.states('running');
    const { state, word, remark } = story.step('probes');
    assert.deepEqual({ state, word, remark }, { state: 'up', word: '1 of 1', remark: undefined });
    assert.deepEqual(
      story.heard('note').filter(({ level }) => level !== 'info'),
      [],
    );
    const draft = story.heard('probe').findLast(({ probe }) => probe === 'gcSweep');
    assert.equal(draft?.state, 'dropped');
    assert.equal(draft?.detail, 'not of this Go release');
  });

  test('one that fails for another reason is tried under new names, then it has failed', () => {
    const story = new Story().canaryUp();
    story.states('running', 'failed');
    const names: string[] = [];
    while (story.probes().gcSweep !== 'failed' || story.state.probes[1]?.stand.kind !== 'failed') {
      const request = story.next();
      if (request.type === 'status') {
        const name = story.state.probes[1]?.stand.kind === 'placed' ? currentName(story) : '';
        names.push(name);
        story.texts({ [name]: ['Internal : out of memory'] });
      } else if (request.type === 'delete') story.deleted();
      else if (request.type === 'upsert') {
        const hasSweep = request.tracepoints.some(({ probe }) => probe === 'gcSweep');
        if (hasSweep) story.states('running', 'failed');
        else story.states('running');
      }
    }
    assert.deepEqual(names, [named('gcSweep', 2), named('gcSweep', 3), named('gcSweep', 4)]);
    const told = story.heard('probe').filter(({ probe, state }) => probe === 'gcSweep' && state === 'failed');
    assert.deepEqual(
      told.map(({ attempt, nextTryAtNs, detail }) => ({ attempt, waits: nextTryAtNs !== undefined, detail })),
      [
        { attempt: 1, waits: true, detail: 'Internal : out of memory' },
        { attempt: 2, waits: true, detail: 'Internal : out of memory' },
        { attempt: 3, waits: false, detail: 'Internal : out of memory' },
      ],
    );
    assert.ok(story.notes().includes('probe.sent: gcSweep sent under a new name'));
    story.put({ type: 'retry' });
    if (story.asked.type !== 'upsert') story.states('running');
    while (story.asked.type !== 'upsert' || !inShort(story.asked).includes(named('gcSweep', 5))) {
      if (story.asked.type === 'upsert') story.states('running');
      else story.deleted();
      story.next();
    }
  });

  test('a refusal of PEMs that do not know the pod is not final: it may still run', () => {
    const story = new Story().canaryUp();
    story.states('failed', 'failed');
    story.texts({ [named('GC', 2)]: [notHere], [named('gcSweep', 2)]: [notHere] });
    assert.deepEqual(story.probes(), { GC: 'pending', gcSweep: 'pending' });
    story.deleted().next();
    story.states('running', 'running');
    assert.deepEqual(story.probes(), { GC: 'running', gcSweep: 'running' });
  });

  test('whose script does not compile have failed with its text', () => {
    const story = new Story().canaryUp();
    story.fail(new GctopError('PIXIE_SCRIPT', 'line 9: no such argument'));
    assert.deepEqual(story.probes(), { GC: 'failed', gcSweep: 'failed' });
    assert.equal(story.step('probes').state, 'failed');
    assert.equal(story.step('probes').remark, 'line 9: no such argument');
    assert.equal(story.step('canary').state, 'up');
  });
});

describe('renewal', () => {
  test('sends the same script every three minutes, without a word', () => {
    const story = allRun();
    for (let times = 1; times <= 5; times++) {
      const before = story.forget().nowNs;
      const request = story.next();
      assert.equal(inShort(request), `upsert ${named('GC', 2)} ${named('gcSweep', 2)}`);
      assert.ok(Math.abs(story.nowNs - before - 180e9) < 1e9);
      story.states('running', 'running');
      assert.deepEqual(story.heard('note'), []);
      assert.deepEqual(story.heard('probe'), []);
    }
  });

  test('one that was ended in the cluster goes out anew under a new name: expired, then pending', () => {
    const story = allRun().forget();
    story.next();
    story.states('running', 'terminated');
    assert.deepEqual(
      story.heard('probe').map(({ probe, state }) => [probe, state]),
      [
        ['gcSweep', 'expired'],
        ['gcSweep', 'pending'],
      ],
    );
    assert.equal(story.asks, `upsert ${named('GC', 2)} ${named('gcSweep', 3)}`);
    assert.equal(running(story.state).length, 1);
  });

  test('one that the cluster does not know any more goes out anew as well', () => {
    const story = allRun();
    story.next();
    story.states('unknown', 'running');
    assert.equal(story.asks, `upsert ${named('GC', 3)} ${named('gcSweep', 2)}`);
  });

  test('nor one whose state comes back without its name', () => {
    const story = allRun();
    story.next();
    story.outcome(14, [
      { id: '', name: '', state: 'unknown' },
      { id: 'id', name: named('gcSweep', 2), state: 'running' },
    ]);
    assert.equal(story.asks, `upsert ${named('GC', 3)} ${named('gcSweep', 2)}`);
  });

  test('what had run out and was placed anew by the renewal itself is told, and awaited', () => {
    const story = allRun().forget();
    story.next();
    const names = [named('GC', 2), named('gcSweep', 2)];
    story.outcome(
      14,
      names.map((name) => ({ id: `other ${name}`, name, state: 'pending' })),
    );
    assert.deepEqual(
      story.heard('probe').map(({ probe, state }) => [probe, state]),
      [
        ['GC', 'expired'],
        ['GC', 'pending'],
        ['gcSweep', 'expired'],
        ['gcSweep', 'pending'],
      ],
    );
    story.next();
    assert.equal(story.asks, `upsert ${names.join(' ')}`);
    story.outcome(
      0,
      names.map((name) => ({ id: `other ${name}`, name, state: 'running' })),
    );
    assert.equal(running(story.state).length, 2);
  });

  test('a PEM that starts again may lose them for a while, and has thirty seconds to get them back', () => {
    const story = allRun();
    story.next();
    story.states('failed', 'running').texts({ [named('GC', 2)]: [notHere] });
    assert.equal(story.probes().GC, 'pending');
    assert.equal(running(story.state).length, 1);
    story.next();
    story.states('running', 'running');
    assert.equal(story.probes().GC, 'running');
  });

  test('that is not heard for as long as they live makes them expire, and they go out anew', () => {
    const story = allRun();
    const renewedNs = story.state.renewedAtNs ?? 0;
    while (running(story.state).length > 0) {
      story.next();
      story.fail(unreachable);
      if (story.turn.wakeAtNs !== undefined && story.state.asked.length === 0) {
        story.nowNs = story.turn.wakeAtNs;
        story.put({ type: 'time' });
      }
    }
    assert.ok(story.nowNs >= renewedNs + 600e9 && story.nowNs < renewedNs + 631e9);
    assert.ok(story.heard('probe').some(({ state }) => state === 'expired'));
    while (!inShort(story.next()).includes(named('GC', 3))) story.fail(unreachable);
    assert.equal(story.notes().filter((note) => note.startsWith('pixie.trouble')).length, 1);
  });
});

describe('another pod', () => {
  const next: PodRef = { ...pod, name: 'svc-2', instance: 'b' };

  test('gets its own canary first, and all of the old one is deleted', () => {
    const story = allRun();
    story.put({ type: 'retarget', pod: next });
    const request = story.asked;
    assert.ok(request.type === 'upsert');
    assert.equal(inShort(request), 'upsert gctop_canary_b_n_3');
    assert.deepEqual(request.target, next);
    assert.deepEqual(running(story.state), []);
    assert.deepEqual(
      story
        .heard('probe')
        .slice(-2)
        .map(({ target, state }) => [target, state]),
      [
        ['svc-2', 'pending'],
        ['svc-2', 'pending'],
      ],
    );
    story.states('pending');
    assert.deepEqual(deletionsOf(story), [`delete ${named('GC', 2)}`, `delete ${named('gcSweep', 2)}`]);
  });

  test('an answer that is still about the old one changes nothing', () => {
    const story = new Story().canaryUp();
    story.put({ type: 'retarget', pod: next });
    story.states('running', 'running');
    assert.deepEqual(running(story.state), []);
    assert.equal(story.asks, 'upsert gctop_canary_b_n_3');
  });

  test('is none if it is the same run again', () => {
    const story = allRun();
    story.put({ type: 'retarget', pod: { ...pod, node: 'node-2' } });
    assert.equal(running(story.state).length, 2);
    assert.deepEqual(story.state.asked, []);
  });
});

describe('the end', () => {
  test('deletes everything, one name a request', () => {
    const story = allRun();
    story.put({ type: 'end' });
    assert.equal(story.asks, `delete ${named('GC', 2)}, delete ${named('gcSweep', 2)}`);
    story.deleted();
    assert.ok(isOver(story.state));
    assert.deepEqual(leftovers(story.state), []);
  });

  test('waits for the answer to what is being placed before it deletes that', () => {
    const story = new Story().canaryUp();
    story.put({ type: 'end' });
    const asked = story.state.asked.map(inShort);
    assert.deepEqual(asked, [
      `upsert ${named('GC', 2)} ${named('gcSweep', 2)}`,
      `delete ${named('canary', 1)}`,
    ]);
    story.states('pending', 'pending');
    assert.equal(
      story.asks,
      `delete ${named('canary', 1)}, delete ${named('GC', 2)}, delete ${named('gcSweep', 2)}`,
    );
    story.deleted();
    assert.ok(isOver(story.state));
  });

  test('deletes what may have been placed although its answer was lost', () => {
    const story = new Story();
    story.put({ type: 'end' });
    story.fail(unreachable);
    assert.equal(story.asks, `delete ${named('canary', 1)}`);
  });

  test('what cannot be deleted is told with the time by which it ends by itself', () => {
    const story = allRun();
    story.put({ type: 'end' });
    while (story.state.asked.length > 0) story.fail(unreachable);
    assert.ok(isOver(story.state));
    assert.deepEqual(
      leftovers(story.state).map(({ name }) => name),
      [named('GC', 2), named('gcSweep', 2)],
    );
  });

  test('that must not take longer leaves what is not deleted by then', () => {
    const story = allRun();
    story.put({ type: 'end' });
    story.put({ type: 'cut' });
    assert.ok(isOver(story.state));
    assert.equal(leftovers(story.state).length, 2);
  });

  test('is over at once when nothing is left', () => {
    const story = new Story();
    story.fail(new GctopError('PIXIE_REFUSED', 'the API key was refused'));
    assert.equal(story.turn.wakeAtNs, undefined);
    story.put({ type: 'end' });
    story.fail(new GctopError('PIXIE_FAILED', 'failed to delete tracepoints'));
    assert.ok(isOver(story.state));
    assert.deepEqual(leftovers(story.state), []);
  });
});

function allRun(): Story {
  const story = new Story().canaryUp();
  return story.states('running', 'running').deleted();
}

function currentName(story: Story): string {
  const stand = story.state.probes[1]?.stand;
  return stand?.kind === 'placed' ? stand.attempt.tracepoint.name : '';
}

/** What is deleted next, one after the other. */
function deletionsOf(story: Story): readonly string[] {
  const deletions: string[] = [];
  while (story.state.asked[0]?.type === 'delete') {
    deletions.push(story.asks);
    story.outcome(14, []);
  }
  return deletions;
}
