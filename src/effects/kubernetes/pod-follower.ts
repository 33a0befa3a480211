import { GctopError } from '../../error.js';
import type { Clock } from '../../system/clock.js';
import { workloadOf } from './choose-pod.js';
import type { Cluster } from './cluster.js';
import { type Followed, judge, type Verdict } from './follow.js';
import type { Pod } from './objects.js';
import { type PodWatch, watchPods } from './pod-watch.js';

export interface PodFollowerOptions extends Followed {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Another run is followed from now on: of the same pod, or another pod. */
  readonly onMove: (pod: Pod, why: string) => void;
  /** How the pod looks now, told when that changes. `stay`, `doubt` or `wait`. */
  readonly onLook: (verdict: Exclude<Verdict, { type: 'move' }>) => void;
  /** Why the pods cannot be seen at the moment. */
  readonly onTrouble: (why: string) => void;
}

export interface PodFollower {
  /** Looks again at once. */
  refresh(): void;
  end(): Promise<void>;
}

/** How long a pod that is not ready may take to recover while another one would be. */
const doubtMs = 3_000;

/** Follows one program from pod to pod: when its pod is replaced or its container starts again, it says so. */
export function followPod(options: PodFollowerOptions): PodFollower {
  const { cluster, clock, container, prefix, onMove, onLook, onTrouble } = options;
  const ended = new AbortController();
  const { signal } = ended;
  let followed = options.pod;
  let told: string | undefined;
  let doubtSinceNs: number | undefined;
  let watch: PodWatch | undefined;
  let latest: readonly Pod[] = [];

  const move = (pod: Pod, why: string): void => {
    followed = pod;
    told = undefined;
    doubtSinceNs = undefined;
    onMove(pod, why);
    look();
  };

  const look = (): void => {
    const verdict = judge({ pod: followed, container, prefix }, latest);
    if (verdict.type === 'move') {
      move(verdict.pod, verdict.why);
      return;
    }
    if (verdict.type !== 'doubt') doubtSinceNs = undefined;
    else if (doubtSinceNs === undefined) {
      doubtSinceNs = clock.nowNs();
      void clock.sleep(doubtMs, signal).then(look, () => {}); // ended
    } else if (verdict.instead !== undefined && clock.nowNs() - doubtSinceNs >= doubtMs * 1e6) {
      move(verdict.instead, `it was not ready for ${doubtMs / 1000} s`);
      return;
    }
    const words = verdict.type === 'wait' ? verdict.why : verdict.type;
    if (words === told) return;
    told = words;
    onLook(verdict);
  };

  /** Told once, and how the pod looks is told again when it is seen again. */
  const trouble = (why: string): void => {
    const words = `trouble: ${why}`;
    if (signal.aborted || words === told) return;
    told = words;
    onTrouble(why);
  };

  const begin = async (): Promise<void> => {
    const selector = await selectorFor(cluster, followed, signal);
    if (signal.aborted) return;
    watch = watchPods({
      cluster,
      clock,
      namespace: followed.namespace,
      selector,
      onTrouble: trouble,
      onPods: (pods) => {
        if (signal.aborted) return;
        latest = pods;
        look();
      },
    });
  };
  const begun = begin();
  return {
    refresh: () => watch?.refresh(),
    async end() {
      ended.abort();
      await begun;
      await watch?.end();
    },
  };
}

/** Narrows the watch to the pods of what made this one; where that cannot be read, all of the namespace are watched. */
async function selectorFor(cluster: Cluster, pod: Pod, signal: AbortSignal): Promise<string | undefined> {
  const workload = workloadOf(pod);
  if (workload === undefined) return undefined;
  try {
    return await cluster.selectorOf(workload, pod.namespace, signal);
  } catch (error) {
    if (signal.aborted || error instanceof GctopError) return undefined;
    throw error;
  }
}
