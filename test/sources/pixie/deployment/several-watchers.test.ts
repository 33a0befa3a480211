import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nanos } from '../../../../src/gc/units.js';
import { isOver, running } from '../../../../src/sources/pixie/deployment.js';
import { SharedCluster } from './shared-cluster.js';
import { Story } from './story.js';

const probes = ['GC', 'gcSweep', 'sweepone'] as const;
const stepS = 0.5;
/** A look, the script, its deployment, and what is deleted by then is gone at the next reaping. */
const settleS = 90;

interface Watcher {
  readonly story: Story;
  /** For how many steps an answer is on its way. */
  readonly lag: number;
  waited: number;
}

type Happening = { readonly afterS: number } & (
  | { readonly type: 'start'; readonly nonce: string; readonly lag: number }
  | { readonly type: 'kill' | 'end'; readonly which: number }
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    type: fc.constant('start'),
    afterS: fc.oneof(fc.nat(3), fc.nat(40)),
    nonce: fc.stringMatching(/^[0-9a-z]{6}$/),
    lag: fc.nat(4),
  }),
  fc.record({
    type: fc.constantFrom('kill', 'end'),
    afterS: fc.oneof(fc.nat(20), fc.nat(90)),
    which: fc.nat(3),
  }),
);

/** Time that passes for all who watch one pod. */
class Pod {
  readonly cluster: SharedCluster;
  readonly watchers: Watcher[] = [];
  readonly leaving: Watcher[] = [];
  #steps = 0;

  constructor(deployS: number) {
    this.cluster = new SharedCluster(deployS);
  }

  pass(seconds: number, check = () => {}): void {
    for (let left = Math.ceil(seconds / stepS); left > 0; left--) {
      this.#steps++;
      this.cluster.passTo(this.#steps * stepS);
      for (const watcher of [...this.watchers, ...this.leaving]) this.#goOn(watcher);
      check();
    }
  }

  do(each: Happening): void {
    this.pass(each.afterS);
    if (each.type === 'start') {
      const startNs = nanos(this.#steps * stepS * 1e9);
      const story = new Story({ probes, there: undefined, nonce: each.nonce, startNs });
      this.watchers.push({ story, lag: each.lag, waited: 0 });
      return;
    }
    const [watcher] = this.watchers.splice(each.which, 1);
    if (watcher === undefined || each.type === 'kill') return;
    watcher.story.put({ type: 'end' });
    this.leaving.push(watcher);
  }

  #goOn(watcher: Watcher): void {
    const { story, lag } = watcher;
    if (isOver(story.state)) return;
    story.nowNs = nanos(this.#steps * stepS * 1e9);
    const request = story.state.asked[0];
    if (request === undefined) {
      if ((story.turn.wakeAtNs ?? Infinity) <= story.nowNs) story.put({ type: 'time' });
    } else if (watcher.waited++ >= lag) {
      watcher.waited = 0;
      story.answer(this.cluster.answer(request), 0);
    }
  }
}

const happenings = fc.array(happening, { maxLength: 12 });

test('however many watch a pod, come, leave and are killed: those who stay use one tracepoint a probe, which alone runs', () => {
  fc.assert(
    fc.property(happenings, fc.nat(8), (all, deployS) => {
      const pod = new Pod(deployS);
      for (const each of all) pod.do(each);
      pod.pass(settleS);
      const used = pod.watchers.map(({ story }) => running(story.state).map(({ name }) => name));
      for (const names of used) assert.deepEqual([...names].sort(), pod.cluster.running());
      if (used.length > 0) assert.equal(pod.cluster.running().length, probes.length);
    }),
    { numRuns: 300 },
  );
});

test('however many watched a pod: once they have left, nothing is left', () => {
  fc.assert(
    fc.property(happenings, fc.nat(8), (all, deployS) => {
      const pod = new Pod(deployS);
      for (const each of all) if (each.type !== 'kill') pod.do(each);
      while (pod.watchers.length > 0) pod.do({ type: 'end', which: 0, afterS: 0 });
      pod.pass(60);
      assert.deepEqual(pod.cluster.running(), []);
    }),
    { numRuns: 300 },
  );
});

test('one who comes while another watches never has a probe run twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 200 }), fc.nat(8), fc.nat(4), (afterS, deployS, lag) => {
      const pod = new Pod(deployS);
      pod.do({ type: 'start', nonce: 'sooner', lag, afterS: 0 });
      pod.pass(afterS);
      pod.do({ type: 'start', nonce: 'later0', lag, afterS: 0 });
      pod.pass(400, () => assert.equal(pod.cluster.running().length, probes.length));
      const [, later] = pod.watchers;
      assert.ok(later?.story.sent.every(({ type }) => type !== 'delete'));
    }),
    { numRuns: 100 },
  );
});

test('of two who came at the same moment one is killed: no probe of its goes on beside those of the other', () => {
  const nonces = fc.constantFrom(['aaaaaa', 'zzzzzz'], ['zzzzzz', 'aaaaaa']);
  fc.assert(
    fc.property(
      nonces,
      fc.nat(3),
      fc.nat(45),
      fc.nat(8),
      ([one = '', other = ''], afterS, killedS, deployS) => {
        const pod = new Pod(deployS);
        pod.do({ type: 'start', nonce: one, lag: 1, afterS: 0 });
        pod.do({ type: 'start', nonce: other, lag: 2, afterS });
        pod.do({ type: 'kill', which: 0, afterS: killedS });
        pod.pass(settleS);
        const [left] = pod.watchers;
        assert.ok(left);
        assert.deepEqual(
          running(left.story.state)
            .map(({ name }) => name)
            .sort(),
          pod.cluster.running(),
        );
        assert.equal(pod.cluster.running().length, probes.length);
      },
    ),
    { numRuns: 300 },
  );
});
