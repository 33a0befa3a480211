import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GctopError } from '../../../../src/error.js';
import { inShort, notHere, pod, Story } from './story.js';

const canary = (serial: number) => `gctop_canary_a_n_${serial}`;
const unreachable = new GctopError('PIXIE_UNREACHABLE', 'no answer from work.example:443');

describe('the canary', () => {
  test('goes out first and alone, with its own time-to-live', () => {
    const story = new Story();
    const request = story.asked;
    assert.ok(request.type === 'upsert');
    assert.deepEqual(
      { what: request.what, names: request.tracepoints, ttlMs: request.ttlMs, target: request.target },
      {
        what: 'canary',
        names: [{ probe: 'canary', name: canary(1), table: 'gctop_canary' }],
        ttlMs: 120_000,
        target: pod,
      },
    );
    assert.deepEqual(story.notes(), [`canary.sent: try 1 of 8: ${canary(1)} sent`]);
  });

  test('is sent again under the same name every 2.5 s while it is not in place', () => {
    const story = new Story();
    for (let times = 0; times < 10; times++) {
      const before = story.states('pending').nowNs;
      story.next();
      assert.equal(story.asks, `upsert ${canary(1)}`);
      assert.equal(story.nowNs - before, 2.5e9);
    }
  });

  test('that all PEMs so far refuse is asked about, may still run, and is not given up for 30 s', () => {
    const story = new Story();
    story.states('failed');
    assert.equal(story.asks, 'status');
    story.texts({ [canary(1)]: [notHere] });
    assert.deepEqual(story.forget().turn.send, []);
    const step = story.step('canary');
    assert.equal(step.state, 'waiting');
    assert.equal(step.untilNs, 30e9);
    assert.deepEqual(step.tries, [{ state: 'waiting', remark: 'refused so far: may come', startedAtNs: 0 }]);
    story.next();
    story.states('running');
    assert.equal(story.step('canary').state, 'up');
    assert.match(story.notes()[0] ?? '', /^canary.up: try 1 runs after/);
  });

  test('that no PEM knew fails after 30 s, and goes out under a new name after a pause that grows', () => {
    const story = new Story();
    const pauses: number[] = [];
    for (let number = 1; number <= 3; number++) {
      const sentAt = story.seconds;
      failForPod(story, canary(number));
      assert.equal(Math.floor(story.seconds - sentAt), 30);
      const failedAt = story.seconds;
      story.next();
      assert.equal(story.asks, `upsert ${canary(number + 1)}`);
      pauses.push(story.seconds - failedAt);
    }
    assert.deepEqual(pauses.map(Math.round), [2, 4, 6]);
    assert.match(
      story.notes().find((note) => note.startsWith('canary.failed')) ?? '',
      /try 1 failed after 30\.\d s: no PEM knew the pod \(Target binary\/UPID not found\); next try in 2 s$/,
    );
    assert.equal(story.step('canary').word, 'try 4 of 8');
    assert.deepEqual(
      story.step('canary').tries?.map(({ remark }) => remark),
      ['no PEM knew the pod', 'no PEM knew the pod', 'no PEM knew the pod', 'waits for the PEMs'],
    );
  });

  test('is deleted once the next one is sent, not before', () => {
    const story = new Story();
    failForPod(story, canary(1));
    assert.deepEqual(story.state.asked, [], 'the old one stays during the pause');
    story.next();
    assert.equal(story.asks, `upsert ${canary(2)}`);
    story.states('pending');
    assert.equal(story.asks, `delete ${canary(1)}`);
  });

  test('fails at once when a PEM that knows the pod has another reason', () => {
    const story = new Story();
    story.states('failed').texts({ [canary(1)]: [notHere, 'Internal : Failed to attach uprobe'] });
    assert.match(story.notes().at(-1) ?? '', /failed after 200 ms: Internal : Failed to attach uprobe; next/);
    assert.equal(story.step('canary').untilNs, 2.2e9);
  });

  test('is given up after eight tries, with the reason and what to try, until the user wants it again', () => {
    const story = new Story();
    for (let number = 1; number <= 8; number++) {
      assert.equal(story.step('canary').word, `try ${number} of 8`);
      failForPod(story, canary(number));
      if (number < 8) story.next();
    }
    const { halted } = story.state;
    assert.equal(halted?.code, 'CANARY_GAVE_UP');
    assert.match(halted?.message ?? '', /pod 'default\/svc-1' in 8 tries: no PEM knew the pod/);
    assert.match(halted?.hint ?? '', /whether a PEM runs on node 'node-1'/);
    assert.equal(story.step('canary').state, 'failed');
    assert.equal(story.asks, `delete ${canary(8)}`);
    story.deleted();
    assert.equal(story.turn.wakeAtNs, undefined);
    story.put({ type: 'retry' });
    assert.equal(story.asks, `upsert ${canary(9)}`, 'names go on where the count of tries begins anew');
    assert.equal(story.step('canary').word, 'try 1 of 8');
    assert.equal(story.state.halted, undefined);
  });

  test('is given up early when the program cannot be probed: the same is said twice', () => {
    const story = new Story();
    story.states('failed').texts({ [canary(1)]: ['Internal : Could not find symbol'] });
    story.next();
    story.states('failed').texts({ [canary(2)]: ['Internal : Could not find symbol'] });
    assert.equal(story.state.halted?.code, 'CANARY_GAVE_UP');
    assert.match(story.state.halted?.message ?? '', /in 2 tries: the program has no such function/);
    assert.match(story.state.halted?.hint ?? '', /without -ldflags=-s/);
  });

  test('a container that has to be named is said to be, although the PEM words it as not found', () => {
    const story = new Story();
    const text =
      "Target binary/UPID not found, error message: Container name not specified, but Pod 'x' has multiple containers 'a,b'";
    for (let number = 1; number <= 2; number++) {
      story.next();
      story.states('failed').texts({ [canary(number)]: [text] });
    }
    assert.match(story.state.halted?.message ?? '', /several containers or processes/);
    assert.equal(story.state.halted?.hint, 'name the container of the Go program');
  });

  test('of which nothing is heard at all is over after 90 s', () => {
    const story = new Story();
    while (story.seconds < 90) {
      story.next();
      story.states('pending');
    }
    assert.equal(story.step('canary').tries?.[0]?.remark, 'no PEM said anything');
    story.next();
    assert.equal(story.asks, `upsert ${canary(2)}`);
  });

  test('that is refused late is given ten seconds more', () => {
    const story = new Story();
    while (story.seconds < 29) {
      story.next();
      story.states('pending');
    }
    const refusedAt = untilRefusalIsFinal(story, canary(1));
    assert.equal(Math.floor(story.seconds - refusedAt), 10);
  });

  test('runs when its state says so, even if the script waits for its table', () => {
    const story = new Story();
    story.outcome(14, [{ id: '1', name: canary(1), state: 'running' }]);
    assert.equal(story.step('canary').state, 'up');
  });

  test('runs on a standalone PEM, which tells no states', () => {
    const story = new Story();
    story.outcome(14, []);
    story.next();
    story.outcome(0, []);
    assert.equal(story.step('canary').state, 'up');
  });

  test('is deleted when it is up, after the probes went out', () => {
    const story = new Story().canaryUp();
    assert.equal(story.asks, 'upsert gctop_GC_a_n_2 gctop_gcSweep_a_n_2');
    story.states('running', 'running');
    assert.equal(story.asks, `delete ${canary(1)}`);
  });

  test('that was ended in the cluster goes out under a new name', () => {
    const story = new Story();
    story.states('terminated');
    assert.equal(story.step('canary').tries?.[0]?.remark, 'it was ended in the cluster');
    story.next();
    assert.equal(story.asks, `upsert ${canary(2)}`);
  });

  test('a retry ends the try that is under way, and the pause before the next', () => {
    const story = new Story();
    story.states('pending').put({ type: 'retry' });
    assert.equal(story.asks, `upsert ${canary(2)}`);
    story.states('failed');
    assert.equal(story.asks, 'status');
    story.texts({ [canary(2)]: ['Internal : broken'] });
    assert.equal(story.asks, `delete ${canary(1)}`);
    story.deleted().put({ type: 'retry' });
    assert.equal(story.asks, `upsert ${canary(3)}`);
  });

  test('a retry during a request takes effect with its answer, whatever that is', () => {
    const story = new Story();
    story.put({ type: 'retry' });
    assert.equal(story.asks, `upsert ${canary(1)}`);
    story.states('running');
    assert.equal(story.asks, `upsert ${canary(2)}`);
  });
});

