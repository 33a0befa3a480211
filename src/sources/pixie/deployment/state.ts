import type { GctopError } from '../../../error.js';
import type { ProbeName } from '../../../gc/probe.js';
import type { PodRef } from '../../../gc/source-control.js';
import type { TargetId } from '../../../gc/stream.js';
import type { Nanos } from '../../../gc/units.js';
import type { Draft } from '../../order.js';
import type { MutationOutcome } from '../vizier.js';
import type { Canary } from './canary.js';
import type { Placed } from './ledger.js';
import type { Timing } from './options.js';
import type { Probe } from './probes.js';
import type { NamesOf, Tracepoint } from './scripts.js';
import type { StatusRow } from './status-rows.js';

/** What does not change while a pod is watched. */
export interface Setting {
  readonly timing: Timing;
  readonly namesOf: NamesOf;
  /** Tells this session's names from those of every other one: they may still be in the cluster. */
  readonly nonce: string;
  /** What the stream calls a pod; known to it before anything of that pod is told. */
  readonly targetIdOf: (pod: PodRef) => TargetId;
  /** The function that the canary probes, for the screen. */
  readonly canarySymbol: string;
  /** Which probes are tried although the program may well not have them: that they are missing alarms nobody. */
  readonly mayMiss: ReadonlySet<ProbeName>;
}

/** How everything stands that was, or is to be, placed in one pod. A value: `advance` makes the next. */
export interface Deployment {
  readonly setting: Setting;
  readonly target: PodRef;
  /** How many names were made so far. */
  readonly serial: number;
  readonly canary: Canary;
  readonly probes: readonly Probe[];
  /** When the script that is to be in place is sent again: to hear of it, or to renew it. */
  readonly askAtNs: Nanos;
  /** When the probes' script was last sent and heard: their time-to-live runs from there. */
  readonly renewedAtNs?: Nanos;
  /** When the cluster's tracepoints were last looked at. Undefined: not yet since it is about this target. */
  readonly lookedAtNs?: Nanos;
  /** Tracepoints of which was told that they double others, or were lost. */
  readonly toldOf: readonly string[];
  readonly ledger: readonly Placed[];
  /** What was sent and is not answered yet; more than one only at the end. */
  readonly asked: readonly Request[];
  /** Something is refused and the PEMs' words for it were not heard yet. */
  readonly statusDue: boolean;
  /** The cluster does not answer. */
  readonly trouble?: Trouble;
  /** Why nothing more is placed until the user wants it tried again. */
  readonly halted?: GctopError;
  readonly ending: boolean;
  /** Nothing was told so far. */
  readonly isNew: boolean;
}

export interface Trouble {
  readonly error: GctopError;
  readonly sinceNs: Nanos;
  readonly times: number;
  readonly nextAtNs: Nanos;
}

/** What is to be sent. */
export type Request =
  /** Places what is not there yet, and renews what is. */
  | {
      readonly type: 'upsert';
      readonly what: 'canary' | 'probes';
      readonly tracepoints: readonly Tracepoint[];
      readonly target: PodRef;
      readonly ttlMs: number;
      readonly sentAtNs: Nanos;
    }
  /** Asks what the PEMs say of each tracepoint. */
  | { readonly type: 'status' }
  /** Asks the same, to learn which tracepoints there are: those of another gctop are to be used, not doubled. */
  | { readonly type: 'look' }
  | { readonly type: 'delete'; readonly name: string };

export type Upsert = Extract<Request, { readonly type: 'upsert' }>;

export type Answer =
  | {
      readonly type: 'result';
      readonly mutation?: MutationOutcome;
      /** The table of GetTracepointStatus, if the result has it. */
      readonly rows?: readonly StatusRow[];
    }
  | { readonly type: 'failure'; readonly error: GctopError };

/** What happens to a deployment. */
export type Input =
  | { readonly type: 'time' }
  | { readonly type: 'answered'; readonly request: Request; readonly answer: Answer }
  /** The user does not want to wait for the next try. */
  | { readonly type: 'retry' }
  /** Another run of the program is to be watched. */
  | { readonly type: 'retarget'; readonly pod: PodRef }
  /** All is to be deleted. */
  | { readonly type: 'end' }
  /** The end must not take longer: what is not deleted by now is left. */
  | { readonly type: 'cut' };

/** A state with what there is to say about how it came to be. */
export interface Told {
  readonly state: Deployment;
  readonly notes: readonly Draft[];
}
