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

const isRunning = ({ kind }: Model['state']): boolean => kind !== 'ended' && kind !== 'replay';

/** Whether a step was begun and is not up. */
export const isUnderWay = (step: Step | undefined): boolean => step !== undefined && step.state !== 'up';

/** Whether traffic can be sent: it needs an address and somebody who still listens there. */
export function canSend({ traffic, state }: Readonly<Model>): boolean {
  return traffic.address !== undefined && isRunning(state);
}
