import type { Nanos } from '../../../gc/units.js';
import { after } from './attempt.js';
import type { Timing } from './options.js';
import type { Tracepoint } from './scripts.js';

/** A tracepoint that was sent and is not known to be deleted: it may be in the cluster, whatever was answered. */
export interface Placed {
  readonly name: string;
  readonly ttlMs: number;
  /** When it ends by itself at the latest, unless it is renewed. */
  readonly expiresAtNs: Nanos;
  /** How often its deletion was tried. */
  readonly deletions: number;
}

/** What could not be deleted. */
export interface Leftover {
  readonly name: string;
  /** When it ends by itself at the latest. */
  readonly expiresAtNs: Nanos;
}

/** With these sent, or sent again. */
export function enter(
  ledger: readonly Placed[],
  tracepoints: readonly Tracepoint[],
  { ttlMs, nowNs }: { readonly ttlMs: number; readonly nowNs: Nanos },
): readonly Placed[] {
  const sent = new Set(tracepoints.map(({ name }) => name));
  const entered = [...sent].map((name) => ({
    name,
    ttlMs,
    expiresAtNs: after(nowNs, ttlMs),
    deletions: 0,
  }));
  return [...ledger.filter(({ name }) => !sent.has(name)), ...entered];
}

/** The server counts from when it heard the script, which was before its answer, or before it was given up. */
export const prolong = (
  ledger: readonly Placed[],
  names: ReadonlySet<string>,
  nowNs: Nanos,
): readonly Placed[] =>
  ledger.map((entry) =>
    names.has(entry.name) ? { ...entry, expiresAtNs: after(nowNs, entry.ttlMs) } : entry,
  );

export const strike = (ledger: readonly Placed[], name: string): readonly Placed[] =>
  ledger.filter((entry) => entry.name !== name);

/** With one more try to delete it. */
export const leave = (ledger: readonly Placed[], name: string): readonly Placed[] =>
  ledger.map((entry) => (entry.name === name ? { ...entry, deletions: entry.deletions + 1 } : entry));

/** Without what has ended by itself by now. */
export const withoutEnded = (
  ledger: readonly Placed[],
  { reaperMs }: Timing,
  nowNs: Nanos,
): readonly Placed[] => ledger.filter(({ expiresAtNs }) => after(expiresAtNs, reaperMs) > nowNs);
