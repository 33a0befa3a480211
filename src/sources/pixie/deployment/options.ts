/** How long what takes; everything can be scaled for tests. */
export interface DeploymentOptions {
  /** How often a script is sent again that is not in place yet. @default 2.5 s */
  readonly resendMs?: number;
  /** For how long a refusal may still turn out to come from PEMs that do not host the pod. @default 30 s */
  readonly graceMs?: number;
  /** What a refusal that comes late is given at least. @default 10 s */
  readonly settleMs?: number;
  /** When an attempt of which nothing at all is heard is over. @default 90 s */
  readonly silentMs?: number;
  /** The first try waits so long for the second, that twice as long for the third, and so on. @default 2 s */
  readonly backoffMs?: number;
  /** @default 8 */
  readonly canaryTries?: number;
  /** After as many verdicts in a row that waiting will not change, the canary is given up. @default 2 */
  readonly hopelessTries?: number;
  /** @default 3 */
  readonly probeTries?: number;
  /** @default 2 min */
  readonly canaryTtlMs?: number;
  /** @default 10 min */
  readonly probeTtlMs?: number;
  /** @default 3 min */
  readonly renewMs?: number;
  /** How often it is looked whether the probes still run, and run once, whatever others do. @default 10 s */
  readonly lookMs?: number;
  /** How old a look may be when something goes out under a new name. @default 5 s */
  readonly freshLookMs?: number;
  /** The first pause after a request that the cluster did not answer; doubled each time. @default 2 s */
  readonly troubleMs?: number;
  /** @default 30 s */
  readonly longestTroubleMs?: number;
  /** How long the cluster takes to end what was deleted or ran out. @default 30 s */
  readonly reaperMs?: number;
  /** How often a deletion is tried. @default 2 */
  readonly deleteTries?: number;
  /** How many are deleted side by side at the end. @default 4 */
  readonly deletesAtOnce?: number;
}

export type Timing = Required<DeploymentOptions>;

/** The options with the defaults filled in. */
export const timingOf = (options: DeploymentOptions): Timing => ({ ...defaults, ...options });

/** As pxtrace reads it: a number and one unit. */
export function ttlText(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** PEMs report every 2 s, the broker's view of tables is up to 5 s old, its reaper comes every 30 s. */
const defaults: Timing = Object.freeze({
  resendMs: 2500,
  graceMs: 30_000,
  settleMs: 10_000,
  silentMs: 90_000,
  backoffMs: 2000,
  canaryTries: 8,
  hopelessTries: 2,
  probeTries: 3,
  canaryTtlMs: 120_000,
  probeTtlMs: 600_000,
  renewMs: 180_000,
  lookMs: 10_000,
  freshLookMs: 5000,
  troubleMs: 2000,
  longestTroubleMs: 30_000,
  reaperMs: 30_000,
  deleteTries: 2,
  deletesAtOnce: 4,
});
