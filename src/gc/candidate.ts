import type { Bytes } from './units.js';

/** What can be seen of a program, and why not more. */
export type Access =
  /** Every cycle's whole record, by memory and a probe. */
  | { readonly kind: 'whole' }
  /** Memory alone. */
  | Limited<'memory'>
  /** It is Go, but this user may not read it. */
  | Limited<'rights'>
  /** It cannot be watched by anybody. */
  | Limited<'refused'>;

interface Limited<Kind> {
  readonly kind: Kind;
  /** In two words, for a column: `no tracefs`, `arm64`. */
  readonly word: string;
  /** In a sentence, with what to try. */
  readonly why: string;
}

/** A Go program on this host that may be chosen. What is absent is not known. */
export interface ProcessCandidate {
  readonly pid: number;
  /** The base name of its file. */
  readonly name: string;
  /** What it was called with, words apart by blanks. */
  readonly command: string;
  readonly user: string;
  readonly startedUnixMs: number;
  /** As the runtime spells it: `go1.26.5`. */
  readonly goVersion?: string;
  /** The runtime of its container and the begin of that one's id: `docker 3f2a91c0b7d4`. */
  readonly container?: string;
  /** The systemd unit that it belongs to. */
  readonly unit?: string;
  readonly access: Access;
  readonly rss: Bytes;
  /** Cores in use over the last seconds. */
  readonly cpu?: number;
  readonly live?: Bytes;
  readonly cycles?: number;
  /** Over the last seconds. */
  readonly cyclesPerSecond?: number;
  /** The collector's share of the CPU that the program could have had since it started (memstats.gc_cpu_fraction). */
  readonly gcCpuShare?: number;
}

/** One look at the processes of this host. */
export interface ProcessList {
  readonly processes: readonly ProcessCandidate[];
  /** How many run here, of all languages, without the kernel's own. */
  readonly total: number;
  /** How many of them this user may not look into, so that nobody knows whether they are Go. */
  readonly unreadable: number;
  /** gctop runs as root: nobody sees more than it. */
  readonly asRoot: boolean;
  /** How many are not looked at yet: 0 once the first look is over. */
  readonly pending: number;
}

export interface PodCandidate {
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  /** Containers that run, of all: `1/2`. */
  readonly running: string;
  readonly isReady: boolean;
  readonly createdUnixMs: number;
  /** In a word or two: `Running`, `terminating`, `CrashLoopBackOff`. */
  readonly state: string;
}

/** The pods of the kubeconfig's current context. */
export type PodList =
  | { readonly state: 'asking'; readonly context: string }
  | {
      readonly state: 'listed';
      readonly context: string;
      readonly namespace: string;
      readonly pods: readonly PodCandidate[];
    }
  | { readonly state: 'failed'; readonly context: string; readonly why: string };

export interface RecordingCandidate {
  /** As it can be given to `gctop replay`. */
  readonly file: string;
  /** When it was begun; where it does not say, when it was last written. */
  readonly startedUnixMs: number;
  readonly lengthNs: number;
  readonly size: Bytes;
  /** The first program in it, where that is told at its begin. */
  readonly target?: string;
}
