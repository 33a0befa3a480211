import { runApp } from './app.js';
import type { ExitSteps } from './exit-steps.js';
import { withoutTarget } from './options.js';
import { pickTarget } from './pick-target.js';
import type { Picking, Watching } from './prepare.js';

/** Watches what was asked for, or chosen, until it is quit; resolves with the exit code. */
export async function run(invocation: Watching | Picking, exit: ExitSteps): Promise<number> {
  let next = invocation;
  for (;;) {
    if (next.type === 'pick') {
      const picked = await pickTarget(next.options, exit);
      if (typeof picked === 'number') return picked;
      next = picked;
    }
    const outcome = await runApp(next, exit);
    if (outcome !== 'pick-another') return outcome;
    await exit.restore();
    await exit.stop();
    next = { type: 'pick', options: withoutTarget(next.options) };
  }
}
