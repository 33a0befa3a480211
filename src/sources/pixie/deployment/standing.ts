import type { Draft } from '../../order.js';
import { type Attempt, isOtherDeployment, runs, verdictAtNs } from './attempt.js';
import { type Canary, canaryTry } from './canary.js';
import { isRunning, isSettled, type Probe, placedAttempt } from './probes.js';
import type { Deployment } from './state.js';
import { refusalOf, refusalWords } from './verdicts.js';
import { listText } from './words.js';

type StepDraft = Extract<Draft, { type: 'step' }>;
type ProbeDraft = Extract<Draft, { type: 'probe' }>;

/** What has changed for who looks on: the canary's and the probes' steps, and every probe. Nobody does at the end. */
export function changes(before: Deployment | undefined, now: Deployment): readonly Draft[] {
  if (now.ending) return [];
  const steps = [canaryStep, probesStep].filter((step) => differ(before && step(before), step(now)));
  return [
    ...steps.map((step) => step(now)),
    ...now.probes.flatMap((probe) => probeChange(before, now, probe)),
  ];
}

/** How the canary stands. */
export function canaryStep(state: Deployment): StepDraft {
  const { canary, setting, halted } = state;
  const { canaryTries } = setting.timing;
  const step = { type: 'step', step: 'canary' } as const;
  const { stand } = canary;
  if (stand.kind === 'up') {
    const [word, remark] =
      stand.tries === 0
        ? ['not needed', 'probes of an earlier or other gctop run in the pod']
        : ['passed', `${setting.canarySymbol}, try ${stand.tries}`];
    return { ...step, state: 'up', word, remark, sinceNs: stand.sinceNs };
  }
  const tries = triesOf(canary);
  if (stand.kind === 'given-up' || halted !== undefined) {
    const word = stand.kind === 'given-up' ? 'given up' : 'stopped';
    return { ...step, state: 'failed', word, ...(halted && { remark: halted.message }), ...tries };
  }
  return {
    ...step,
    state: 'waiting',
    word: `try ${canaryTry(canary)} of ${canaryTries}`,
    remark: state.trouble === undefined ? setting.canarySymbol : noAnswer,
    ...(stand.kind === 'placed' && { sinceNs: stand.attempt.sentAtNs }),
    ...until(state, stand.kind === 'due' ? stand.atNs : verdictAtNs(stand.attempt, setting.timing)),
    ...tries,
  };
}

/** How all probes stand together. */
export function probesStep(state: Deployment): StepDraft {
  const probes = state.probes.filter((probe) => !isMissed(state, probe));
  const running = probes.filter(isRunning);
  const step = { type: 'step', step: 'probes', word: `${running.length} of ${probes.length}` } as const;
  if (state.halted !== undefined && state.canary.stand.kind === 'up') {
    return { ...step, state: 'failed', remark: state.halted.message };
  }
  if (state.canary.stand.kind !== 'up') return { ...step, state: 'waiting', remark: 'wait for the canary' };
  const waiting = probes.filter((probe) => !isSettled(probe));
  if (waiting.length > 0) {
    const remark =
      state.trouble === undefined ? `${listText(waiting.map(({ name }) => name))} to come` : noAnswer;
    return { ...step, state: 'waiting', remark, ...until(state, nextEventNs(waiting, state)) };
  }
  const lacking = probes.filter((probe) => !isRunning(probe));
  const isUp = running.length > 0;
  if (lacking.length === 0) return { ...step, state: isUp ? 'up' : 'failed' };
  const remark = `without ${listText(lacking.map(({ name }) => name))}`;
  return { ...step, state: isUp ? 'up' : 'failed', remark };
}

