import assert from 'node:assert/strict';
import type { GctopError } from '../../../../src/error.js';
import type { ProbeName } from '../../../../src/gc/probe.js';
import type { PodRef } from '../../../../src/gc/source-control.js';
import { type Nanos, nanos } from '../../../../src/gc/units.js';
import type { Draft } from '../../../../src/sources/order.js';
import { type DeploymentOptions, timingOf } from '../../../../src/sources/pixie/deployment/options.js';
import type { NamesOf } from '../../../../src/sources/pixie/deployment/scripts.js';
import type { Answer, Deployment, Input, Request } from '../../../../src/sources/pixie/deployment/state.js';
import type { StatusRow } from '../../../../src/sources/pixie/deployment/status-rows.js';
import { advance, newDeployment, running, type Turn } from '../../../../src/sources/pixie/deployment.js';
import type { TracepointState } from '../../../../src/sources/pixie/vizier.js';

export const pod: PodRef = { namespace: 'default', name: 'svc-1', instance: 'a', node: 'node-1' };

export const namesOf: NamesOf = (probe, target, tag) => ({
  name: `gctop_${probe}_${target.instance}_${tag}`,
  table: `gctop_${probe}`,
  targetPrefix: `gctop_${probe}_${target.instance}`,
});

export const notHere = 'Target binary/UPID not found, error message: Not Found : Could not find Pod';

type State = TracepointState['state'];
type DraftOf<Type extends Draft['type']> = Extract<Draft, { readonly type: Type }>;

interface Plan {
  readonly probes?: readonly ProbeName[];
  readonly options?: DeploymentOptions;
  readonly mayMiss?: readonly ProbeName[];
  /** @default 0 */
  readonly startNs?: Nanos;
  /** @default 'n' */
  readonly nonce?: string;
  /** @default what runs as far as the deployment knows */
  readonly there?: Story['there'];
}

/** A deployment told step by step: what is answered when, and what comes of it. Times are seconds. */
export class Story {
  state: Deployment;
  turn: Turn;
  nowNs: Nanos = nanos(0);
  readonly drafts: Draft[] = [];
  readonly sent: Request[] = [];
  /** What was sent, and which tracepoints were seen running between that. */
  readonly log: (Request | { readonly type: 'seen'; readonly names: readonly string[] })[] = [];
  /** What the cluster answers to a look, at once; undefined: a look is answered by hand. */
  there: ((state: Deployment) => readonly StatusRow[]) | undefined;
  #heard = 0;

  constructor({ probes = ['GC', 'gcSweep'], options = {}, mayMiss = [], nonce = 'n', ...plan }: Plan = {}) {
    this.nowNs = plan.startNs ?? nanos(0);
    this.there = 'there' in plan ? plan.there : ownRows;
    const setting = {
      timing: timingOf(options),
      namesOf,
      nonce,
      targetIdOf: ({ name }: PodRef) => name,
      canarySymbol: 'runtime.gcStart',
      mayMiss: new Set(mayMiss),
    };
    this.state = newDeployment(setting, { target: pod, probes, nowNs: this.nowNs });
    this.turn = this.put({ type: 'time' });
  }

  put(input: Input): Turn {
    this.turn = advance(this.state, input, this.nowNs);
    this.state = this.turn.state;
    this.drafts.push(...this.turn.drafts);
    if (input.type === 'answered' && input.request.type === 'look' && input.answer.type === 'result') {
      const running = input.answer.rows?.filter(({ state }) => state === 'running') ?? [];
      this.log.push({ type: 'seen', names: running.map(({ name }) => name) });
    }
    this.sent.push(...this.turn.send);
    this.log.push(...this.turn.send);
    const [request] = this.turn.send;
    if (request?.type !== 'look' || this.there === undefined) return this.turn;
    return this.put({ type: 'answered', request, answer: { type: 'result', rows: this.there(this.state) } });
  }

  /** Goes to that time, by way of all times at which the deployment wants to be woken, until it sends something. */
  until(second: number): this {
    const goalNs = second * 1e9;
    while (this.state.asked.length === 0) {
      const wakeNs = Math.min(this.turn.wakeAtNs ?? goalNs, goalNs);
      this.nowNs = nanos(Math.max(this.nowNs, wakeNs));
      this.put({ type: 'time' });
      if (this.nowNs >= goalNs) break;
    }
    if (this.state.asked.length > 0) return this;
    assert.equal(this.nowNs, goalNs);
    return this;
  }

