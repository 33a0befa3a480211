import type { SourceMessage } from '../gc/stream.js';
import type { Nanos } from '../gc/units.js';
import { isOfOtherRelease } from './coming-up.js';
import type { Model, ProbeLine } from './model.js';
import { StopLog } from './stop-log.js';
import { tell } from './tell.js';
import { keepFocusOnScreen } from './update-input.js';

type MessageOf<Type extends SourceMessage['type']> = Extract<SourceMessage, { readonly type: Type }>;

/** How one of the means stands by which a pod is watched. */
export function addStep(model: Model, message: MessageOf<'step'>): void {
  const { step, state, address } = message;
  const { traffic } = model;
  model.steps.set(step, message);
  if (address !== undefined && model.state.kind !== 'replay' && !traffic.isGiven) traffic.address = address;
  if (step === 'rows' && state === 'up') noteMeasured(model);
}

/** The first figure came. */
export function noteMeasured(model: Model): void {
  if (model.hasMeasured) return;
  model.hasMeasured = true;
  keepFocusOnScreen(model);
}

/** The catalogue has far fewer; a stream from elsewhere could name any number. */
const probeCapacity = 256;

/** How a probe stands. */
export function addProbe(model: Model, message: MessageOf<'probe'>): void {
  const { atNs, probe, state, attempt, nextTryAtNs, hits, costNs, returns, detail } = message;
  const before = model.probes.get(probe);
  if (before === undefined && model.probes.size >= probeCapacity) {
    model.dropped++;
    return;
  }
  const sinceNs = before?.state === state ? before.sinceNs : atNs;
  const isWhole = state === 'running' && returns !== false;
  const wholeSinceNs = isWhole ? (before?.wholeSinceNs ?? atNs) : undefined;
  const rate = rateOf(before, message);
  model.probes.set(probe, {
    state,
    sinceNs,
    wholeSinceNs,
    attempt,
    nextTryAtNs,
    hits,
    ...rate,
    costNs,
    detail,
  });
  if (model.attachedAtNs === undefined && seesCycles(model)) attach(model, atNs);
  if ((before?.state === state && before.detail === detail) || isOfOtherRelease({ state, detail })) return;
  tell(model, { atNs, type: 'probe', probe, state, detail });
}

type Rate = Pick<ProbeLine, 'countedAtNs' | 'countedHits' | 'hitsPerSecond'>;

const shortestCountNs = 1e9;

/** Hits a second since they were last counted; a count that shrinks is that of a probe that was placed anew. */
function rateOf(before: ProbeLine | undefined, { atNs, state, hits }: MessageOf<'probe'>): Rate {
  if (hits === undefined || state !== 'running') {
    return { countedAtNs: undefined, countedHits: 0, hitsPerSecond: undefined };
  }
  if (before?.countedAtNs === undefined || hits < before.countedHits) {
    return { countedAtNs: atNs, countedHits: hits, hitsPerSecond: undefined };
  }
  const { countedAtNs, countedHits, hitsPerSecond } = before;
  const lastedNs = atNs - countedAtNs;
  if (lastedNs < shortestCountNs) return { countedAtNs, countedHits, hitsPerSecond };
  return {
    countedAtNs: atNs,
    countedHits: hits,
    hitsPerSecond: ((hits - countedHits) / lastedNs) * 1e9,
  };
}

/** From here on cycles are seen, and it means something when none comes. */
export function attach(model: Model, atNs: Nanos): void {
  model.attachedAtNs = atNs;
  if (model.stops.total === 0) model.stops = new StopLog(atNs);
}

/** The probes without which no cycle is seen (gc/probe.ts): where a cycle begins and where it ends. */
export const cycleProbes = ['gcStart', 'gcMarkTermination'] as const;

const seesCycles = ({ target, probes }: Model): boolean =>
  target !== undefined && cycleProbes.every((name) => probes.get(name)?.state === 'running');
