import { unreachable } from '../error.js';
import { eventAtNs, type GcEvent } from '../gc/event.js';
import type { SourceMessage } from '../gc/stream.js';
import type { Nanos } from '../gc/units.js';
import { advance } from './advance.js';
import { addNote, settleAllAnswers } from './answers.js';
import type { Model } from './model.js';
import { tell } from './tell.js';
import { addCall, addCallSum, addCalls } from './update-calls.js';
import { addCycle } from './update-cycle.js';
import { addGap } from './update-gap.js';
import { addPace, addReading } from './update-heap.js';
import { addPhase } from './update-phase.js';
import { addProbe, addStep, attach, noteMeasured } from './update-step.js';
import { setTarget } from './update-target.js';

/** Takes in what a source said. */
export function updateSource(model: Model, message: SourceMessage): void {
  advance(model, message.atNs);
  switch (message.type) {
    case 'opened':
      model.originUnixMs = message.originUnixMs ?? model.originUnixMs;
      return;
    case 'target':
      setTarget(model, message);
      return;
    case 'events':
      addEvents(model, message);
      return;
    case 'gap':
      if (message.target === model.target?.id) addGap(model, message);
      return;
    case 'probe':
      addProbe(model, message);
      return;
    case 'note':
      addNote(model, message);
      return;
    case 'step':
      addStep(model, message);
      return;
    case 'closed':
      close(model, message);
      return;
    default:
      unreachable(message);
  }
}

function addEvents(model: Model, { target, events }: Extract<SourceMessage, { type: 'events' }>): void {
  if (target !== model.target?.id) {
    model.dropped += events.length;
    return;
  }
  noteMeasured(model);
  model.firstEventAtNs ??= events.map(eventAtNs).reduce(earlier, undefined);
  for (const event of events) addEvent(model, event);
}

const earlier = (a: Nanos | undefined, b: Nanos): Nanos => (a === undefined || b < a ? b : a);

function addEvent(model: Model, event: GcEvent): void {
  switch (event.kind) {
    case 'cycle':
      if (model.attachedAtNs === undefined) attach(model, event.cycle.sweepTermAtNs ?? event.cycle.endAtNs);
      addCycle(model, event.cycle);
      return;
    case 'phase':
      addPhase(model, event);
      return;
    case 'heap':
      addReading(model, event);
      return;
    case 'pause':
      addPause(model, event);
      return;
    case 'alloc':
    case 'sweep':
    case 'mark':
    case 'assist':
      addCalls(model, event);
      return;
    case 'pace':
      addPace(model, event);
      return;
    case 'call':
      addCall(model, event);
      return;
    case 'calls':
      addCallSum(model, event);
      return;
    default:
      unreachable(event);
  }
}

/** A stop that is not the collector's; its own come with their cycle. */
function addPause(model: Model, event: Extract<GcEvent, { kind: 'pause' }>): void {
  const { atNs, durationNs, reason, stoppingNs } = event;
  if (reason === 'sweep-termination' || reason === 'mark-termination' || durationNs === undefined) return;
  model.stops.push({ atNs, durationNs, reason, cycle: undefined });
  tell(model, { atNs, type: 'stop', reason, durationNs, stoppingNs });
}

function close(model: Model, message: Extract<SourceMessage, { type: 'closed' }>): void {
  const { atNs, reason, detail } = message;
  const replay = model.state.kind === 'replay';
  model.state = { kind: 'ended', reason, replay, ...(detail === undefined ? {} : { detail }) };
  model.running = undefined;
  model.exitedAtNs = undefined;
  model.traffic.pending = 0;
  settleAllAnswers(model);
  const how = detail === undefined ? '' : `: ${detail}`;
  const pid = model.target?.target.pid;
  const texts = {
    end: `the stream ends here${how}`,
    aborted: `watching was stopped${how}`,
    'target-exited': `${pid === undefined ? 'the program' : `pid ${pid}`} exited${how}`,
  };
  const level = reason === 'target-exited' ? 'warning' : 'info';
  tell(model, { atNs, type: 'note', kind: 'target', level, text: texts[reason] });
}
