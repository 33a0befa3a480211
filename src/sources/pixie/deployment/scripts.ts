import type { ProbeName } from '../../../gc/probe.js';
import type { PodRef } from '../../../gc/source-control.js';

/** A tracepoint as a script asks for it. The canary is one as well. */
export interface Tracepoint {
  readonly probe: ProbeName | 'canary';
  readonly name: string;
  readonly table: string;
}

/** Where a script's tracepoints go, and how long they live unless they are renewed. */
export interface ScriptTarget {
  readonly pod: PodRef;
  readonly container?: string;
  /** As pxtrace reads it: `10m`. */
  readonly ttl: string;
}

/** The texts of the scripts, and the names in them. All are pure functions. */
export interface DeployScripts {
  deployScript(tracepoints: readonly Tracepoint[], target: ScriptTarget): string;
  deleteScript(name: string): string;
  statusScript(): string;
  namesOf: NamesOf;
}

/** What a probe's tracepoint and table are called; the tag is the end of the tracepoint's name and part of nothing else. */
export type NamesOf = (probe: ProbeName | 'canary', target: PodRef, attemptTag: string) => Names;

export interface Names {
  readonly name: string;
  readonly table: string;
  /** With it begins the name of every tracepoint of this probe and target, whatever its program. */
  readonly targetPrefix: string;
}
