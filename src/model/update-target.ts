import type { SourceMessage } from '../gc/stream.js';
import { durationNs, type Nanos, nanos } from '../gc/units.js';
import { emptyHeap, emptyWork } from './create.js';
import { CycleLog } from './cycle-log.js';
import { restateStops } from './cycle-stops.js';
import type { Model, WatchedTarget } from './model.js';
import { windowStepsNs } from './series.js';
import { StopLog } from './stop-log.js';
import { tell } from './tell.js';
import { forgetStretch } from './update-gap.js';

/** 500 ms a column: 40 s on a chart of 80 columns. */
const podWindowStep = windowStepsNs.indexOf(durationNs(500e6));

type TargetMessage = Extract<SourceMessage, { type: 'target' }>;

/** A program is watched: the first one, another one after it, or the same with other capabilities. */
export function setTarget(model: Model, message: TargetMessage): void {
  const { atNs, id, target, capabilities, latenessNs } = message;
  const before = model.target;
  const sinceNs = before === undefined ? nanos(0) : before.id === id ? before.sinceNs : atNs;
  model.target = { id, target, capabilities, latenessNs, sinceNs };
  if (model.state.kind === 'opening') model.state = { kind: 'live' };
  const { exitedAtNs } = model;
  if (before?.id !== id) {
    model.exitedAtNs = undefined;
    if (exitedAtNs === undefined) forgetProgram(model, message);
    else goOnWith(model, exitedAtNs, message);
  } else if (before.capabilities.everyCycleWhole !== capabilities.everyCycleWhole) restateStops(model);
  // What follows a program to its next run tells of it.
  const news = before?.id !== id && exitedAtNs !== undefined ? undefined : newsOf(before, message);
  if (news !== undefined) tell(model, { atNs, type: 'note', kind: 'target', ...news });
}

/** Another program, of which the charts know nothing yet. */
function forgetProgram(model: Model, message: TargetMessage): void {
  const isPod = message.target.source === 'Pixie';
  forgetFigures(model, message.atNs);
  // What probes tell begins when they are in place.
  if (isPod) model.attachedAtNs = undefined;
  model.firstEventAtNs = undefined;
  // Rows that come seconds late would leave a short window half empty until cycles choose another.
  if (isPod) model.screen.windowStep = podWindowStep;
  model.heap = emptyHeap();
  model.work = emptyWork();
  model.gaps = [];
  model.earlier = [];
}

const earlierCapacity = 4;

/** The same program runs again: the charts go on after a stretch of which nothing is known. */
function goOnWith(model: Model, exitedAtNs: Nanos, { atNs }: TargetMessage): void {
  const { heap, work, cycles, stops, earlier } = model;
  model.earlier = [...earlier, { cycles, stops }].slice(-earlierCapacity);
  forgetFigures(model, atNs);
  forgetStretch(model, exitedAtNs, atNs);
  const { triggerRatio, startRatio } = work;
  const gauges = [heap.live, heap.marked, heap.goal, heap.trigger, triggerRatio, startRatio];
  for (const gauge of gauges) gauge.endLatest();
  heap.latest = undefined;
}

/** Figures of one program say nothing of the next; the log is kept and tells of both. */
function forgetFigures(model: Model, atNs: Nanos): void {
  model.attachedAtNs = atNs;
  model.cycles = new CycleLog();
  model.stops = new StopLog(atNs);
  model.running = undefined;
  model.sweptAtNs = undefined;
  model.furthestPastGoal = undefined;
  model.toldForcedEndNs = undefined;
  model.probes.clear();
}

interface News {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

function newsOf(
  before: WatchedTarget | undefined,
  { id, target, capabilities }: TargetMessage,
): News | undefined {
  const missing = capabilities.missing.join('; ');
  const program = [target.name, target.pid === undefined ? undefined : `pid ${target.pid}`, target.goVersion]
    .filter((word) => word !== undefined)
    .join(', ');
  if (before === undefined) return { level: 'info', text: `${program} is watched` };
  if (before.id !== id) {
    // What watches the pods has told already which one is gone and which one came.
    if (target.source === 'Pixie') return undefined;
    return { level: 'warning', text: `${before.target.name} is gone; a new program, ${program}, is watched` };
  }
  if (missing === before.capabilities.missing.join('; ')) return undefined;
  if (missing === '') return { level: 'info', text: 'from here everything is seen again' };
  return { level: 'warning', text: `from here less is seen: ${missing}` };
}
