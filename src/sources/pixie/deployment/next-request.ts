import type { Nanos } from '../../../gc/units.js';
import { after } from './attempt.js';
import { canaryTry, sendCanary } from './canary.js';
import { enter, leave, type Placed } from './ledger.js';
import { attemptOf, isDue, isRunning, placedAttempt, sendProbe } from './probes.js';
import type { Tracepoint } from './scripts.js';
import type { Deployment, Request, Told, Upsert } from './state.js';
import { news } from './words.js';

/** What is sent next: with the state in which it is on its way. */
export interface Sending extends Told {
  readonly send: readonly Request[];
}

/** One request at a time, looking before placing before asking before deleting; at the end several deletions side by side. */
export function nextRequest(state: Deployment, nowNs: Nanos): Sending {
  if (state.ending) return endings(state);
  const waits = state.trouble !== undefined && state.trouble.nextAtNs > nowNs;
  if (state.asked.length > 0 || waits) return nothing(state);
  if (state.halted === undefined) {
    if (mustLookFirst(state, nowNs)) return { ...asking(state, { type: 'look' }), notes: [] };
    const upsert = isCanarysTurn(state) ? canaryUpsert(state, nowNs) : probesUpsert(state, nowNs);
    if (upsert !== undefined) return upsert;
    if (state.statusDue) return { ...asking(state, { type: 'status' }), notes: [] };
    if ((nextLookNs(state) ?? Infinity) <= nowNs) return { ...asking(state, { type: 'look' }), notes: [] };
  }
  const [unwanted] = deletable(state);
  return unwanted === undefined ? nothing(state) : deleting(state, unwanted.name);
}

/** When to look again if nothing is heard; undefined when only an answer or the user changes anything. */
export function nextWakeNs(state: Deployment, nowNs: Nanos): Nanos | undefined {
  if (state.asked.length > 0 || state.ending) return undefined;
  // What was due by now went out, or was held back by what is in the list as well.
  return earliest(times(state, nowNs).filter((atNs) => atNs > nowNs));
}

/** When the probes have run out, as far as is known. */
export const runsOutNs = ({ renewedAtNs, setting }: Deployment): Nanos | undefined =>
  renewedAtNs === undefined ? undefined : after(renewedAtNs, setting.timing.probeTtlMs);

/** What is in the cluster and not wanted there, and was not tried too often to be deleted. */
export function deletable(state: Deployment): readonly Placed[] {
  const { ledger, asked, setting } = state;
  const kept = state.ending ? namesIn(asked) : new Set([...wantedNames(state), ...namesIn(asked)]);
  return ledger.filter(({ name, deletions }) => !kept.has(name) && deletions < setting.timing.deleteTries);
}

/** Whoever places something under a new name must know that it does not run under another. */
function mustLookFirst(state: Deployment, nowNs: Nanos): boolean {
  const { canary, probes, lookedAtNs, setting } = state;
  if (lookedAtNs !== undefined && after(lookedAtNs, setting.timing.freshLookMs) >= nowNs) return false;
  const { stand } = canary;
  if (stand.kind === 'up') return probes.some((probe) => isDue(probe, nowNs));
  return stand.kind === 'due' && stand.atNs <= nowNs;
}

/** While something is in place. */
function nextLookNs({ canary, probes, lookedAtNs, setting }: Deployment): Nanos | undefined {
  if (canary.stand.kind !== 'up' || lookedAtNs === undefined || !probes.some(placedAttempt)) return undefined;
  return after(lookedAtNs, setting.timing.lookMs);
}

const isCanarysTurn = ({ canary }: Deployment): boolean => canary.stand.kind !== 'up';

function times(state: Deployment, nowNs: Nanos): readonly Nanos[] {
  const { trouble, halted, canary, probes, askAtNs } = state;
  const runOutNs = runsOutNs(state);
  const lookNs = nextLookNs(state);
  const outNs = runOutNs !== undefined && probes.some(isRunning) ? [runOutNs] : [];
  if (trouble !== undefined && trouble.nextAtNs > nowNs) return [trouble.nextAtNs, ...outNs];
  if (halted !== undefined) return outNs;
  const dueNs = probes.flatMap(({ stand }) => (stand.kind === 'due' ? stand.atNs : []));
  switch (canary.stand.kind) {
    case 'due':
      return [canary.stand.atNs];
    case 'placed':
      return [askAtNs];
    case 'up':
      return [askAtNs, ...dueNs, ...outNs, ...(lookNs === undefined ? [] : [lookNs])];
    case 'given-up':
      return [];
  }
}

const earliest = (times: readonly Nanos[]): Nanos | undefined =>
  times.reduce<Nanos | undefined>(
    (first, atNs) => (first === undefined || atNs < first ? atNs : first),
    undefined,
  );

