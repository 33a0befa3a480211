import { fullSetProbes, type ProbeName } from '../gc/probe.js';
import type { ProbeSet } from '../gc/source-control.js';
import type { Nanos } from '../gc/units.js';
import { isOfOtherRelease } from './coming-up.js';
import type { Model, ProbeLine } from './model.js';

/**
 * Which set of probes a local program has: full while any probe of single calls is there or on its way. One that was
 * taken off by itself still belongs to the full set, until the light one was asked for.
 */
export function probeSetOf({ probes, askedProbes }: Readonly<Model>): ProbeSet {
  const states = fullSetProbes.map((name) => probes.get(name)?.state);
  if (states.some((state) => state === 'running' || state === 'pending')) return 'full';
  const isTold = states.some((state) => state !== undefined && state !== 'removed');
  return isTold && askedProbes !== 'light' ? 'full' : 'light';
}

/** The set that is on its way; undefined where it is there already. */
export function comingProbeSet(model: Readonly<Model>): ProbeSet | undefined {
  const { askedProbes, probes } = model;
  if (askedProbes !== undefined && askedProbes !== probeSetOf(model)) return askedProbes;
  return fullSetProbes.some((name) => probes.get(name)?.state === 'pending') ? 'full' : undefined;
}

/** What the key changes it to. */
export const otherProbeSet = (model: Readonly<Model>): ProbeSet =>
  (model.askedProbes ?? probeSetOf(model)) === 'light' ? 'full' : 'light';

/** What all probes together do to the program. */
export interface ProbeLoad {
  readonly running: number;
  /** Undefined before any was counted for long enough. */
  readonly hitsPerSecond: number | undefined;
  /** As a share of one core, of those of which the cost of a hit is known; undefined where it is of none. */
  readonly costShare: number | undefined;
  /** Whether that is all of them that are hit. */
  readonly isWhole: boolean;
}

export function probeLoad({ probes }: Readonly<Model>, atNs: Nanos): ProbeLoad {
  const running = [...probes.values()].filter(({ state }) => state === 'running');
  const counted = running.filter((probe) => hitsPerSecondOf(probe, atNs) !== undefined);
  const costs = counted.map((probe) => costShareOf(probe, atNs));
  const isMeasured = counted.some(({ costNs }) => costNs !== undefined);
  return {
    running: running.length,
    hitsPerSecond:
      counted.length === 0 ? undefined : sum(counted.map((probe) => hitsPerSecondOf(probe, atNs))),
    costShare: isMeasured ? sum(costs) : undefined,
    isWhole: costs.every((cost) => cost !== undefined),
  };
}

/** What one probe costs the program, as a share of one core. One that is not hit costs nothing. */
export function costShareOf(probe: ProbeLine, atNs: Nanos): number | undefined {
  const { costNs } = probe;
  const hitsPerSecond = hitsPerSecondOf(probe, atNs);
  if (hitsPerSecond === 0) return 0;
  return hitsPerSecond === undefined || costNs === undefined ? undefined : (hitsPerSecond * costNs) / 1e9;
}

/** How often a probe is hit; its hits are told when there were more, so that silence means none. */
export function hitsPerSecondOf(
  { state, countedAtNs, hitsPerSecond }: ProbeLine,
  atNs: Nanos,
): number | undefined {
  if (state !== 'running' || countedAtNs === undefined) return undefined;
  return atNs - countedAtNs > silenceNs ? 0 : hitsPerSecond;
}

/** Hits are told about once a second. */
const silenceNs = 3e9;

/** Those that could not be placed or were taken off; what a program or its release does not have is no loss. */
export const lostProbes = ({ probes }: Readonly<Model>): readonly (readonly [string, ProbeLine])[] =>
  [...probes].filter(([, probe]) => lostStates.has(probe.state) && !isOfOtherRelease(probe));

const lostStates: ReadonlySet<ProbeLine['state']> = new Set(['failed', 'dropped']);

/** Go 1.16 sets the trigger ratio; from 1.18 on a trigger in bytes is set to pace the sweeper; 1.17 tells neither. */
export const paceProbes: readonly ProbeName[] = ['gcSetTriggerRatio', 'gcPaceSweeper'];

/** Whether the pacer's own trigger is told of each cycle; who tells it without news of a probe is believed. */
export function pacerTells({ probes, heap, work }: Readonly<Model>): boolean {
  const states = paceProbes.flatMap((name) => probes.get(name)?.state ?? []);
  if (states.length > 0) return states.includes('running');
  return work.triggerRatio.latest !== undefined || heap.trigger.latest !== undefined;
}

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
