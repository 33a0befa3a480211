import type { GcCycle } from '../gc/cycle.js';
import type { HeapReading, PauseReason } from '../gc/event.js';
import type { Phase } from '../gc/phase.js';
import type { ProbeSet } from '../gc/source-control.js';
import type {
  Capabilities,
  ProbeState,
  Step,
  StepName,
  Target,
  TargetId,
  TrafficReport,
} from '../gc/stream.js';
import type { Bytes, Nanos } from '../gc/units.js';
import type { PaneId } from './action.js';
import type { CycleLog } from './cycle-log.js';
import type { Journal } from './journal.js';
import type { Size } from './message.js';
import type { GaugeSeries, RateSeries } from './series.js';
import type { Still } from './still.js';
import type { StopLog } from './stop-log.js';

/**
 * Everything that is known and shown. `update` is its only writer and changes it in place; views get it as Readonly.
 * All times are points since the session's origin.
 */
export interface Model {
  size: Size;
  look: Look;
  /** The session's time; in a replay the recording's. */
  nowNs: Nanos;
  /** Wall clock of the origin, ms since 1970, and the target's offset from UTC for the clock on screen. */
  originUnixMs: number | undefined;
  utcOffsetMinutes: number;
  /** How the stream stands. */
  state: StreamState;
  target: WatchedTarget | undefined;
  /** When the target ended whose next run is waited for: until then the picture stands still. */
  exitedAtNs: Nanos | undefined;
  /** The runs of the program before this one, oldest first, bounded: the charts go on across a restart. */
  earlier: readonly EarlierRun[];
  /** When the target is gone, another one can be chosen. */
  readonly mayPickAnother: boolean;
  /** Since when the target's cycles are seen: "since gctop came". */
  attachedAtNs: Nanos | undefined;
  /** Whether anything was ever measured: from then on panes keep their places. */
  hasMeasured: boolean;
  /** The instant of the first event of the target: a picture that ends before it shows nothing. */
  firstEventAtNs: Nanos | undefined;
  heap: HeapModel;
  work: WorkModel;
  cycles: CycleLog;
  stops: StopLog;
  running: RunningCycle | undefined;
  /** When a sweep was last seen to be over. */
  sweptAtNs: Nanos | undefined;
  /** Stretches of which nothing is known, oldest first, bounded. */
  gaps: Gap[];
  /** The cycle that ended furthest past its goal, of about the last minute. */
  furthestPastGoal: { readonly share: number; readonly atNs: Nanos } | undefined;
  /** The end of the last forced cycle whose phases the overview's log tells. */
  toldForcedEndNs: Nanos | undefined;
  journal: Journal;
  probes: Map<string, ProbeLine>;
  /** The set of probes that the user asked for last, with a key or at the start. */
  askedProbes: ProbeSet | undefined;
  /** What the probes may cost the program, as a share of one core; undefined where nobody said. */
  readonly probeBudget: number | undefined;
  /** How the means stand by which a pod is watched, each as it was told last. */
  steps: Map<StepName, Step>;
  traffic: TrafficModel;
  screen: ScreenState;
  /** What was known when the screen was frozen; undefined while it is live. */
  still: Still | undefined;
  observer: { readonly cpuShare: number; readonly rss: Bytes } | undefined;
  /** Lines of the log that are no longer kept, and happenings that have no line: only their count is known. */
  dropped: number;
}

/** How the picture may be drawn: decided once from the terminal and the options. */
export interface Look {
  readonly glyphs: 'braille' | 'block' | 'ascii';
}

export type StreamState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'live' }
  | { readonly kind: 'replay'; readonly speed: number; readonly lengthNs: Nanos }
  | {
      readonly kind: 'ended';
      readonly reason: 'end' | 'aborted' | 'target-exited';
      readonly detail?: string;
      /** What has ended is a recording. */
      readonly replay: boolean;
    };

export interface WatchedTarget {
  readonly id: TargetId;
  readonly target: Target;
  readonly capabilities: Capabilities;
  readonly latenessNs: Nanos;
  /** Since when it is this program; the first one since gctop began. */
  readonly sinceNs: Nanos;
}

/** What the charts draw of a run that is over; no figure counts it. */
export interface EarlierRun {
  readonly cycles: CycleLog;
  readonly stops: StopLog;
}

