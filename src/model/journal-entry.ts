import type { CycleTrigger, GcCycle } from '../gc/cycle.js';
import type { PauseReason } from '../gc/event.js';
import type { Phase } from '../gc/phase.js';
import type { ProbeState, TrafficReport } from '../gc/stream.js';
import type { Bytes, Nanos } from '../gc/units.js';

/** Why an ordinary-looking cycle has a line of its own; `longest-stops` where only sums of both stops are compared. */
export type CycleRemark = 'longest-stop' | 'longest-stops' | 'assist' | 'past-goal' | 'partial';

/** The first word of a line, and what the filter goes by: a closed list. */
export const journalKinds = [
  'cycle',
  'cycles',
  'forced',
  'assist',
  'stop',
  'phase',
  'call',
  'probe',
  'pixie',
  'canary',
  'forward',
  'target',
  'gap',
  'traffic',
  'answer',
  'record',
  'note',
] as const;
export type JournalKind = (typeof journalKinds)[number];

/** What an entry tells, as data; the view words it to the width at hand. */
export type JournalEntry = {
  readonly atNs: Nanos;
} & (
  | { readonly type: 'cycle'; readonly cycle: GcCycle; readonly remark: CycleRemark | undefined }
  /** Neighbours with nothing to tell, folded into one line that is updated in place. */
  | { readonly type: 'cycles'; readonly alike: AlikeCycles }
  | {
      readonly type: 'phase';
      readonly phase: Phase;
      readonly cycle: number | undefined;
      /** How long the phase before it lasted. */
      readonly lastedNs: Nanos | undefined;
    }
  /** A stop of the world that is not the collector's. */
  | {
      readonly type: 'stop';
      readonly reason: PauseReason;
      readonly durationNs: Nanos;
      readonly stoppingNs: Nanos | undefined;
    }
  | {
      readonly type: 'gap';
      readonly fromNs: Nanos;
      readonly toNs: Nanos;
      readonly lost: number | undefined;
      readonly reason: string;
    }
  | {
      readonly type: 'probe';
      readonly probe: string;
      readonly state: ProbeState;
      readonly detail: string | undefined;
    }
  /** Probes that came into one state together. */
  | {
      readonly type: 'probes';
      readonly state: ProbeState;
      readonly probes: readonly string[];
      /** What was said of all of them. */
      readonly detail: string | undefined;
    }
  | CallEntry
  | CallSumEntry
  /** Neighbouring calls of one function, folded into one line that is updated in place. */
  | {
      readonly type: 'calls';
      readonly probe: string;
      readonly count: number;
      readonly longestNs: Nanos | undefined;
    }
  | { readonly type: 'answer'; readonly report: TrafficReport; readonly gcNs: GcShare }
  | {
      readonly type: 'note';
      readonly kind: JournalKind;
      readonly level: 'info' | 'warning' | 'error';
      readonly text: string;
      /** What the program itself printed: there can be more of it than of all else. */
      readonly isOutput?: true;
    }
);

/** One call of a function that is probed: when it began, what it was given, what it gave. */
export interface CallEntry {
  readonly atNs: Nanos;
  readonly type: 'call';
  readonly probe: string;
  readonly args: Readonly<Record<string, number>>;
  readonly result: number | undefined;
  readonly goid: number | undefined;
  readonly durationNs: Nanos | undefined;
}

/** Calls of one function that the source added up: their sums, and the stretch in which they fell. */
export interface CallSumEntry {
  readonly atNs: Nanos;
  readonly type: 'call-sum';
  readonly probe: string;
  readonly calls: number;
  readonly args: Readonly<Record<string, number>>;
  readonly result: number | undefined;
  readonly longestNs: Nanos | undefined;
  readonly durationNs: Nanos | undefined;
}

/** For how long the collector ran; `pending` while a cycle may still be told, undefined where it is not known. */
export type GcShare = Nanos | 'pending' | undefined;

export type PhaseEntry = JournalEntry & { readonly type: 'phase' };

/** Several ordinary cycles told in one line. */
export interface AlikeCycles {
  readonly count: number;
  /** How many of them are not whole. */
  readonly partial: number;
  /** The cause that they share: the heap, or not known. */
  readonly trigger: CycleTrigger;
  readonly firstNumber: number | undefined;
  readonly lastNumber: number | undefined;
  readonly medianMarkNs: Nanos | undefined;
  readonly longestStopsNs: Nanos | undefined;
  /** Of the last of them. */
  readonly heapAtEnd: Bytes | undefined;
  readonly heapMarked: Bytes | undefined;
}
