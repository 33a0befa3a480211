import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GctopError } from '../error.js';
import type { Environment } from './process.js';

/** Where gctop keeps files of its user. None of them need exist. */
export interface UserDirs {
  /** What can be made again: built programs. */
  readonly cache: string;
  readonly data: string;
  readonly state: string;
}

/** The directories of the XDG Base Directory Specification, which says to ignore relative paths. */
export function userDirs(env: Environment): UserDirs {
  const home = homeOf(env);
  const at = (base: string | undefined, otherwise: string): string =>
    join(absolute(base) ?? join(home, otherwise), 'gctop');
  return {
    cache: at(env.XDG_CACHE_HOME, '.cache'),
    data: at(env.XDG_DATA_HOME, '.local/share'),
    state: at(env.XDG_STATE_HOME, '.local/state'),
  };
}

/** HOME, or what the user database says where HOME is not set, as in some service managers. */
export const homeOf = (env: Environment): string => absolute(env.HOME) ?? userInfo().homedir;

/**
 * The directory that holds package.json, pxl/ and manifests/: the nearest one above `module` with a package.json,
 * the same for a file of src/ as for the bundle in dist/.
 */
export function packageRoot(module: string = import.meta.url): string {
  let directory = dirname(fileURLToPath(module));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new GctopError('INTERNAL', `no package.json above '${module}'`);
    directory = parent;
  }
  return directory;
}

const absolute = (path: string | undefined): string | undefined =>
  path !== undefined && isAbsolute(path) ? path : undefined;
