import { uptime } from 'node:os';
import { type Clock, nowUnixMs } from '../../../system/clock.js';
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
    bootUnixMs: nowUnixMs(clock) - uptime() * 1e3,
    userName: userNames(),
    noProbes: probes ? probeObstacle() : 'probes are switched off',
  });
}
