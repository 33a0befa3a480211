import type { GcEvent } from '../../../gc/event.js';
import { countOf, type Telling, timesOf } from './assemble-telling.js';
import { type CallRow, unknownGoid, valueNames } from './rows.js';

/** A call for the log. */
export function callOf(row: CallRow, telling: Telling): GcEvent {
  const resultName = results[row.probe];
  const args: Record<string, number> = {};
  let result: number | undefined;
  valueNames(row.probe).forEach((name, i) => {
    const value = countOf(row.values[i]);
    if (value === undefined) return;
    if (name === resultName) result = value;
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

/** Which of a probe's values is what the call answered. */
const results: Partial<Record<CallRow['probe'], string>> = {
  sweepone: 'npages',
  gcDrainN: 'scanWorkPerformed',
};
