import { type CallRow, unknownGoid, valueNames } from '../../src/sources/pixie/rows/rows.js';
import { type Capture, endOf } from './captured-call.js';

/** A capture's calls as the rows that Pixie would make of them, dated since the capture began. */
export const rowsOf = ({ calls }: Capture): readonly CallRow[] =>
  calls.map((call): CallRow => {
    const [probe, , latencyNs, goid, args] = call;
    return {
      probe,
      atNs: endOf(call),
      latencyNs,
      goid: goid === 0 ? unknownGoid : goid,
      process: 'captured',
      values: valueNames(probe).map((name) => args[name] ?? Number.NaN),
    };
  });
