import type { Pod } from './pods.js';
import type { Column, ColumnSpec, Frame, Value } from './values.js';

/** A table that Pixie has without being asked, of each process: here a row a second. */
export const processStatsColumns: readonly ColumnSpec[] = [
  { name: 'time_', type: 'time64ns', meaning: 'time' },
  { name: 'upid', type: 'uint128', meaning: 'upid' },
  { name: 'cpu_utime_ns', type: 'int64' },
  { name: 'cpu_ktime_ns', type: 'int64' },
  { name: 'num_threads', type: 'int64' },
  { name: 'vsize_bytes', type: 'int64' },
  { name: 'rss_bytes', type: 'int64' },
];

const periodNs = 1_000_000_000n;
const longestRows = 120n;

/** Its rows between two moments, ns since 1970, the latest two minutes at most. */
export function processStats(
  pods: readonly Pod[],
  {
    startNs,
    endNs,
    nowNs,
    toUnixNs,
  }: {
    startNs: bigint | undefined;
    endNs: bigint | undefined;
    nowNs: bigint;
    toUnixNs: (ns: number) => bigint;
  },
): Frame {
  const rows = pods.flatMap((pod) => {
    const beginNs = toUnixNs(pod.startedNs);
    const overNs = least(endNs ?? nowNs, pod.endedNs === undefined ? nowNs : toUnixNs(pod.endedNs));
    const oldestNs = overNs - longestRows * periodNs;
    const fromNs = most(most(startNs ?? beginNs, beginNs), oldestNs);
    const found: Value[][] = [];
    for (let at = fromNs - (fromNs % periodNs) + periodNs; at <= overNs; at += periodNs) {
      const ageNs = at - beginNs;
      found.push([at, pod.upid, ageNs / 50n, ageNs / 200n, 9n, 730_000_000n, 18_000_000n]);
    }
    return found;
  });
  const columns = processStatsColumns.map(
    (spec, index): Column => ({
      ...spec,
      values: rows.map((row) => row[index] ?? 0n),
    }),
  );
  return { rows: rows.length, columns };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
