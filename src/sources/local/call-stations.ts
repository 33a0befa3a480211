import type { ProbeName } from '../../gc/probe.js';
import type { CallPoint } from './call-points.js';
import type { Edge } from './pair-calls.js';
import type { HitCosts } from './probe-budget.js';
import type { UprobeGroup } from './uprobe-group.js';

/** The places of one event, which come and go together. */
export interface Station {
  readonly event: string;
  readonly points: readonly CallPoint[];
  readonly at: Edge['at'];
  readonly costNs: number;
  group: UprobeGroup | undefined;
  state: 'waiting' | 'running' | 'dropped';
  /** Since when all its places are there. */
  sinceNs: number;
  /** Hits since the last review. */
  recent: number;
  /** Why it was dropped. */
  why: string | undefined;
}

/** One function's place in its stations, and how often it was hit there. */
export interface Tally {
  readonly entry: Station;
  readonly returns: Station | undefined;
  entered: number;
  returned: number;
}

/** The events, none of them placed yet. Without costs dear ones are assumed. */
export const stationsOf = (points: readonly CallPoint[], costs = assumedCosts): readonly Station[] =>
  [...new Set(points.map(({ plan }) => plan.event))].map((event) =>
    stationOf(
      event,
      points.filter(({ plan }) => plan.event === event),
      costs,
    ),
  );

function stationOf(
  event: string,
  points: readonly CallPoint[],
  { emulatedNs, steppedNs }: HitCosts,
): Station {
  const costNs = points.every(({ isEmulated }) => isEmulated) ? emulatedNs : steppedNs;
  const at = points[0]?.at ?? 'entry';
  return {
    event,
    points,
    at,
    costNs,
    group: undefined,
    state: 'waiting',
    sinceNs: Number.POSITIVE_INFINITY,
    recent: 0,
    why: undefined,
  };
}

export function talliesOf(stations: readonly Station[]): ReadonlyMap<ProbeName, Tally> {
  const entries = stations.filter(({ at }) => at === 'entry');
  return new Map(
    entries.flatMap((entry) =>
      entry.points.map(({ probe }): [ProbeName, Tally] => {
        const isOf = ({ at, points }: Station) =>
          at === 'return' && points.some((point) => point.probe === probe);
        return [probe, { entry, returns: stations.find(isOf), entered: 0, returned: 0 }];
      }),
    ),
  );
}

/** Of a virtual machine whose traps are dear: rather too much than too little. */
const assumedCosts: HitCosts = { emulatedNs: 1500, steppedNs: 11_000 };
