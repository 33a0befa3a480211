import { GctopError } from '../../../error.js';
import type { PodRef } from '../../../gc/source-control.js';
import type { StepTry } from '../../../gc/stream.js';
import type { Nanos } from '../../../gc/units.js';
import { type Attempt, after, newAttempt, runs, verdict } from './attempt.js';
import type { Timing } from './options.js';
import type { Tracepoint } from './scripts.js';
import { isHopeless, type Refusal, refusalRemark, refusalWords } from './verdicts.js';

/** The tracepoint that goes first, alone, to find out whether a PEM knows the pod and can place probes in it. */
export interface Canary {
  /** Those that are over, oldest first. */
  readonly tries: readonly EndedTry[];
  readonly stand: CanaryStand;
}

export type CanaryStand =
  /** Goes out at that time; the last attempt stays in place until then. */
  | { readonly kind: 'due'; readonly atNs: Nanos; readonly last?: Attempt }
  | { readonly kind: 'placed'; readonly attempt: Attempt }
  /** No try was needed where something runs in the pod already. */
  | { readonly kind: 'up'; readonly sinceNs: Nanos; readonly tries: number }
  | { readonly kind: 'given-up' };

export type EndedTry = StepTry & { readonly endedAtNs: Nanos; readonly refusal: Refusal };

/** What a step of the canary leads to. */
export interface CanaryTurn {
  readonly canary: Canary;
  /** It came up, or was over. */
  readonly ended?:
    | { readonly how: 'up'; readonly attempt: Attempt; readonly try: number }
    | { readonly how: 'failed'; readonly last: EndedTry; readonly try: number };
  readonly gaveUp?: Refusal;
}

export const newCanary = (nowNs: Nanos): Canary => ({ tries: [], stand: { kind: 'due', atNs: nowNs } });

/** Which try is under way, or comes next. */
export const canaryTry = ({ tries }: Canary): number => tries.length + 1;

export const sendCanary = (canary: Canary, tracepoint: Tracepoint, nowNs: Nanos): Canary => ({
  ...canary,
  stand: { kind: 'placed', attempt: newAttempt(tracepoint, nowNs) },
});

/** What it would find out is known. */
export const skipCanary = (canary: Canary, nowNs: Nanos): Canary =>
  canary.stand.kind === 'up' ? canary : { ...canary, stand: { kind: 'up', sinceNs: nowNs, tries: 0 } };

/** Whether the attempt is over, and what then. */
export function judgeCanary(canary: Canary, timing: Timing, nowNs: Nanos): CanaryTurn {
  if (canary.stand.kind !== 'placed') return { canary };
  const { attempt } = canary.stand;
  const number = canaryTry(canary);
  if (runs(attempt)) {
    const stand: CanaryStand = { kind: 'up', sinceNs: nowNs, tries: number };
    return { canary: { ...canary, stand }, ended: { how: 'up', attempt, try: number } };
  }
  const refusal = verdict(attempt, timing, nowNs);
  return refusal === undefined ? { canary } : endTry(canary, attempt, { refusal, timing, nowNs });
}

/**
 * The user does not want to wait: what is under way is over, what waits goes out, what was given up begins anew. It costs
 * none of the tries.
 */
export function retryCanary(canary: Canary, nowNs: Nanos): Canary {
  const { stand } = canary;
  if (stand.kind === 'up') return canary;
  if (stand.kind === 'due') return { ...canary, stand: { ...stand, atNs: nowNs } };
  if (stand.kind === 'given-up') return { tries: [], stand: { kind: 'due', atNs: nowNs } };
  return { ...canary, stand: { kind: 'due', atNs: nowNs, last: stand.attempt } };
}

/** Why the canary was given up, as an error that says what to try. */
export function gaveUp(refusal: Refusal, tries: number, pod: PodRef): GctopError {
  const name = `${pod.namespace}/${pod.name}`;
  const times = tries === 1 ? '1 try' : `${tries} tries`;
  return new GctopError(
    'CANARY_GAVE_UP',
    `no probe could be placed in pod '${name}' in ${times}: ${refusalWords(refusal)}`,
    { hint: hintFor(refusal, pod) },
  );
}

interface Ending {
  readonly refusal: Refusal;
  readonly timing: Timing;
  readonly nowNs: Nanos;
}

function endTry(canary: Canary, attempt: Attempt, { refusal, timing, nowNs }: Ending): CanaryTurn {
  const last = endedTry(attempt, refusal, nowNs);
  const tries = [...canary.tries, last];
  const ended = { how: 'failed', last, try: tries.length } as const;
  if (tries.length >= timing.canaryTries || areHopeless(tries, timing)) {
    return { canary: { tries, stand: { kind: 'given-up' } }, ended, gaveUp: refusal };
  }
  const atNs = after(nowNs, timing.backoffMs * tries.length);
  return { canary: { tries, stand: { kind: 'due', atNs, last: attempt } }, ended };
}

const endedTry = (attempt: Attempt, refusal: Refusal, nowNs: Nanos): EndedTry => ({
  state: 'failed',
  remark: refusalRemark(refusal),
  startedAtNs: attempt.sentAtNs,
  endedAtNs: nowNs,
  refusal,
});

/** A process may still be the shell that will become the program; the same refusal twice is believed. */
function areHopeless(tries: readonly EndedTry[], { hopelessTries }: Timing): boolean {
  const last = tries.slice(-hopelessTries);
  return last.length === hopelessTries && last.every(({ refusal }) => isHopeless(refusal));
}

function hintFor({ kind }: Refusal, { node, container }: PodRef): string {
  const onNode = node === undefined ? "on the pod's node" : `on node '${node}'`;
  switch (kind) {
    case 'no-symbol':
      return 'the program must be a Go program with its symbol table: build it without -ldflags=-s';
    case 'no-debug-info':
      return 'build the program with its debug information: without -ldflags=-w or -s';
    case 'wrong-target':
      return container === undefined
        ? 'name the container of the Go program'
        : `container '${container}' must run the Go program and nothing beside it`;
    case 'silent':
      return `see whether a PEM is running and healthy ${onNode}: kubectl get pods -n pl -o wide`;
    case 'not-here':
    case 'ended':
    case 'skipped':
      return `a new pod may take Pixie minutes to notice: try again, and see whether a PEM runs ${onNode}: kubectl get pods -n pl -o wide`;
    case 'ambiguous':
    case 'other-arguments':
    case 'other':
      return "these are the PEM's own words: its log says more";
  }
}
