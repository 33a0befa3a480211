import { join } from 'node:path';
import { packageRoot } from '../../src/system/paths.js';

/** Where tests keep what they build: no place that others may write to, for some of it runs as root. */
export const cacheHome = join(packageRoot(), 'node_modules', '.cache');

/** gctop's own folder in it. */
export const programCache = join(cacheHome, 'gctop');
