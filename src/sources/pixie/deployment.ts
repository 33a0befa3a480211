import type { ProbeName } from '../../gc/probe.js';
import type { PodRef } from '../../gc/source-control.js';
import type { Nanos } from '../../gc/units.js';
import type { Draft } from '../order.js';
import { newCanary, retryCanary } from './deployment/canary.js';
import { type Leftover, withoutEnded } from './deployment/ledger.js';
import { deletable, nextRequest, nextWakeNs, runsOutNs } from './deployment/next-request.js';
import { expireProbe, isRunning, newProbe, retryProbe } from './deployment/probes.js';
import { changes } from './deployment/standing.js';
import type { Deployment, Input, Request, Setting, Told } from './deployment/state.js';
import { takeAnswer } from './deployment/take-answer.js';

/** What an input leads to. */
export interface Turn {
  readonly state: Deployment;
  /** To be sent now; each is answered by an input. */
  readonly send: readonly Request[];
  /** When to come again with the time if nothing else happens; absent: an answer is awaited, or the user, or nothing. */
  readonly wakeAtNs?: Nanos;
  readonly drafts: readonly Draft[];
}

/** A table whose rows may be read. */
export interface Readable {
  readonly probe: ProbeName;
  /** The tracepoint's name. */
  readonly name: string;
  readonly table: string;
  /** Since when the tracepoint is known to run. */
  readonly sinceNs: Nanos;
}

/** Nothing is placed yet, nothing told: the first `advance` begins. */
export function newDeployment(
  setting: Setting,
  { target, probes, nowNs }: Wanted & { readonly nowNs: Nanos },
): Deployment {
  return {
    setting,
    target,
    serial: 0,
    canary: newCanary(nowNs),
    probes: [...new Set(probes)].map(newProbe),
    askAtNs: nowNs,
    toldOf: [],
    ledger: [],
    asked: [],
    statusDue: false,
    ending: false,
    isNew: true,
  };
}

/** The next state, what to send, when to come again, and what there is to tell. Pure. */
export function advance(before: Deployment, input: Input, nowNs: Nanos): Turn {
  const taken = takeIn(withoutRunOut(before, nowNs), input, nowNs);
  const { send, notes, state } = nextRequest(taken.state, nowNs);
  const next = { ...state, isNew: false };
  const drafts = [
    ...taken.notes,
    ...changes(before.isNew ? undefined : before, taken.state),
    ...notes,
    ...changes(taken.state, next),
  ];
  const wakeAtNs = nextWakeNs(next, nowNs);
  return { state: next, send, drafts, ...(wakeAtNs === undefined ? {} : { wakeAtNs }) };
}

/** The tracepoints that run: their tables have rows, though the cluster may need seconds more to know a new table. */
export function running({ probes, ledger }: Deployment): readonly Readable[] {
  const there = new Set(ledger.map(({ name }) => name));
  return probes.flatMap((probe) => {
    const { stand } = probe;
    if (stand.kind !== 'placed' || !isRunning(probe)) return [];
    const { name, table } = stand.attempt.tracepoint;
    const sinceNs = stand.runsSinceNs ?? stand.attempt.sentAtNs;
    return there.has(name) ? [{ probe: probe.name, name, table, sinceNs }] : [];
  });
}

/** Everything was deleted, or tried often enough. */
export const isOver = (state: Deployment): boolean =>
  state.ending && state.asked.length === 0 && deletable(state).length === 0;

/** What may still be in the cluster. */
export const leftovers = ({ ledger }: Deployment): readonly Leftover[] =>
  ledger.map(({ name, expiresAtNs }) => ({ name, expiresAtNs }));

interface Wanted {
  readonly target: PodRef;
  readonly probes: readonly ProbeName[];
}

function takeIn(state: Deployment, input: Input, nowNs: Nanos): Told {
  if (input.type === 'answered') return takeAnswer(state, input, nowNs);
  if (state.ending) return { state: input.type === 'cut' ? cut(state) : state, notes: [] };
  switch (input.type) {
    case 'time':
      return { state, notes: [] };
    case 'retry':
      return { state: retry(state, nowNs), notes: [] };
    case 'retarget':
      return { state: retarget(state, input.pod, nowNs), notes: [] };
    case 'end':
      return { state: end(state), notes: [] };
    case 'cut':
      return { state: cut(end(state)), notes: [] };
  }
}

/** The cluster has ended the probes when they were not renewed for as long as they live. */
function withoutRunOut(state: Deployment, nowNs: Nanos): Deployment {
  const ledger = withoutEnded(state.ledger, state.setting.timing, nowNs);
  const outNs = runsOutNs(state);
  if (outNs === undefined || outNs > nowNs || state.ending) return { ...state, ledger };
  const { renewedAtNs: _, ...rest } = state;
  return { ...rest, ledger, probes: state.probes.map((probe) => expireProbe(probe, nowNs)) };
}

function retry(before: Deployment, nowNs: Nanos): Deployment {
  const { halted: _, trouble, ...state } = before;
  const isUp = state.canary.stand.kind === 'up';
  return {
    ...state,
    canary: retryCanary(state.canary, nowNs),
    probes: isUp ? state.probes.map((probe) => retryProbe(probe, nowNs)) : state.probes,
    statusDue: false,
    askAtNs: nowNs,
    ...(trouble === undefined ? {} : { trouble: { ...trouble, nextAtNs: nowNs } }),
  };
}

/** Another pod, or the same again: nothing of what was placed is of use, and no PEM may know it yet. */
function retarget(before: Deployment, target: PodRef, nowNs: Nanos): Deployment {
  if (isSameRun(before.target, target)) return before;
  const { halted: _, renewedAtNs: __, lookedAtNs: ___, ...state } = before;
  return {
    ...state,
    target,
    canary: newCanary(nowNs),
    probes: state.probes.map(({ name }) => newProbe(name)),
    // What is deleted now runs on for a while, and is nobody else's.
    toldOf: state.ledger.map(({ name }) => name),
    statusDue: false,
  };
}

const isSameRun = (one: PodRef, other: PodRef): boolean =>
  one.namespace === other.namespace &&
  one.name === other.name &&
  one.instance === other.instance &&
  one.container === other.container;

/** Deletes all; what was tried in vain before is tried again. What was only asked is of no use any more. */
function end(state: Deployment): Deployment {
  return {
    ...state,
    ending: true,
    asked: state.asked.filter(({ type }) => type === 'upsert' || type === 'delete'),
    ledger: state.ledger.map((entry) => ({ ...entry, deletions: 0 })),
  };
}

/** Waits for nothing more. */
const cut = (state: Deployment): Deployment => ({
  ...state,
  asked: [],
  ledger: state.ledger.map((entry) => ({ ...entry, deletions: state.setting.timing.deleteTries })),
});
