import type { PodRef } from '../../gc/source-control.js';
import type { Target, TargetId } from '../../gc/stream.js';
import { durationNs } from '../../gc/units.js';
import { type Clock, sessionTime } from '../../system/clock.js';
import type { Draft } from '../order.js';

/** A pod as Pixie spells it. */
export const podPath = ({ namespace, name }: PodRef): string => `${namespace}/${name}`;

/** What the stream calls one run of a pod's program. */
export const targetIdOf = (pod: PodRef): TargetId => `pixie:${podPath(pod)}:${pod.instance}`;

/** Rows wait 2.5 s for those of other tables and are asked for once a second; the rest is for the way. */
const latenessNs = 4e9;

export interface PodTelling {
  readonly id: TargetId;
  readonly clock: Clock;
  /** What cannot be shown or believed, and why. */
  readonly missing: readonly string[];
  /** For how long nothing could be read: so much later comes what is read next. @default 0 */
  readonly unreadNs?: number;
}

/** Tells a pod's program as a target of the stream. */
export function podTarget(pod: PodRef, { id, clock, missing, unreadNs = 0 }: PodTelling): Draft {
  const startedAtNs = sessionTime(pod.startedUnixMs, clock);
  const target: Target = {
    name: podPath(pod),
    source: 'Pixie',
    ...(startedAtNs === undefined ? {} : { startedAtNs }),
  };
  const capabilities = {
    evidence: 'derived',
    everyCycleWhole: true,
    heap: false,
    calls: true,
    missing,
  } as const;
  return { type: 'target', id, target, latenessNs: durationNs(latenessNs + unreadNs), capabilities };
}
