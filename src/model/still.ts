import type { Model } from './model.js';
import { visibleEndNs } from './visible-end.js';

/** What a frozen screen shows: all that was known at its instant, out of reach of what is told later. */
export type Still = Pick<
  Model,
  | 'target'
  | 'exitedAtNs'
  | 'earlier'
  | 'attachedAtNs'
  | 'hasMeasured'
  | 'firstEventAtNs'
  | 'heap'
  | 'work'
  | 'cycles'
  | 'stops'
  | 'running'
  | 'sweptAtNs'
  | 'gaps'
  | 'journal'
  | 'probes'
  | 'steps'
  | 'traffic'
  | 'observer'
>;

/** Keeps what is known now. It costs a few megabytes and milliseconds, once for each time the screen is frozen. */
export function stillOf(model: Readonly<Model>): Still {
  const { target, heap, work, cycles, stops, running, sweptAtNs, gaps, journal, observer } = model;
  return {
    target,
    exitedAtNs: model.exitedAtNs,
    earlier: model.earlier,
    attachedAtNs: model.attachedAtNs,
    hasMeasured: model.hasMeasured,
    firstEventAtNs: model.firstEventAtNs,
    heap: {
      latest: heap.latest,
      live: heap.live.copy(),
      marked: heap.marked.copy(),
      goal: heap.goal.copy(),
      trigger: heap.trigger.copy(),
    },
    work: {
      allocBytes: work.allocBytes.copy(),
      sweptPages: work.sweptPages.copy(),
      markedBytes: work.markedBytes.copy(),
      assistNs: work.assistNs.copy(),
      markWork: work.markWork.copy(),
      assistWork: work.assistWork.copy(),
      triggerRatio: work.triggerRatio.copy(),
      startRatio: work.startRatio.copy(),
    },
    cycles: cycles.copy(),
    stops: stops.copy(visibleEndNs(model)),
    running: running === undefined ? undefined : { ...running },
    sweptAtNs,
    gaps: [...gaps],
    journal: journal.copy(),
    probes: new Map(model.probes),
    steps: new Map(model.steps),
    traffic: { ...model.traffic, latenciesNs: [...model.traffic.latenciesNs], unsettled: [] },
    observer,
  };
}

/**
 * The model as the screen shows it: frozen, what was known then. How the stream stands, what is typed, and the answer
 * to a key that was pressed since are always those of now.
 */
export function shownModel(model: Readonly<Model>): Readonly<Model> {
  const { still } = model;
  if (still === undefined) return model;
  const { latenciesNs, ok, failed, last } = still.traffic;
  const now = model.traffic;
  const isNews = now.lastOfButton !== still.traffic.lastOfButton;
  return {
    ...model,
    ...still,
    traffic: { ...now, latenciesNs, ok, failed, last: isNews ? now.lastOfButton : last },
  };
}
