import { buildInfos } from './build-infos.js';
import { damagedPrograms } from './damaged-programs.js';
import { extremeInputs } from './extremes.js';
import { functionTables } from './function-tables.js';
import { gctraceTexts } from './gctrace-texts.js';
import type { Kind } from './kind.js';
import { madeUpPrograms } from './made-up-programs.js';
import { recordings } from './recordings.js';

/** Everything from outside that is parsed. */
export const kinds: Readonly<Record<string, Kind>> = {
  'damaged programs': damagedPrograms,
  'made-up programs': madeUpPrograms,
  'tables of functions': functionTables,
  'build infos': buildInfos,
  recordings,
  'gctrace texts': gctraceTexts,
  'extreme inputs': extremeInputs,
};
