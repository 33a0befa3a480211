import { uptime } from 'node:os';
import type { Clock } from '../../../system/clock.js';
import { probeObstacle } from '../tracefs.js';
import { ProcessScan } from './scan.js';
import { userNames } from './users.js';

export interface ScanOptions {
  readonly clock: Clock;
  /** Whether the user wants probes where they can be placed. */
  readonly probes: boolean;
}

/** A scan of the processes of this host. Nothing is read before its first look. */
export function openScan({ clock, probes }: ScanOptions): ProcessScan {
  return new ProcessScan(clock, {
    bootUnixMs: clock.originUnixMs + clock.nowNs() / 1e6 - uptime() * 1e3,
    userName: userNames(),
    noProbes: probes ? probeObstacle() : 'probes are switched off',
  });
}
