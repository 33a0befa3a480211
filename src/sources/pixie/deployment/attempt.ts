import { type Nanos, nanos } from '../../../gc/units.js';
import type { MutationOutcome, TracepointState } from '../vizier.js';
import type { Timing } from './options.js';
import type { Tracepoint } from './scripts.js';
import { isProvisional, type Refusal, refusalOf } from './verdicts.js';

/** One tracepoint that was asked for under a name of its own, and how it stands. */
export interface Attempt {
  readonly tracepoint: Tracepoint;
  readonly sentAtNs: Nanos;
  /** Since when it should run: since it was sent, or since it was last seen running. */
  readonly awaitedSinceNs: Nanos;
  readonly state: TracepointState['state'];
  /** The server's; another one under the same name is another deployment. */
  readonly id?: string;
  readonly refusedSinceNs?: Nanos;
  /** What the PEMs say of the refusal; undefined until it was asked for. */
  readonly texts?: readonly string[];
}

export const newAttempt = (tracepoint: Tracepoint, nowNs: Nanos): Attempt => ({
  tracepoint,
  sentAtNs: nowNs,
  awaitedSinceNs: nowNs,
  state: 'pending',
});

export const runs = ({ state }: Attempt): boolean => state === 'running';

/** How it stands after the answer to a script that asked for it. */
export function observe(attempt: Attempt, outcome: MutationOutcome, nowNs: Nanos): Attempt {
  const told = outcome.states.find(({ name }) => name === attempt.tracepoint.name);
  // A standalone PEM tells no states: there, code 0 is all that is heard. A name that the others' states leave out is
  // one that the cluster has lost: it tells such states without their names.
  const untold = outcome.states.length === 0 ? 'pending' : 'unknown';
  const state = outcome.code === 0 ? 'running' : (told?.state ?? untold);
  const id = known(told?.id) ?? attempt.id;
  const restarted = isOtherDeployment(attempt, id) || (runs(attempt) && state !== 'running');
  return {
    tracepoint: attempt.tracepoint,
    sentAtNs: attempt.sentAtNs,
    awaitedSinceNs: restarted ? nowNs : attempt.awaitedSinceNs,
    state,
    ...(id === undefined ? {} : { id }),
    ...(state === 'failed' ? refusal(attempt, restarted, nowNs) : {}),
  };
}

/** The one before had ended, so the server took the same name for a new one. */
export const isOtherDeployment = ({ id: before }: Attempt, id: string | undefined): boolean =>
  before !== undefined && id !== undefined && before !== id;

/** With what the PEMs say of it, if it is refused. */
export const hear = (attempt: Attempt, texts: readonly string[]): Attempt =>
  attempt.state === 'failed' ? { ...attempt, texts } : attempt;

/** Time in which nothing could be heard does not count against it. */
export const pardon = (attempt: Attempt, lostNs: Nanos): Attempt => ({
  ...attempt,
  awaitedSinceNs: nanos(attempt.awaitedSinceNs + lostNs),
});

/** Until when it is open at the latest; undefined when it runs or was ended. */
export function verdictAtNs(attempt: Attempt, timing: Timing): Nanos | undefined {
  const { state, awaitedSinceNs, refusedSinceNs } = attempt;
  if (isUnheard(attempt)) return after(awaitedSinceNs, timing.silentMs);
  if (state !== 'failed') return undefined;
  const settled = after(refusedSinceNs ?? awaitedSinceNs, timing.settleMs);
  return nanos(Math.max(after(awaitedSinceNs, timing.graceMs), settled));
}

/** Why it is over; undefined while it runs, or may come to run. */
export function verdict(attempt: Attempt, timing: Timing, nowNs: Nanos): Refusal | undefined {
  const { state, texts } = attempt;
  if (state === 'running') return undefined;
  if (state === 'terminated') return { kind: 'ended', text: '' };
  const isLate = nowNs >= (verdictAtNs(attempt, timing) ?? nowNs);
  if (isUnheard(attempt)) return isLate ? { kind: 'silent', text: '' } : undefined;
  if (texts === undefined) return undefined;
  const said = refusalOf(texts);
  return isLate || !isProvisional(said) ? said : undefined;
}

/** What the cluster does not know becomes known when its script is sent again. */
const isUnheard = ({ state }: Attempt): boolean => state === 'pending' || state === 'unknown';

export const after = (atNs: Nanos, ms: number): Nanos => nanos(atNs + ms * 1e6);

const known = (id: string | undefined): string | undefined => (id === '' ? undefined : id);

/** Words that were heard stay until others are: they are asked for again after each refusal. */
function refusal(
  before: Attempt,
  restarted: boolean,
  nowNs: Nanos,
): Pick<Attempt, 'refusedSinceNs'> & { readonly texts?: readonly string[] } {
  if (restarted || before.state !== 'failed') return { refusedSinceNs: nowNs };
  return {
    refusedSinceNs: before.refusedSinceNs ?? nowNs,
    ...(before.texts === undefined ? {} : { texts: before.texts }),
  };
}