  /** Goes on until something is sent. */
  next(): Request {
    for (let steps = 0; this.state.asked.length === 0; steps++) {
      assert.ok(this.turn.wakeAtNs !== undefined && steps < 50, 'it neither sends nor wants to be woken');
      this.nowNs = this.turn.wakeAtNs;
      this.put({ type: 'time' });
    }
    return this.asked;
  }

  get asked(): Request {
    const request = this.state.asked[0];
    assert.ok(request, 'nothing is asked');
    return request;
  }

  /** What is asked, in short: `upsert a b`, `status`, `delete a`. */
  get asks(): string {
    return this.state.asked.map(inShort).join(', ');
  }

  answer(answer: Answer, afterMs = 100): this {
    this.nowNs = nanos(this.nowNs + afterMs * 1e6);
    this.put({ type: 'answered', request: this.asked, answer });
    return this;
  }

  fail(error: GctopError): this {
    return this.answer({ type: 'failure', error });
  }

  /** Answers a script with these states in the order of its tracepoints; code 0 if all run. */
  states(...states: readonly State[]): this {
    const request = this.asked;
    assert.ok(request.type === 'upsert', `a script is asked, not ${inShort(request)}`);
    assert.equal(states.length, request.tracepoints.length, inShort(request));
    const told = request.tracepoints.map(({ name }, i) => ({
      id: `id of ${name}`,
      name,
      state: states[i] ?? 'unknown',
    }));
    return this.outcome(states.every((state) => state === 'running') ? 0 : 14, told);
  }

  outcome(code: number, states: readonly TracepointState[]): this {
    return this.answer({ type: 'result', mutation: { code, message: '', states } });
  }

  /** Answers the question for the status: what is said of each refused name. */
  texts(texts: Readonly<Record<string, readonly string[]>>): this {
    assert.equal(this.asked.type, 'status', this.asks);
    const rows = Object.entries(texts).map(([name, errors]) => ({
      name,
      state: 'failed',
      errors,
      tables: [],
    }));
    return this.answer({ type: 'result', rows });
  }

  /** Answers a look. */
  seen(...rows: readonly StatusRow[]): this {
    assert.equal(this.asked.type, 'look', this.asks);
    return this.answer({ type: 'result', rows });
  }

  /** Answers deletions as the cluster does: with 14, as some other tracepoint is not in place. */
  deleted(): this {
    while (this.state.asked[0]?.type === 'delete') this.outcome(14, []);
    return this;
  }

  /** The canary comes up at once, and the first script of the probes is out. */
  canaryUp(): this {
    this.next();
    return this.states('running');
  }

  /** What was told since this was last asked for. */
  heard<Type extends Draft['type']>(type: Type): readonly DraftOf<Type>[] {
    const from = this.#heard;
    return this.drafts.slice(from).filter((draft): draft is DraftOf<Type> => draft.type === type);
  }

  forget(): this {
    this.#heard = this.drafts.length;
    return this;
  }

  notes(): readonly string[] {
    return this.heard('note').map(({ code, text }) => `${code}: ${text}`);
  }

  /** Each probe's last state. */
  probes(): Readonly<Record<string, string>> {
    const probes = this.drafts.filter((draft): draft is DraftOf<'probe'> => draft.type === 'probe');
    return Object.fromEntries(probes.map(({ probe, state }) => [probe, state]));
  }

  step(name: 'canary' | 'probes'): DraftOf<'step'> {
    const found = this.drafts.findLast((draft) => draft.type === 'step' && draft.step === name);
    assert.ok(found?.type === 'step');
    return found;
  }

  get seconds(): number {
    return this.nowNs / 1e9;
  }
}

export const row = (name: string, state = 'running', tables: readonly string[] = []): StatusRow => ({
  name,
  state,
  errors: [],
  tables,
});

const ownRows = (state: Deployment): readonly StatusRow[] => running(state).map(({ name }) => row(name));

export function inShort(request: Request): string {
  switch (request.type) {
    case 'upsert':
      return `upsert ${request.tracepoints.map(({ name }) => name).join(' ')}`;
    case 'delete':
      return `delete ${request.name}`;
    case 'status':
    case 'look':
      return request.type;
  }
}
