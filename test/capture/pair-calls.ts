import { CallPairs, type Edge } from '../../src/sources/local/pair-calls.js';
import type { CapturedCall } from './captured-call.js';

export interface PairedCalls {
  /** In the order in which they returned. */
  readonly calls: readonly CapturedCall[];
  /** Calls that had not returned at the end, and returns of calls that began before: 0 in a good capture. */
  readonly open: number;
  readonly unmatched: number;
  readonly restarts: number;
}

/** Makes calls of entries and returns, which come in the order of time; `startNs` is when the capture began. */
export function pairCalls(edges: readonly Edge[], startNs = 0): PairedCalls {
  const pairs = new CallPairs();
  const calls = edges.flatMap((edge): CapturedCall[] => {
    const paired = pairs.take(edge);
    if (paired === undefined) return [];
    const { entry, exit } = paired;
    const values = { ...entry.values, ...exit.values };
    const goid = entry.caller?.goid ?? 0;
    return [[entry.probe, entry.atNs - startNs, exit.atNs - entry.atNs, goid, values]];
  });
  return { calls, open: pairs.open, unmatched: pairs.unmatched, restarts: pairs.restarts };
}
