import { readFileSync } from 'node:fs';
import { type Clock, nowUnixMs } from '../../../system/clock.js';
import { hasCode } from '../../../system/errno.js';
import { homeOf } from '../../../system/paths.js';
import type { Environment } from '../../../system/process.js';
import type { Surroundings } from './pixie-options.js';

/** The surroundings of this process, for `readPixieOptions`. */
export const surroundings = (env: Environment, clock: Clock): Surroundings => ({
  env,
  home: homeOf(env),
  nowUnixMs: nowUnixMs(clock),
  readFile: readIfThere,
});

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