describe('trouble of the cluster', () => {
  test('is told once, tried again with growing pauses, and its end is told', () => {
    const story = new Story();
    const pauses: number[] = [];
    for (let times = 0; times < 7; times++) {
      const failedAt = story.fail(unreachable).seconds;
      story.next();
      assert.equal(story.asks, `upsert ${canary(1)}`);
      pauses.push(Math.round(story.seconds - failedAt));
    }
    assert.deepEqual(pauses, [2, 4, 8, 16, 30, 30, 30]);
    assert.equal(story.step('canary').remark, 'the cluster does not answer');
    story.states('pending');
    assert.deepEqual(story.notes().slice(1), [
      'pixie.trouble: no answer from work.example:443; trying again',
      'pixie.back: the cluster answers again after 2m01s',
    ]);
    assert.equal(story.step('canary').remark, 'runtime.gcStart');
  });

  test('does not end a try: time in which nothing can be heard does not count', () => {
    const story = new Story();
    story.states('failed').texts({ [canary(1)]: [notHere] });
    let lost = 0;
    while (story.seconds < 40) {
      story.next();
      lost ||= story.seconds;
      story.fail(unreachable);
    }
    story.next();
    const found = story.seconds;
    story.states('failed').texts({ [canary(1)]: [notHere] });
    assert.equal(story.step('canary').word, 'try 1 of 8');
    untilRefusalIsFinal(story, canary(1));
    assert.equal(Math.round(story.seconds), Math.round(30 + found - lost));
  });

  test('a script that does not compile is final, with its text', () => {
    const story = new Story();
    story.fail(new GctopError('PIXIE_SCRIPT', "line 3, column 1: name 'pxtrace' is not defined"));
    assert.equal(story.state.halted?.code, 'PIXIE_SCRIPT');
    assert.match(story.notes().at(-1) ?? '', /^pixie.stopped: line 3, column 1/);
    assert.equal(story.step('canary').state, 'failed');
    assert.equal(story.step('canary').remark, "line 3, column 1: name 'pxtrace' is not defined");
  });

  test('without words for a refusal the time decides', () => {
    const story = new Story();
    const noStatus = new GctopError('PIXIE_SCRIPT', "'GetTracepointStatus' is not defined");
    while (story.state.canary.tries.length === 0) {
      if (story.next().type === 'status') story.fail(noStatus);
      else story.states('failed');
    }
    assert.equal(Math.floor(story.seconds), 30);
    assert.equal(story.step('canary').tries?.[0]?.remark, 'no PEM knew the pod');
  });

  test('what the cluster does not know is deleted already', () => {
    const story = new Story();
    story.states('pending').put({ type: 'retry' });
    story.states('pending');
    story.fail(new GctopError('PIXIE_FAILED', 'failed to delete tracepoints'));
    assert.equal(story.state.trouble, undefined);
    assert.deepEqual(
      story.state.ledger.map(({ name }) => name),
      [canary(2)],
    );
  });

  test('a deletion that the cluster does not hear is tried twice, then left to the time-to-live', () => {
    const story = new Story();
    story.states('pending').put({ type: 'retry' });
    story.states('pending');
    const deletions: string[] = [];
    while (story.seconds < 60) {
      const request = story.next();
      if (request.type === 'delete') deletions.push(inShort(request));
      if (request.type === 'delete') story.fail(unreachable);
      else story.states('pending');
    }
    assert.deepEqual(deletions, [`delete ${canary(1)}`, `delete ${canary(1)}`]);
  });
});

/** Nobody knows the pod, until the verdict. */
function failForPod(story: Story, name: string): void {
  untilRefusalIsFinal(story, name);
}

/** When it was refused first. */
function untilRefusalIsFinal(story: Story, name: string): number {
  const before = story.state.canary.tries.length;
  let refusedAt: number | undefined;
  while (story.state.canary.tries.length === before) {
    const request = story.next();
    if (request.type === 'status') story.texts({ [name]: [notHere] });
    else if (request.type === 'delete') story.deleted();
    else {
      story.states('failed');
      refusedAt ??= story.seconds;
    }
  }
  return refusedAt ?? story.seconds;
}
