import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ErrorCode, GctopError } from '../../../../src/error.js';
import { type ProbeName, probeNames } from '../../../../src/gc/probe.js';
import { nanos } from '../../../../src/gc/units.js';
import type { Answer, Input, Request } from '../../../../src/sources/pixie/deployment/state.js';
import type { StatusRow } from '../../../../src/sources/pixie/deployment/status-rows.js';
import { isOver, leftovers, running } from '../../../../src/sources/pixie/deployment.js';
import type { TracepointState } from '../../../../src/sources/pixie/vizier.js';
import { notHere, pod, row, Story } from './story.js';

const state = fc.constantFrom<TracepointState['state']>(
  'unknown',
  'pending',
  'running',
  'running',
  'running',
  'failed',
  'failed',
  'terminated',
);
const text = fc.constantFrom(
  notHere,
  'Failed to get K8s metadata; cannot resolve K8s entity to UPID',
  'Internal : Could not find symbol',
  'Internal : Symbol is ambiguous. Found at least 2 possible matches: a -> b',
  'something else',
  '',
);
const code = fc.constantFrom<ErrorCode>(
  'PIXIE_UNREACHABLE',
  'PIXIE_UNREACHABLE',
  'CLUSTER_UNHEALTHY',
  'PIXIE_FAILED',
  'PIXIE_SCRIPT',
  'PIXIE_REFUSED',
);

/** What a cluster may say, whatever it was asked. */
interface Saying {
  readonly states: readonly TracepointState['state'][];
  readonly texts: readonly string[];
  readonly allRun: boolean;
  readonly sameIds: boolean;
  readonly error: ErrorCode | undefined;
  /** What a look shows. */
  readonly there: readonly Seen[];
}

/** One tracepoint that may be in the cluster, whoever placed it. */
interface Seen {
  readonly probe: ProbeName;
  /** `own`: the name that this deployment has placed; else the end of a name. */
  readonly tag: string;
  readonly state: string;
}

const saying: fc.Arbitrary<Saying> = fc.record({
  states: fc.array(state, { minLength: 1, maxLength: 4 }),
  texts: fc.array(text, { maxLength: 2 }),
  allRun: fc.boolean(),
  sameIds: fc.boolean(),
  error: fc.option(code, { nil: undefined, freq: 4 }),
  there: fc.array(
    fc.record({
      probe: fc.constantFrom(...probeNames),
      tag: fc.constantFrom('own', 'own', 'm_1', 'm_2', 'z_1', '-old_m_1'),
      state: fc.constantFrom('running', 'running', 'failed', 'terminating', 'pending'),
    }),
    { maxLength: 12 },
  ),
});

type Happening =
  | { readonly type: 'answer'; readonly saying: Saying; readonly afterMs: number }
  | { readonly type: 'input'; readonly input: Exclude<Input, { type: 'answered' }>; readonly afterMs: number }
  | { readonly type: 'wake' };

const probes = fc.subarray([...probeNames], { minLength: 1, maxLength: 5 });
const input = fc.oneof<fc.Arbitrary<Exclude<Input, { type: 'answered' }>>[]>(
  fc.constant({ type: 'time' }),
  fc.constant({ type: 'retry' }),
  fc.constantFrom('a', 'b', 'c').map((instance) => ({ type: 'retarget', pod: { ...pod, instance } })),
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('answer'), saying, afterMs: fc.nat(40_000) }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('wake') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('input'), input, afterMs: fc.nat(400_000) }) },
);
const happenings = fc.array(happening, { maxLength: 120, size: 'max' });

test('whatever is answered: no name comes again unless it runs, and only what was sent or seen is deleted', () => {
  fc.assert(
    fc.property(probes, happenings, (names, all) => {
      const story = new Story({ probes: names, there: undefined });
      for (const each of all) happen(story, each);
      checkNames(story.log);
    }),
    { numRuns: 300 },
  );
});

