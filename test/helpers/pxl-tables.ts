import { type ProbeName, probeCatalogue, probeNames } from '../../src/gc/probe.js';
import { type Traced, tableName } from '../../src/sources/pixie/pxl.js';
import type { PxlTable, PxlUpsert } from './run-pxl.js';

/** What a probe's script is to capture, in order. */
export const columnsTaken = (probe: Traced): PxlUpsert['columns'] => [
  ...(probe === 'canary' ? [] : probeCatalogue[probe].columns).map(
    ({ name, of, expression }) => [name, { of, expression }] as const,
  ),
  ['latency', { of: 'latency' }],
];

/** The tables of all probes as Pixie makes them: upid, time_, goid_, then what the probe captures. */
export const tablesOf = (
  rows: Partial<Record<ProbeName, PxlTable['rows']>>,
): Readonly<Record<string, PxlTable>> =>
  Object.fromEntries(
    probeNames.map((probe) => [
      tableName(probe),
      {
        columns: ['upid', 'time_', 'goid_', ...columnsTaken(probe).map(([name]) => name)],
        rows: rows[probe] ?? [],
      },
    ]),
  );
