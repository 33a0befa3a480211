import type { GcEvent } from '../../../gc/event.js';
import { probeCatalogue } from '../../../gc/probe.js';
import { countOf, type Telling, timesOf } from './assemble-telling.js';
import { type CallRow, unknownGoid } from './rows.js';

/** A call for the log. */
export function callOf(row: CallRow, telling: Telling): GcEvent {
  const args: Record<string, number> = {};
  let result: number | undefined;
  probeCatalogue[row.probe].columns.forEach(({ name, of }, i) => {
    const value = countOf(row.values[i]);
    if (value === undefined) return;
    if (of === 'result') result = value;
    else args[name] = value;
  });
  return {
    kind: 'call',
    probe: row.probe,
    args,
    ...(result === undefined ? {} : { result }),
    ...(row.goid === unknownGoid ? {} : { goid: row.goid }),
    ...timesOf(row, telling),
  };
}