export interface HeapModel {
  latest: HeapReading | undefined;
  /** Live heap: readings, and the exact heap at the start and end of marking of each cycle. */
  readonly live: GaugeSeries;
  /** What the last cycle marked: the lower edge of the saw-tooth. */
  readonly marked: GaugeSeries;
  readonly goal: GaugeSeries;
  /** Where the next cycle begins, as far as the pacer told. */
  readonly trigger: GaugeSeries;
}

/** Amounts per time; each sums to what happened. */
export interface WorkModel {
  /** Bytes allocated. */
  readonly allocBytes: RateSeries;
  /** Runtime pages swept. */
  readonly sweptPages: RateSeries;
  /** Bytes marked, spread over the cycle's concurrent mark. */
  readonly markedBytes: RateSeries;
  /** CPU ns of mark assists, spread over the cycle's concurrent mark. */
  readonly assistNs: RateSeries;
  /** Scan work by probed calls: what assists marked (gcDrainN), and what they owed (gcAssistAlloc1). */
  readonly markWork: RateSeries;
  readonly assistWork: RateSeries;
  /** (trigger - marked) / marked, as the pacer set it. */
  readonly triggerRatio: GaugeSeries;
  /** The same with the heap at which the cycle started in place of the trigger: the ratio as it came out. */
  readonly startRatio: GaugeSeries;
}

/** A cycle that has not ended. */
export interface RunningCycle {
  readonly number: number | undefined;
  phase: Phase;
  /** When this phase began. */
  sinceNs: Nanos;
  sweepTermAtNs: Nanos | undefined;
  markAtNs: Nanos | undefined;
  markTermAtNs: Nanos | undefined;
  /** It takes so long that its phase changes are worth a line in the overview. */
  isLong: boolean;
}

/** A finished cycle and when its sweep was seen to be over. */
export interface CycleRow {
  readonly cycle: GcCycle;
  sweepEndAtNs: Nanos | undefined;
}

/** One stop of the world. */
export interface Stop {
  readonly atNs: Nanos;
  readonly durationNs: Nanos;
  /** `cycle`: both stops of a cycle summed, where their split is not known. */
  readonly reason: PauseReason | 'cycle';
  readonly cycle: number | undefined;
}

export interface Gap {
  readonly fromNs: Nanos;
  readonly toNs: Nanos;
  readonly lost: number | undefined;
  readonly reason: string;
}

export interface ProbeLine {
  readonly state: ProbeState;
  /** Since when it is in this state. */
  readonly sinceNs: Nanos;
  /** Since when all that it is for is seen: calls, and their results where it has any. Undefined: it is not. */
  readonly wholeSinceNs: Nanos | undefined;
  readonly attempt: number;
  readonly nextTryAtNs: Nanos | undefined;
  readonly hits: number | undefined;
  /** When its hits were last counted for the rate, and how many there were. */
  readonly countedAtNs: Nanos | undefined;
  readonly countedHits: number;
  readonly hitsPerSecond: number | undefined;
  /** What one hit costs the thread that is probed. */
  readonly costNs: number | undefined;
  readonly detail: string | undefined;
}

export interface TrafficModel {
  /** Where traffic goes (`http://127.0.0.1:8080`); absent where gctop does not know that it is wanted. */
  address: string | undefined;
  /** The user has named the address: no port-forward changes it. */
  readonly isGiven: boolean;
  arrayLength: number;
  bytesPerElement: number;
  /** Requests a second that are sent steadily; 0 is none. */
  ratePerSecond: number;
  /** Requests under way. */
  pending: number;
  ok: number;
  failed: number;
  /** The newest; the answer to a key for some seconds longer. */
  last: TrafficReport | undefined;
  lastOfButton: TrafficReport | undefined;
  /** Latency of the last answers, ns, newest last, bounded. */
  latenciesNs: number[];
  /** Answers that may still have to be told how much of them the collector ran in; oldest first, bounded. */
  unsettled: TrafficReport[];
}

export type TrafficField = 'length' | 'bytes' | 'rate';

export interface ScreenState {
  help: boolean;
  zoom: PaneId | undefined;
  focus: PaneId | undefined;
  /** The instant at which the picture stands still. */
  frozenAtNs: Nanos | undefined;
  /** A field that takes digits, and what was typed. */
  editing: { readonly field: TrafficField; text: string } | undefined;
  /** Column width of the strip charts, a step of windowSteps; chosen by itself. */
  windowStep: number;
  /** Last error, at the right end of the footer until then. */
  toast: { readonly text: string; readonly untilNs: Nanos } | undefined;
}
