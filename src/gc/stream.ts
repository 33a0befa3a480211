import type { Evidence } from './cycle.js';
import type { GcEvent } from './event.js';
import type { Nanos } from './units.js';

/** The version of the stream and of recordings. A reader refuses a newer one by name. */
export const streamFormat = 1;

/** Names one target within a stream; a restarted program is a new target. */
export type TargetId = string;

/** The program that is watched. */
export interface Target {
  /** The program's base name. */
  readonly name: string;
  readonly pid?: number;
  /** As the runtime spells it: `go1.26.5`. */
  readonly goVersion?: string;
  /** Where the figures come from: `local`, `Pixie`, `gctrace`. */
  readonly source: 'local' | 'Pixie' | 'gctrace';
  /** GOMAXPROCS. */
  readonly procs?: number;
  /** When the program was started, as a point since the session's origin: negative if before. */
  readonly startedAtNs?: Nanos;
}

/** What a source can tell of its target; the screen words what is missing from it. */
export interface Capabilities {
  /** Figures of cycles: read whole from the runtime, only sampled from memory, rounded, or timed. */
  readonly evidence: Exclude<Evidence, 'partial'>;
  /** Every cycle comes with its whole record; otherwise only every cycle's pause is certain. */
  readonly everyCycleWhole: boolean;
  readonly heap: boolean;
  /** The single calls of the collector can be probed (tier D). */
  readonly calls: boolean;
  /** What is off and why, in words for the Target pane: `whole records: need root and tracefs`. */
  readonly missing: readonly string[];
}

export type ProbeState = 'pending' | 'running' | 'failed' | 'missing' | 'dropped' | 'expired' | 'removed';

/** One answer (or a burst's answers, summed) of the watched service to traffic that gctop sent. */
export interface TrafficReport {
  /** What was asked: the key's letter, or `rate`. */
  readonly button: TrafficButton | 'rate';
  readonly path: string;
  readonly requests: number;
  readonly failed: number;
  /** HTTP status of the last answer; absent when none came. */
  readonly status?: number;
  readonly startedAtNs: Nanos;
  readonly endedAtNs: Nanos;
  /** The slowest single answer's latency. */
  readonly slowestNs: Nanos;
  /** Begin of the last answer's text, one line. */
  readonly answer?: string;
}

/** Allocate and collect, allocate, collect, burst. */
export type TrafficButton = 'g' | 'a' | 'c' | 'b';

/** News that is no event of the collector: port-forward, traffic, the program's own output, the source's state. */
export interface Note {
  readonly type: 'note';
  readonly level: 'info' | 'warning' | 'error';
  /** Stable and dotted, its first word is the Events pane's kind: `traffic.sent`, `target.output`. */
  readonly code: string;
  readonly text: string;
  /** With `traffic.answer`: the figures behind the text. */
  readonly traffic?: TrafficReport;
}

/** The means by which a pod is watched, in the order in which they come up. */
export const stepNames = ['cloud', 'cluster', 'pems', 'pod', 'forward', 'canary', 'probes', 'rows'] as const;
export type StepName = (typeof stepNames)[number];

/** `up`: it works; `waiting`: it is on its way; `failed`: it does not work, and `remark` says why. */
export type StepState = 'waiting' | 'up' | 'failed';

/** How one of the means by which a target is watched stands now; supersedes what was said of it before. */
export interface Step {
  readonly type: 'step';
  readonly step: StepName;
  readonly state: StepState;
  /** How it stands, in a word or three: `signed in`, `try 3 of 8`. */
  readonly word: string;
  readonly remark?: string;
  /** Since when it stands so, and until when at the latest: a verdict, the next try. */
  readonly sinceNs?: Nanos;
  readonly untilNs?: Nanos;
  /** What was tried so far, oldest first; the last may be under way. */
  readonly tries?: readonly StepTry[];
  /** Of the cloud: what the user has switched off of the connection's protection. */
  readonly unprotected?: 'plaintext' | 'unverified';
  /** Of the port-forward: where traffic goes through it (`http://127.0.0.1:8126`). */
  readonly address?: string;
}

export interface StepTry {
  readonly state: StepState;
  readonly remark: string;
  readonly startedAtNs: Nanos;
  readonly endedAtNs?: Nanos;
}

/** What may be said beside a source, by gctop's own effects. */
export type News = Note | Step;

/**
 * All that a source may say. `atNs` is when the message was handed over; it never decreases in a stream. First comes
 * `opened`, once; a `target` before anything of that target; last `closed`, once.
 */
export type SourceMessage = { readonly atNs: Nanos } & (
  | {
      readonly type: 'opened';
      readonly format: typeof streamFormat;
      /** Wall clock of the session's origin, ms since 1970. */
      readonly originUnixMs?: number;
    }
  | {
      readonly type: 'target';
      readonly id: TargetId;
      readonly target: Target;
      /** How much older than its message an event can be. */
      readonly latenessNs: Nanos;
      readonly capabilities: Capabilities;
    }
  | { readonly type: 'events'; readonly target: TargetId; readonly events: readonly GcEvent[] }
  | {
      readonly type: 'gap';
      readonly target: TargetId;
      readonly fromNs: Nanos;
      readonly toNs: Nanos;
      /** Cycles lost; absent when not known. */
      readonly lost?: number;
      readonly reason: string;
    }
  | {
      readonly type: 'probe';
      readonly target: TargetId;
      readonly probe: string;
      readonly state: ProbeState;
      readonly attempt: number;
      readonly nextTryAtNs?: Nanos;
      readonly hits?: number;
      /** What one hit costs the thread that is probed, as measured on this machine. */
      readonly costNs?: number;
      /** Whether the returns of calls are seen, and so their results; absent: all that the probe is for is seen. */
      readonly returns?: boolean;
      readonly detail?: string;
    }
  | News
  | {
      readonly type: 'closed';
      readonly reason: 'end' | 'aborted' | 'target-exited';
      /** How the target ended, where it is known: `exit status 0`, `killed by SIGTERM`. */
      readonly detail?: string;
    }
);
