import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Ending, folder } from './folder.js';
import { builtProgram } from './gctop.js';

/** A user who owns nothing, and a folder that is open to him. */
export interface OrdinaryUser {
  /** What a command is started with to run as him. */
  readonly as: readonly string[];
  readonly home: string;
  /** Node and the built program, where he can run them. */
  readonly gctop: readonly string[];
  /** A copy of a program where he can run it. */
  program(path: string, name: string): string;
}

/** Needs root, to become somebody else. */
export function ordinaryUser(t: Ending): OrdinaryUser {
  const home = folder(t);
  chmodSync(home, 0o755);
  cpSync(dirname(builtProgram), join(home, 'dist'), { recursive: true });
  const as = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const program = (path: string, name: string) => {
    const copy = join(home, name);
    copyFileSync(path, copy);
    chmodSync(copy, 0o755);
    return copy;
  };
  const [file = '', ...args] = as;
  const mayRunNode = spawnSync(file, [...args, process.execPath, '--version']).status === 0;
  const node = mayRunNode ? process.execPath : program(process.execPath, 'node');
  return { as, home, gctop: [node, join(home, 'dist', 'cli.js')], program };
}
