import type { Step } from '../gc/stream.js';
import type { Model } from './model.js';

/** Whether the canary or the probes wait for a next try: one that is under way would only be waited for as well. */
export function canRetry({ steps, state }: Readonly<Model>): boolean {
  return isRunning(state) && (isUnderWay(steps.get('canary')) || isUnderWay(steps.get('probes')));
}

/** Whether there is a port-forward that can be opened anew. */
export function canRestartForward({ steps, state }: Readonly<Model>): boolean {
  return isRunning(state) && steps.has('forward');
}

/** Whether a local program is shown whose calls can be probed, also in a recording: it has one of two sets of probes. */
export const isOfProbeSets = ({ target }: Readonly<Model>): boolean =>
  target?.target.source === 'local' && target.capabilities.calls;

/** Whether there are sets of probes between which a key can choose. */
export const hasProbeSets = (model: Readonly<Model>): boolean =>
  isOfProbeSets(model) && !isReplay(model.state);

/** Whether that key does something now. */
export const canSetProbes = (model: Readonly<Model>): boolean =>
  hasProbeSets(model) && isRunning(model.state);

const isReplay = (state: Model['state']): boolean =>
  state.kind === 'replay' || (state.kind === 'ended' && state.replay);

const isRunning = ({ kind }: Model['state']): boolean => kind !== 'ended' && kind !== 'replay';

/** Whether a step was begun and is not up. */
export const isUnderWay = (step: Step | undefined): boolean => step !== undefined && step.state !== 'up';

/** Whether traffic can be sent: it needs an address and somebody who still listens there. */
export function canSend({ traffic, state }: Readonly<Model>): boolean {
  return traffic.address !== undefined && isRunning(state);
}
