import { GctopError } from '../error.js';
import { runApp } from './app.js';
import type { ExitSteps } from './exit-steps.js';
import { mayPickAnother, withoutTarget } from './options.js';
import { pickTarget } from './pick-target.js';
import type { Picking, Watching } from './prepare.js';

/** Watches what was asked for, or chosen, until it is quit; resolves with the exit code. */
export async function run(invocation: Watching | Picking, exit: ExitSteps): Promise<number> {
  let next = invocation;
  let refusal: string | undefined;
  let isChosen = false;
  for (;;) {
    if (next.type === 'pick') {
      const picked = await pickTarget(next.options, exit, refusal);
      if (typeof picked === 'number') return picked;
      next = picked;
      isChosen = true;
    }
    const watching: Watching = next;
    try {
      const outcome = await runApp(watching, exit);
      if (outcome !== 'pick-another') return outcome;
      refusal = undefined;
    } catch (error) {
      // Who chose from the list can choose again; who asked by the command line is told there.
      if (!isChosen || !mayChooseAgain(watching) || !isRefusal(error)) throw error;
      refusal = error.message;
    }
    await exit.restore();
    await exit.stop();
    next = { type: 'pick', options: withoutTarget(watching.options) };
  }
}

/** What keeps a pod from being watched is mended outside of gctop, and takes more than a line to say. */
const mayChooseAgain = ({ type, options }: Watching): boolean => type !== 'pod' && mayPickAnother(options);

const isRefusal = (error: unknown): error is GctopError =>
  error instanceof GctopError && error.code !== 'INTERNAL';
