import type { GctopError } from '../../../error.js';
import { durationNs, type Nanos } from '../../../gc/units.js';
import type { Draft } from '../../order.js';
import type { MutationOutcome } from '../vizier.js';
import { type Attempt, after, hear, observe, pardon, runs, verdictAtNs } from './attempt.js';
import { halt, judge } from './judge.js';
import { prolong, strike } from './ledger.js';
import { takeLook } from './look.js';
import { observeProbe, placedAttempt } from './probes.js';
import type { Answer, Deployment, Request, Told, Upsert } from './state.js';
import { type StatusRow, textsOf } from './status-rows.js';
import { news } from './words.js';

/** Takes in what came back for something that was sent. */
export function takeAnswer(
  before: Deployment,
  { request, answer }: { readonly request: Request; readonly answer: Answer },
  nowNs: Nanos,
): Told {
  if (!before.asked.includes(request)) return { state: before, notes: [] };
  const asked = before.asked.filter((each) => each !== request);
  const state = { ...before, asked, ledger: ledgerAfter(before, request, answer, nowNs) };
  if (state.ending) return { state, notes: [] };
  return answer.type === 'failure'
    ? takeFailure(state, request, { error: answer.error, nowNs })
    : takeResult(state, request, { answer, nowNs });
}

/** The attempts that are in place or on their way. */
export function currentAttempts({ canary, probes }: Deployment): readonly Attempt[] {
  if (canary.stand.kind === 'placed') return [canary.stand.attempt];
  return probes.flatMap((probe) => placedAttempt(probe) ?? []);
}

type Result = Extract<Answer, { readonly type: 'result' }>;

function ledgerAfter(
  { ledger }: Deployment,
  request: Request,
  answer: Answer,
  nowNs: Nanos,
): Deployment['ledger'] {
  switch (request.type) {
    case 'upsert':
      return prolong(ledger, new Set(request.tracepoints.map(({ name }) => name)), nowNs);
    case 'delete':
      return answer.type === 'result' || isGoneAlready(answer.error) ? strike(ledger, request.name) : ledger;
    case 'status':
    case 'look':
      return ledger;
  }
}

/** A name that the cluster does not know, or knows no more, fails the request; hardly anything else fails it like this. */
const isGoneAlready = ({ message }: GctopError): boolean =>
  /failed to delete tracepoints|Could not find tracepoint/i.test(message);

interface Failure {
  readonly error: GctopError;
  readonly nowNs: Nanos;
}

function takeFailure(state: Deployment, request: Request, { error, nowNs }: Failure): Told {
  if (request.type === 'delete' && (isGoneAlready(error) || !passes.has(error.code))) {
    return { state, notes: [] };
  }
  // What is there, and the texts, are a help, no more: what cannot be had is done without.
  if (error.code === 'PIXIE_SCRIPT' || error.code === 'PIXIE_FAILED') {
    if (request.type === 'status') return heard(state, [], nowNs);
    if (request.type === 'look') return takeLook(state, undefined, nowNs);
  }
  if (passes.has(error.code)) return withTrouble(state, error, nowNs);
  if (request.type === 'upsert' && !isCurrent(state, request)) return { state, notes: [] };
  return halt(state, error, 'pixie.stopped');
}

/** What may be over by itself: the cluster's trouble. */
const passes = new Set<GctopError['code']>(['PIXIE_UNREACHABLE', 'CLUSTER_UNHEALTHY', 'PIXIE_FAILED']);

function withTrouble(state: Deployment, error: GctopError, nowNs: Nanos): Told {
  const { troubleMs, longestTroubleMs } = state.setting.timing;
  const times = (state.trouble?.times ?? 0) + 1;
  const nextAtNs = after(nowNs, Math.min(troubleMs * 2 ** Math.min(times - 1, 30), longestTroubleMs));
  const sinceNs = state.trouble?.sinceNs ?? nowNs;
  const isNews = state.trouble?.error.message !== error.message;
  return {
    state: { ...state, trouble: { error, sinceNs, times, nextAtNs } },
    notes: isNews ? [news.trouble(error)] : [],
  };
}

function takeResult(
  before: Deployment,
  request: Request,
  { answer, nowNs }: { readonly answer: Result; readonly nowNs: Nanos },
): Told {
  const { trouble, ...state } = before;
  if (trouble === undefined) return takeGoodResult(state, request, { answer, nowNs });
  const lostNs = durationNs(nowNs - trouble.sinceNs);
  const pardoned = withAttempts(state, (attempt) => pardon(attempt, lostNs));
  const told = takeGoodResult(pardoned, request, { answer, nowNs });
  return { state: told.state, notes: [news.troubleOver(trouble, nowNs), ...told.notes] };
}

