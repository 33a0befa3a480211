import { readFileSync } from 'node:fs';

/**
 * How far CLOCK_MONOTONIC is ahead here of the kernel's own, by which it dates what probes record, ns: a time namespace
 * shifts it (time_namespaces(7)). 0 where the kernel has none.
 */
export function monotonicOffset(): bigint {
  let offsets: string;
  try {
    offsets = readFileSync('/proc/self/timens_offsets', 'utf8');
  } catch {
    return 0n; // before Linux 5.6, or built without them
  }
  const [, seconds = '0', ns = '0'] = /^monotonic\s+(-?\d+)\s+(\d+)/m.exec(offsets) ?? [];
  return BigInt(seconds) * 1_000_000_000n + BigInt(ns);
}
