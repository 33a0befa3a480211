import { isUsable, podRefOf, workloadOf } from './choose-pod.js';
import type { Pod } from './objects.js';

/** The pod that is watched, and by what its replacement is known. */
export interface Followed {
  readonly pod: Pod;
  readonly container: string;
  /** What the user typed, for pods that nothing made. */
  readonly prefix?: string | undefined;
}

/** What the pods of a moment mean for the one that is followed. */
export type Verdict =
  /** All is well; `pod` is how it looks now. */
  | { readonly type: 'stay'; readonly pod: Pod }
  /** It is there but not ready: it may recover, and if not, `instead` takes its place. */
  | { readonly type: 'doubt'; readonly pod: Pod; readonly instead?: Pod }
  /** Another run of the program is to be watched from now on. */
  | { readonly type: 'move'; readonly pod: Pod; readonly why: string }
  /** It is gone or going, and there is nothing in its place yet. */
  | { readonly type: 'wait'; readonly why: string };

/** Decides, from all pods that could be meant, whether to stay with a pod or to go to another run of its program. */
export function judge({ pod, container, prefix }: Followed, pods: readonly Pod[]): Verdict {
  const now = pods.find(({ uid }) => uid === pod.uid);
  const instance = podRefOf(pod, container)?.instance;
  const runs = now === undefined ? undefined : podRefOf(now, container);
  const instead = replacement({ pod, container, prefix }, pods);

  if (now === undefined || now.terminating) {
    const why = whyNot(now, container);
    return instead === undefined ? { type: 'wait', why } : { type: 'move', pod: instead, why };
  }
  if (runs === undefined) {
    return instead === undefined
      ? { type: 'wait', why: whyNot(now, container) }
      : { type: 'doubt', pod: now, instead };
  }
  if (runs.instance !== instance) {
    const why = instance === undefined ? 'its container was started' : 'its container was started again';
    return { type: 'move', pod: now, why };
  }
  if (now.ready) return { type: 'stay', pod: now };
  return { type: 'doubt', pod: now, ...(instead === undefined ? {} : { instead }) };
}

/** The newest ready pod that runs the same program: of the same deployment, of the same name, or of the same prefix. */
function replacement({ pod, container, prefix }: Followed, pods: readonly Pod[]): Pod | undefined {
  const workload = workloadOf(pod);
  const isMeant = (other: Pod): boolean => {
    const theirs = workloadOf(other);
    if (workload !== undefined) return theirs?.kind === workload.kind && theirs.name === workload.name;
    return other.name === pod.name || (prefix !== undefined && other.name.startsWith(prefix));
  };
  return pods
    .filter((other) => other.uid !== pod.uid && isUsable(other) && isMeant(other))
    .filter((other) => podRefOf(other, container) !== undefined)
    .sort((a, b) => b.createdUnixMs - a.createdUnixMs)[0];
}

function whyNot(now: Pod | undefined, container: string): string {
  if (now === undefined) return 'it is gone';
  if (now.terminating) return 'it is being deleted';
  const waiting = now.containers.find(({ name }) => name === container)?.waiting;
  return waiting === undefined
    ? `its container does not run (${now.phase})`
    : `its container waits: ${waiting}`;
}