/** How one probe stands. */
export function probeDraft(state: Deployment, probe: Probe): ProbeDraft {
  const { stand, name, tries } = probe;
  const target = state.setting.targetIdOf(state.target);
  const draft = { type: 'probe', target, probe: name, attempt: Math.max(1, tries) } as const;
  switch (stand.kind) {
    case 'waiting':
      return { ...draft, state: 'pending' };
    case 'placed':
      if (runs(stand.attempt)) return { ...draft, state: 'running' };
      return { ...draft, state: 'pending', ...refusedSoFar(stand.attempt) };
    case 'due':
      return stand.expired
        ? { ...draft, state: 'expired', detail: stand.why }
        : { ...draft, state: 'failed', nextTryAtNs: stand.atNs, detail: stand.why };
    case 'failed':
      return { ...draft, state: 'failed', detail: stand.why };
    case 'missing':
      return isMissed(state, probe)
        ? { ...draft, state: 'dropped', detail: 'not of this Go release' }
        : { ...draft, state: 'missing', detail: stand.why };
  }
}

const noAnswer = 'the cluster does not answer';

/** It lacks one of the functions of another Go version: nothing is wrong. */
const isMissed = ({ setting }: Deployment, { name, stand }: Probe): boolean =>
  stand.kind === 'missing' && setting.mayMiss.has(name);

const differ = (before: unknown, now: unknown): boolean => JSON.stringify(before) !== JSON.stringify(now);

function probeChange(before: Deployment | undefined, now: Deployment, probe: Probe): readonly Draft[] {
  const draft = probeDraft(now, probe);
  const old = before?.probes.find(({ name }) => name === probe.name);
  if (before === undefined || old === undefined) return [draft];
  if (!differ(probeDraft(before, old), draft)) return [];
  return hasRunOut(old, probe) ? [asExpired(now, probe), draft] : [draft];
}

/** The server had ended it, and took the script that was to renew it for a new one. */
function hasRunOut(old: Probe, probe: Probe): boolean {
  const [before, now] = [placedAttempt(old), placedAttempt(probe)];
  if (before === undefined || now === undefined || !runs(before) || runs(now)) return false;
  return before.tracepoint.name === now.tracepoint.name && isOtherDeployment(before, now.id);
}

const asExpired = (state: Deployment, probe: Probe): Draft => ({ ...bare(state, probe), state: 'expired' });

const bare = (state: Deployment, { name, tries }: Probe) =>
  ({
    type: 'probe',
    target: state.setting.targetIdOf(state.target),
    probe: name,
    attempt: Math.max(1, tries),
  }) as const;

function refusedSoFar({ state, texts }: Attempt): { readonly detail?: string } {
  if (state !== 'failed' || texts === undefined) return {};
  return { detail: `${refusalWords(refusalOf(texts))}, which may change` };
}

/** What was tried, the try that is under way included. */
function triesOf({ tries, stand }: Canary): Pick<StepDraft, 'tries'> {
  const ended = tries.map(({ refusal: _, ...shown }) => shown);
  if (stand.kind !== 'placed') return ended.length === 0 ? {} : { tries: ended };
  const { attempt } = stand;
  const remark = attempt.state === 'failed' ? 'refused so far: may come' : 'waits for the PEMs';
  return { tries: [...ended, { state: 'waiting', remark, startedAtNs: attempt.sentAtNs }] };
}

/** The time of the next event, or of the next try to reach the cluster. */
function until({ trouble }: Deployment, atNs: StepDraft['untilNs']): Pick<StepDraft, 'untilNs'> {
  const untilNs = trouble?.nextAtNs ?? atNs;
  return untilNs === undefined ? {} : { untilNs };
}

/** When the first of them is tried again or found wanting. */
function nextEventNs(waiting: readonly Probe[], { setting }: Deployment): StepDraft['untilNs'] {
  const times = waiting.flatMap(({ stand }) => {
    const atNs = stand.kind === 'due' ? stand.atNs : undefined;
    return (stand.kind === 'placed' ? verdictAtNs(stand.attempt, setting.timing) : atNs) ?? [];
  });
  return times.reduce<StepDraft['untilNs']>(
    (first, atNs) => (first === undefined || atNs < first ? atNs : first),
    undefined,
  );
}
