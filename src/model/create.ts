import type { ProbeSet } from '../gc/source-control.js';
import { durationNs, nanos } from '../gc/units.js';
import { defaultTrafficShape } from './command.js';
import { CycleLog } from './cycle-log.js';
import { Journal } from './journal.js';
import type { Size } from './message.js';
import type { HeapModel, Look, Model, StreamState, WorkModel } from './model.js';
import { GaugeSeries, RateSeries, windowStepsNs } from './series.js';
import { StopLog } from './stop-log.js';

/** What is known before the first message. */
export interface ModelOptions {
  readonly size: Size;
  readonly look: Look;
  readonly state: StreamState;
  readonly utcOffsetMinutes: number;
  readonly originUnixMs?: number;
  /** Where traffic goes, whatever a port-forward says; absent where it is not known to be wanted, or a forward tells. */
  readonly trafficAddress?: string;
  /** Which probes a local program is to have from the start, and what they may cost it, as a share of one core. */
  readonly askedProbes?: ProbeSet;
  readonly probeBudget?: number;
  /** When the target is gone, another one can be chosen. @default false */
  readonly mayPickAnother?: boolean;
  /** Requests a second that are sent from the start. @default 0 */
  readonly trafficRate?: number;
}

/** The model before anything happened. */
export function createModel(options: ModelOptions): Model {
  return {
    size: options.size,
    look: options.look,
    nowNs: nanos(0),
    originUnixMs: options.originUnixMs,
    utcOffsetMinutes: options.utcOffsetMinutes,
    state: options.state,
    target: undefined,
    exitedAtNs: undefined,
    earlier: [],
    mayPickAnother: options.mayPickAnother ?? false,
    attachedAtNs: undefined,
    hasMeasured: false,
    firstEventAtNs: undefined,
    heap: emptyHeap(),
    work: emptyWork(),
    cycles: new CycleLog(),
    stops: new StopLog(),
    running: undefined,
    sweptAtNs: undefined,
    gaps: [],
    furthestPastGoal: undefined,
    toldForcedEndNs: undefined,
    journal: new Journal(),
    probes: new Map(),
    askedProbes: options.askedProbes,
    probeBudget: options.probeBudget,
    steps: new Map(),
    traffic: {
      address: options.trafficAddress,
      isGiven: options.trafficAddress !== undefined,
      ...defaultTrafficShape,
      ratePerSecond: options.trafficRate ?? 0,
      pending: 0,
      ok: 0,
      failed: 0,
      last: undefined,
      lastOfButton: undefined,
      latenciesNs: [],
      unsettled: [],
    },
    screen: {
      help: false,
      zoom: undefined,
      focus: undefined,
      frozenAtNs: undefined,
      editing: undefined,
      windowStep: windowStepsNs.indexOf(durationNs(100e6)),
      toast: undefined,
    },
    still: undefined,
    observer: undefined,
    dropped: 0,
  };
}

/** A heap of which nothing is known. */
export const emptyHeap = (): HeapModel => ({
  latest: undefined,
  live: new GaugeSeries(),
  marked: new GaugeSeries(),
  goal: new GaugeSeries(),
  trigger: new GaugeSeries(),
});

/** Work of which nothing is known. */
export const emptyWork = (): WorkModel => ({
  allocBytes: new RateSeries(),
  sweptPages: new RateSeries(),
  markedBytes: new RateSeries(),
  assistNs: new RateSeries(),
  markWork: new RateSeries(),
  assistWork: new RateSeries(),
  triggerRatio: new GaugeSeries(),
  startRatio: new GaugeSeries(),
});
