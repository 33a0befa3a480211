import type { GcEvent, Timed } from '../gc/event.js';
import type { ProbeName } from '../gc/probe.js';
import { bytesPerPage, nanos } from '../gc/units.js';
import type { Model } from './model.js';
import type { RateSeries } from './series.js';
import { tell } from './tell.js';

type WorkKind = 'alloc' | 'sweep' | 'mark' | 'assist';
type WorkEvent = Extract<GcEvent, { kind: WorkKind }>;

/** The probe without which nothing is known of a kind of work. */
const probeOf: Readonly<Record<WorkKind, ProbeName>> = {
  alloc: 'allocSpan',
  sweep: 'sweepone',
  mark: 'gcDrainN',
  assist: 'gcAssistAlloc1',
};

/** Single calls that were probed; where memory is read as well, its totals already hold the pages. */
export function addCalls(model: Model, event: WorkEvent): void {
  if (!kindsByCalls(model).includes(event.kind)) return;
  const series = seriesOf(model, event.kind);
  const amount = 'work' in event ? event.work : event.pages * (event.kind === 'alloc' ? bytesPerPage : 1);
  const [fromNs, toNs] = stretchOf(event);
  // Without news of its probe nobody says up to when everything was told: then what is told is all that is known.
  if (model.probes.has(probeOf[event.kind])) series.put(fromNs, toNs, amount);
  else series.add(fromNs, toNs, amount);
}

/** A probed call as such, for the log. */
export function addCall(model: Model, event: Extract<GcEvent, { kind: 'call' }>): void {
  const { atNs, durationNs, probe, args, result, goid } = event;
  tell(model, { atNs, type: 'call', probe, args, result, goid, durationNs });
}

/** Calls that were added up, for the log. */
export function addCallSum(model: Model, event: Extract<GcEvent, { kind: 'calls' }>): void {
  const { atNs, probe, calls, args, result, longestNs, durationNs } = event;
  tell(model, { atNs, type: 'call-sum', probe, calls, args, result, longestNs, durationNs });
}

/** While a probe runs, everything that is older than the target's lateness was told: nothing happened between calls. */
export function knowCalls(model: Model): void {
  const { target, probes, nowNs } = model;
  if (target === undefined || probes.size === 0) return;
  // Whole steps, so that it does not matter how often the time was looked at.
  const untilNs = nanos(Math.floor((nowNs - target.latenessNs) / knowEveryNs) * knowEveryNs);
  for (const kind of kindsByCalls(model)) {
    const sinceNs = probes.get(probeOf[kind])?.wholeSinceNs;
    if (sinceNs === undefined) continue;
    const series = seriesOf(model, kind);
    const fromNs = nanos(Math.max(series.latestNs ?? sinceNs, sinceNs));
    if (untilNs > fromNs) series.know(fromNs, untilNs);
  }
}

/** What is known by probed calls alone: memory's totals of pages are exact. */
const kindsByCalls = ({ target }: Readonly<Model>): readonly WorkKind[] =>
  target?.capabilities.heap === true ? ['mark', 'assist'] : ['alloc', 'sweep', 'mark', 'assist'];

/** The shortest bin that is drawn: to know more often what was told costs time and shows nothing. */
const knowEveryNs = 10e6;

function seriesOf({ work }: Model, kind: WorkKind): RateSeries {
  const all: Readonly<Record<WorkKind, RateSeries>> = {
    alloc: work.allocBytes,
    sweep: work.sweptPages,
    mark: work.markWork,
    assist: work.assistWork,
  };
  return all[kind];
}

const stretchOf = ({ atNs, durationNs }: Timed) =>
  [atNs, nanos(atNs + Math.max(1, durationNs ?? 0))] as const;
