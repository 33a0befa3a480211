import type { Nanos } from './units.js';

/** Which probes there are in a local program: a few hits a cycle, or those of single calls as well. */
export type ProbeSet = 'light' | 'full';

/** What the screen may ask of a running source. A source ignores what it has no use for. */
export type SourceControl =
  | { readonly type: 'probes'; readonly set: ProbeSet }
  /** Try again at once what waits for its next try: the canary. */
  | { readonly type: 'retry' }
  /** Another run of the program is to be watched: its pod was replaced, or its container started again. */
  | { readonly type: 'retarget'; readonly pod: PodRef }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'speed'; readonly factor: number }
  | { readonly type: 'seek'; readonly atNs: Nanos };

/** One run of a program in a pod, as it is known from Kubernetes. */
export interface PodRef {
  readonly namespace: string;
  /** The pod's whole name. */
  readonly name: string;
  /** Tells this run from those before it: the pod's UID and its container's id. */
  readonly instance: string;
  /** Which of several containers. */
  readonly container?: string;
  readonly node?: string;
  /** When the container was started, ms since 1970. */
  readonly startedUnixMs?: number;
}