function takeGoodResult(
  state: Deployment,
  request: Request,
  { answer, nowNs }: { readonly answer: Result; readonly nowNs: Nanos },
): Told {
  switch (request.type) {
    case 'status':
      return heard(state, answer.rows ?? [], nowNs);
    case 'look':
      return takeLook(state, answer.rows, nowNs);
    case 'delete':
      return { state, notes: [] };
    case 'upsert':
      if (!isCurrent(state, request)) return { state, notes: [] };
      return upserted(state, request, { outcome: answer.mutation ?? notInPlace, nowNs });
  }
}

/** A result that does not say what became of the tracepoints: what is not known to run does not. */
const notInPlace: MutationOutcome = { code: 14, message: '', states: [] };

/** A script that is not about what is wanted by now tells nothing. */
function isCurrent(state: Deployment, { tracepoints }: Upsert): boolean {
  const names = new Set(tracepoints.map(({ name }) => name));
  return currentAttempts(state).some(({ tracepoint }) => names.has(tracepoint.name));
}

function upserted(
  before: Deployment,
  request: Upsert,
  { outcome, nowNs }: { readonly outcome: MutationOutcome; readonly nowNs: Nanos },
): Told {
  const names = new Set(request.tracepoints.map(({ name }) => name));
  const { canary, probes } = before;
  const observed: Deployment = {
    ...before,
    canary:
      canary.stand.kind === 'placed' && names.has(canary.stand.attempt.tracepoint.name)
        ? { ...canary, stand: { kind: 'placed', attempt: observe(canary.stand.attempt, outcome, nowNs) } }
        : canary,
    probes: probes.map((probe) =>
      names.has(placedAttempt(probe)?.tracepoint.name ?? '') ? observeProbe(probe, outcome, nowNs) : probe,
    ),
    ...(request.what === 'probes' ? { renewedAtNs: request.sentAtNs } : {}),
  };
  const current = currentAttempts(observed);
  const state: Deployment = {
    ...observed,
    statusDue: current.some(({ state }) => state === 'failed'),
    askAtNs: nextAskNs(observed, request, { outcome, nowNs }),
  };
  return state.statusDue ? { state, notes: [] } : judge(state, nowNs);
}

/** Soon while something is on its way, and at once when its time is up; else when it is to be renewed. */
function nextAskNs(
  state: Deployment,
  request: Upsert,
  { outcome, nowNs }: { readonly outcome: MutationOutcome; readonly nowNs: Nanos },
): Nanos {
  const { timing } = state.setting;
  const current = currentAttempts(state);
  if (outcome.code === 0 && current.every(runs)) return after(request.sentAtNs, timing.renewMs);
  const verdicts = current.flatMap((attempt) => verdictAtNs(attempt, timing) ?? []);
  return verdicts.reduce(
    (first, atNs) => (atNs > nowNs && atNs < first ? atNs : first),
    after(nowNs, timing.resendMs),
  );
}

function heard(before: Deployment, rows: readonly StatusRow[], nowNs: Nanos): Told {
  const withTexts = (attempt: Attempt): Attempt => hear(attempt, textsOf(rows, attempt.tracepoint.name));
  const state: Deployment = { ...withAttempts(before, withTexts), statusDue: false };
  const first = isFirstRefusal(before) ? refusedNote(state) : [];
  const told = judge(state, nowNs);
  return { state: told.state, notes: told.notes.length > 0 ? told.notes : first };
}

function withAttempts(state: Deployment, change: (attempt: Attempt) => Attempt): Deployment {
  const { canary, probes } = state;
  const { stand } = canary;
  return {
    ...state,
    canary:
      stand.kind === 'placed'
        ? { ...canary, stand: { kind: 'placed', attempt: change(stand.attempt) } }
        : canary,
    probes: probes.map((probe) =>
      probe.stand.kind === 'placed'
        ? { ...probe, stand: { ...probe.stand, attempt: change(probe.stand.attempt) } }
        : probe,
    ),
  };
}

/** Whether the words of the canary's refusal are asked for the first time. */
const isFirstRefusal = ({ canary: { stand } }: Deployment): boolean =>
  stand.kind === 'placed' && stand.attempt.state === 'failed' && stand.attempt.texts === undefined;

function refusedNote({ canary, setting }: Deployment): readonly Draft[] {
  if (canary.stand.kind !== 'placed') return [];
  return [news.canaryRefused(canary.tries.length + 1, canary.stand.attempt, setting.timing)];
}
