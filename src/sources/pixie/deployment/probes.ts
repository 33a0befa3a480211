import type { ProbeName } from '../../../gc/probe.js';
import type { Nanos } from '../../../gc/units.js';
import type { MutationOutcome } from '../vizier.js';
import { type Attempt, after, newAttempt, observe, runs, verdict } from './attempt.js';
import type { Timing } from './options.js';
import type { Tracepoint } from './scripts.js';
import { isHopeless, type Refusal, refusalWords } from './verdicts.js';

/** One probe that is wanted, and how it stands. */
export interface Probe {
  readonly name: ProbeName;
  /** Under how many names it was sent since it last ran. */
  readonly tries: number;
  readonly stand: ProbeStand;
}

export type ProbeStand =
  /** For the canary, or for the next script. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'placed'; readonly attempt: Attempt; readonly runsSinceNs?: Nanos }
  /** Goes out under another name then; the last attempt stays in place until then. */
  | {
      readonly kind: 'due';
      readonly atNs: Nanos;
      readonly why: string;
      readonly expired: boolean;
      readonly last: Attempt;
    }
  | { readonly kind: 'failed'; readonly why: string; readonly last?: Attempt }
  | { readonly kind: 'missing'; readonly why: string };

export const newProbe = (name: ProbeName): Probe => ({ name, tries: 0, stand: { kind: 'waiting' } });

/** The attempt whose tracepoint must stay. */
export function attemptOf({ stand }: Probe): Attempt | undefined {
  if (stand.kind === 'placed') return stand.attempt;
  return stand.kind === 'due' ? stand.last : undefined;
}

/** Its attempt, if that is in the script or should be. */
export const placedAttempt = ({ stand }: Probe): Attempt | undefined =>
  stand.kind === 'placed' ? stand.attempt : undefined;

export const isRunning = (probe: Probe): boolean => {
  const attempt = placedAttempt(probe);
  return attempt !== undefined && runs(attempt);
};

/** Nothing more will happen to it by itself. */
export const isSettled = (probe: Probe): boolean =>
  isRunning(probe) || probe.stand.kind === 'failed' || probe.stand.kind === 'missing';

/** It has to go out under a new name now. */
export const isDue = ({ stand }: Probe, nowNs: Nanos): boolean =>
  stand.kind === 'waiting' || (stand.kind === 'due' && stand.atNs <= nowNs);

export const sendProbe = (probe: Probe, tracepoint: Tracepoint, nowNs: Nanos): Probe => ({
  name: probe.name,
  tries: probe.tries + 1,
  stand: { kind: 'placed', attempt: newAttempt(tracepoint, nowNs) },
});

/** It goes on with a tracepoint that runs already, whoever placed it. */
export const adoptProbe = (probe: Probe, tracepoint: Tracepoint, nowNs: Nanos): Probe => ({
  name: probe.name,
  tries: 1,
  stand: {
    kind: 'placed',
    attempt: { ...newAttempt(tracepoint, nowNs), state: 'running' },
    runsSinceNs: (probe.stand.kind === 'placed' ? probe.stand.runsSinceNs : undefined) ?? nowNs,
  },
});

/** How it stands after the answer to a script that asked for it. */
export function observeProbe(probe: Probe, outcome: MutationOutcome, nowNs: Nanos): Probe {
  const { stand } = probe;
  if (stand.kind !== 'placed') return probe;
  const attempt = observe(stand.attempt, outcome, nowNs);
  if (runs(attempt)) {
    return { ...probe, stand: { kind: 'placed', attempt, runsSinceNs: stand.runsSinceNs ?? nowNs } };
  }
  if (!runs(stand.attempt)) return { ...probe, stand: { kind: 'placed', attempt } };
  if (attempt.state === 'terminated' || attempt.state === 'unknown') return expireProbe(probe, nowNs);
  return { ...probe, tries: 1, stand: { kind: 'placed', attempt } };
}

/** What was in place is no more: it goes out anew, under another name. */
export function expireProbe(probe: Probe, nowNs: Nanos): Probe {
  const last = placedAttempt(probe);
  if (last === undefined) return probe;
  const why = 'it was not renewed in time, or was removed';
  return { ...probe, tries: 0, stand: { kind: 'due', atNs: nowNs, why, expired: true, last } };
}

/** Whether its attempt is over, and what then. */
export function judgeProbe(probe: Probe, timing: Timing, nowNs: Nanos): Probe {
  const attempt = placedAttempt(probe);
  const refusal = attempt === undefined ? undefined : verdict(attempt, timing, nowNs);
  if (attempt === undefined || refusal === undefined) return probe;
  const why = refusalWords(refusal);
  if (refusal.kind === 'no-symbol') return { ...probe, stand: { kind: 'missing', why } };
  if (isHopeless(refusal) || probe.tries >= timing.probeTries) return failProbe(probe, refusal);
  const atNs = after(nowNs, timing.backoffMs * probe.tries);
  return { ...probe, stand: { kind: 'due', atNs, why, expired: false, last: attempt } };
}

/** The user does not want to wait, or wants what failed to be tried again. */
export function retryProbe(probe: Probe, nowNs: Nanos): Probe {
  const { stand } = probe;
  if (stand.kind === 'due') return { ...probe, stand: { ...stand, atNs: nowNs } };
  if (stand.kind === 'failed') return newProbe(probe.name);
  if (stand.kind !== 'placed' || stand.attempt.state !== 'failed') return probe;
  const why = refusalWords({ kind: 'skipped', text: '' });
  return { ...probe, stand: { kind: 'due', atNs: nowNs, why, expired: false, last: stand.attempt } };
}

const failProbe = (probe: Probe, refusal: Refusal): Probe => ({
  ...probe,
  stand: { kind: 'failed', why: refusalWords(refusal) },
});