const nothing = (state: Deployment): Sending => ({ state, send: [], notes: [] });

const asking = (state: Deployment, request: Request): Omit<Sending, 'notes'> => ({
  state: { ...state, asked: [...state.asked, request] },
  send: [request],
});

function canaryUpsert(state: Deployment, nowNs: Nanos): Sending | undefined {
  const { stand } = state.canary;
  if (stand.kind === 'placed' && state.askAtNs <= nowNs) {
    return { ...upserting(state, 'canary', { tracepoints: [stand.attempt.tracepoint], nowNs }), notes: [] };
  }
  if (stand.kind !== 'due' || stand.atNs > nowNs) return undefined;
  const { timing } = state.setting;
  const named = withName(state);
  const tracepoint = named.nameFor('canary');
  const canary = sendCanary(state.canary, tracepoint, nowNs);
  const sent = { ...named.state, canary };
  const notes = [news.canarySent(tracepoint.name, canaryTry(canary), timing)];
  return { ...upserting(sent, 'canary', { tracepoints: [tracepoint], nowNs }), notes };
}

/** All in one script: those that are there are renewed, those that are due go out under new names. */
function probesUpsert(state: Deployment, nowNs: Nanos): Sending | undefined {
  const areDue = state.probes.some((probe) => isDue(probe, nowNs));
  const isTime = state.askAtNs <= nowNs && state.probes.some(placedAttempt);
  if (!areDue && !isTime) return undefined;
  const named = areDue ? withName(state) : undefined;
  const probes = state.probes.map((probe) =>
    named !== undefined && isDue(probe, nowNs) ? sendProbe(probe, named.nameFor(probe.name), nowNs) : probe,
  );
  const sent = { ...(named?.state ?? state), probes };
  const tracepoints = probes.flatMap((probe) => placedAttempt(probe)?.tracepoint ?? []);
  const known = new Set(state.ledger.map(({ name }) => name));
  const fresh = tracepoints.filter(({ name }) => !known.has(name));
  const notes = fresh.length === 0 ? [] : [news.probesSent(fresh, tracepoints, state.setting.timing)];
  return { ...upserting(sent, 'probes', { tracepoints, nowNs }), notes };
}

interface Upserting {
  readonly tracepoints: readonly Tracepoint[];
  readonly nowNs: Nanos;
}

function upserting(
  state: Deployment,
  what: Upsert['what'],
  { tracepoints, nowNs }: Upserting,
): Omit<Sending, 'notes'> {
  const { timing } = state.setting;
  const ttlMs = what === 'canary' ? timing.canaryTtlMs : timing.probeTtlMs;
  const request: Upsert = { type: 'upsert', what, tracepoints, target: state.target, ttlMs, sentAtNs: nowNs };
  return asking({ ...state, ledger: enter(state.ledger, tracepoints, { ttlMs, nowNs }) }, request);
}

/** Names that were never sent, by this session or another: a name that was deleted a moment ago brings the old one back. */
function withName(state: Deployment): {
  readonly state: Deployment;
  readonly nameFor: (probe: Tracepoint['probe']) => Tracepoint;
} {
  const serial = state.serial + 1;
  const tag = `${state.setting.nonce}_${serial}`;
  return {
    state: { ...state, serial },
    nameFor: (probe) => {
      const { name, table } = state.setting.namesOf(probe, state.target, tag);
      return { probe, name, table };
    },
  };
}

function deleting(state: Deployment, name: string): Sending {
  const left = { ...state, ledger: leave(state.ledger, name) };
  return { ...asking(left, { type: 'delete', name }), notes: [] };
}

/** What is being placed this moment is deleted when that is answered: a deletion could be heard before it. */
function endings(state: Deployment): Sending {
  const room = Math.max(0, state.setting.timing.deletesAtOnce - state.asked.length);
  return deletable(state)
    .slice(0, room)
    .map(({ name }) => name)
    .reduce<Sending>((sending, name) => {
      const next = deleting(sending.state, name);
      return { ...next, send: [...sending.send, ...next.send] };
    }, nothing(state));
}

function wantedNames({ canary: { stand }, probes }: Deployment): readonly string[] {
  const attempts = probes.flatMap((probe) => attemptOf(probe) ?? []);
  if (stand.kind === 'placed') attempts.push(stand.attempt);
  if (stand.kind === 'due' && stand.last !== undefined) attempts.push(stand.last);
  return attempts.map(({ tracepoint }) => tracepoint.name);
}

function namesIn(requests: readonly Request[]): ReadonlySet<string> {
  return new Set(
    requests.flatMap((request) => {
      if (request.type === 'delete') return [request.name];
      return request.type === 'upsert' ? request.tracepoints.map(({ name }) => name) : [];
    }),
  );
}
