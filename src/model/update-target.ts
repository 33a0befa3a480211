import type { SourceMessage } from '../gc/stream.js';
import { durationNs, nanos } from '../gc/units.js';
import { emptyHeap, emptyWork } from './create.js';
import { CycleLog } from './cycle-log.js';
import { restateStops } from './cycle-stops.js';
import type { Model, WatchedTarget } from './model.js';
import { windowStepsNs } from './series.js';
import { StopLog } from './stop-log.js';
import { tell } from './tell.js';

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
  if (before?.id !== id) forgetProgram(model, message);
  else if (before.capabilities.everyCycleWhole !== capabilities.everyCycleWhole) restateStops(model);
  const news = newsOf(before, message);
  if (news !== undefined) tell(model, { atNs, type: 'note', kind: 'target', ...news });
}

/** Figures of one program say nothing of the next; the log is kept and tells of both. */
function forgetProgram(model: Model, { atNs, target }: TargetMessage): void {
  const isPod = target.source === 'Pixie';
  // What probes tell begins when they are in place.
  model.attachedAtNs = isPod ? undefined : atNs;
  model.firstEventAtNs = undefined;
  // Rows that come seconds late would leave a short window half empty until cycles choose another.
  if (isPod) model.screen.windowStep = podWindowStep;
  model.heap = emptyHeap();
  model.work = emptyWork();
  model.cycles = new CycleLog();
  model.stops = new StopLog(atNs);
  model.running = undefined;
  model.sweptAtNs = undefined;
  model.gaps = [];
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