test('whatever is answered: it sends, or awaits an answer, or wants to be woken, or waits for the user', () => {
  fc.assert(
    fc.property(probes, happenings, (names, all) => {
      const story = new Story({ probes: names, there: undefined });
      for (const each of all) {
        happen(story, each);
        checkGoesOn(story);
      }
    }),
    { numRuns: 300 },
  );
});

test('whatever is answered: what is told as running is in the script that keeps it alive, each once', () => {
  fc.assert(
    fc.property(probes, happenings, (names, all) => {
      const story = new Story({ probes: names, there: undefined });
      for (const each of all) {
        happen(story, each);
        const readable = running(story.state);
        assert.equal(new Set(readable.map(({ probe }) => probe)).size, readable.length);
        const kept = new Set(story.state.ledger.map(({ name }) => name));
        assert.ok(readable.every(({ name }) => kept.has(name)));
        const shown = story.probes();
        assert.ok(readable.every(({ probe }) => shown[probe] === 'running'));
        assert.equal(story.step('probes').word.split(' ')[0], `${readable.length}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('whatever was answered: the end deletes everything, if only it is heard', () => {
  fc.assert(
    fc.property(probes, happenings, (names, all) => {
      const story = new Story({ probes: names, there: undefined });
      for (const each of all) happen(story, each);
      const sentBefore = story.sent.length;
      story.put({ type: 'end' });
      for (let steps = 0; !isOver(story.state); steps++) {
        assert.ok(steps < 500 && story.state.asked.length > 0, 'the end does not come');
        story.answer({ type: 'result', mutation: { code: 14, message: '', states: [] } });
      }
      assert.deepEqual(leftovers(story.state), []);
      assert.ok(story.sent.slice(sentBefore).every(({ type }) => type === 'delete'));
      checkNames(story.log);
    }),
    { numRuns: 300 },
  );
});

test('whatever is answered at the end: it comes, and only what was sent or seen is deleted', () => {
  fc.assert(
    fc.property(probes, happenings, fc.array(saying, { minLength: 1, maxLength: 30 }), (names, all, last) => {
      const story = new Story({ probes: names, there: undefined });
      for (const each of all) happen(story, each);
      story.put({ type: 'end' });
      for (let steps = 0; !isOver(story.state); steps++) {
        assert.ok(steps < 500 && story.state.asked.length > 0, 'the end does not come');
        story.answer(answerTo(story, story.asked, last[steps % last.length]));
      }
      checkNames(story.log);
    }),
    { numRuns: 300 },
  );
});

test('a good cluster has every probe running in the end, however bad it was before', () => {
  fc.assert(
    fc.property(probes, happenings, (names, all) => {
      const story = new Story({ probes: names, there: undefined });
      for (const each of all) happen(story, each);
      story.put({ type: 'retry' });
      const wanted = new Set<ProbeName>(story.state.probes.map(({ name }) => name));
      for (let steps = 0; !isSettled(story); steps++) {
        assert.ok(steps < 300, 'it never comes up');
        if (story.state.asked.length > 0) story.answer(goodAnswer(story.asked));
        else if (story.turn.wakeAtNs === undefined) story.put({ type: 'retry' });
        else wake(story);
      }
      const up = new Set(running(story.state).map(({ probe }) => probe));
      const missing = story.state.probes.filter(({ stand }) => stand.kind === 'missing');
      assert.equal(up.size + missing.length, wanted.size);
    }),
    { numRuns: 300 },
  );
});

const isSettled = ({ state: { canary, probes } }: Story): boolean =>
  canary.stand.kind === 'up' &&
  probes.every(
    ({ stand }) => stand.kind === 'missing' || (stand.kind === 'placed' && stand.attempt.state === 'running'),
  );

function happen(story: Story, each: Happening): void {
  if (each.type === 'wake') {
    wake(story);
    return;
  }
  if (each.type === 'answer') {
    if (story.state.asked.length > 0) story.answer(answerTo(story, story.asked, each.saying), each.afterMs);
    else wake(story);
    return;
  }
  story.nowNs = nanos(story.nowNs + each.afterMs * 1e6);
  story.put(each.input);
}

function wake(story: Story): void {
  const { wakeAtNs } = story.turn;
  if (story.state.asked.length > 0 || wakeAtNs === undefined) return;
  story.nowNs = nanos(Math.max(story.nowNs, wakeAtNs));
  story.put({ type: 'time' });
}

function answerTo(story: Story, request: Request, said: Saying | undefined): Answer {
  if (said === undefined) return goodAnswer(request);
  const { error, states, texts, allRun, sameIds } = said;
  if (error !== undefined) return { type: 'failure', error: new GctopError(error, `it said ${error}`) };
  if (request.type === 'status') {
    const names = story.state.ledger.map(({ name }) => name);
    return {
      type: 'result',
      rows: names.map((name) => ({ name, state: 'failed', errors: texts, tables: [] })),
    };
  }
  if (request.type === 'look')
    return { type: 'result', rows: said.there.flatMap((each) => rowOf(story, each)) };
  if (request.type === 'delete' || allRun) return goodAnswer(request);
  const told = request.tracepoints.map(({ name }, i) => ({
    id: sameIds ? name : `${name} ${story.nowNs}`,
    name,
    state: states[i % states.length] ?? 'pending',
  }));
  const isReady = told.every((each) => each.state === 'running');
  return { type: 'result', mutation: { code: isReady ? 0 : 14, message: '', states: told } };
}

/** As the cluster lists it, if the deployment has such a one. */
function rowOf({ state: { probes, target } }: Story, { probe, tag, state }: Seen): readonly StatusRow[] {
  if (tag !== 'own')
    return [row(`gctop_${probe}_${target.instance}${tag[0] === '-' ? '' : '_'}${tag}`, state)];
  const stand = probes.find(({ name }) => name === probe)?.stand;
  return stand?.kind === 'placed' ? [row(stand.attempt.tracepoint.name, state)] : [];
}

function goodAnswer(request: Request): Answer {
  if (request.type === 'status' || request.type === 'look') return { type: 'result', rows: [] };
  if (request.type === 'delete') return { type: 'result', mutation: { code: 14, message: '', states: [] } };
  const states = request.tracepoints.map(({ name }) => ({ id: name, name, state: 'running' as const }));
  return { type: 'result', mutation: { code: 0, message: '', states } };
}

/** A name that left the script, or whose deletion was asked for, comes again only if it was seen running after that. */
function checkNames(log: Story['log']): void {
  const known = new Set<string>();
  const gone = new Set<string>();
  let script = new Set<string>();
  for (const each of log) {
    if (each.type === 'seen') {
      for (const name of each.names) {
        known.add(name);
        gone.delete(name);
      }
    }
    if (each.type === 'delete') {
      assert.ok(known.has(each.name), `'${each.name}' was never sent nor seen`);
      gone.add(each.name);
    }
    if (each.type !== 'upsert') continue;
    const names = new Set(each.tracepoints.map(({ name }) => name));
    assert.equal(names.size, each.tracepoints.length, 'a name is in the script twice');
    assert.ok(names.size > 0, 'an empty script');
    for (const name of script) if (!names.has(name)) gone.add(name);
    for (const name of names) {
      assert.ok(!gone.has(name), `'${name}' comes again`);
      known.add(name);
    }
    script = names;
  }
}

function checkGoesOn(story: Story): void {
  const { asked, halted, canary } = story.state;
  const { wakeAtNs } = story.turn;
  if (asked.length > 0) {
    assert.equal(asked.length, 1, 'one request at a time');
    return;
  }
  if (wakeAtNs === undefined) {
    const isIdle = story.state.probes.every(
      ({ stand }) => stand.kind === 'missing' || stand.kind === 'failed',
    );
    assert.ok(halted !== undefined || (canary.stand.kind === 'up' && isIdle), 'it sleeps for ever');
    return;
  }
  assert.ok(wakeAtNs > story.nowNs, 'it wants to be woken in the past');
  assert.ok(wakeAtNs - story.nowNs <= 600e9);
}
