import { readFileSync } from 'node:fs';

/** The one child of a process: what `unshare --fork` has started, which takes no signals for it. */
export const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
