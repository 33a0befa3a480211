import { type Nanos, nanos } from '../gc/units.js';
import type { Gap, Model } from '../model/model.js';
import { windowStepsNs } from '../model/series.js';
import { visibleEndNs } from '../model/visible-end.js';
import { windowLength } from './format.js';
import { type Clock, clockParts } from './wall-clock.js';

/** The columns of time that Heap, Pauses and Work share. */
export interface TimeAxis {
  readonly fromNs: Nanos;
  /** Right edge of the last column; later than `knownToNs`: the free space at the right. */
  readonly toNs: Nanos;
  readonly stepNs: Nanos;
  /** Half a column: what a chart with two samples a column asks for. */
  readonly halfStepNs: Nanos;
  readonly columns: number;
  /** The instant that the picture shows; nothing after it is drawn. */
  readonly knownToNs: Nanos;
}

/** The chart moves by this many columns at once, and so is still for the time between. */
const shiftColumns = 10;

/** The window that ends at the visible instant. Its right edge lies on a multiple of ten columns: no state is needed. */
export function timeAxis(model: Readonly<Model>, columns: number): TimeAxis {
  const stepNs = windowStepsNs[model.screen.windowStep] ?? nanos(100e6);
  const knownToNs = visibleEndNs(model);
  const shiftNs = stepNs * shiftColumns;
  const toNs = nanos((Math.floor(knownToNs / shiftNs) + 1) * shiftNs);
  return {
    fromNs: nanos(toNs - stepNs * columns),
    toNs,
    stepNs,
    halfStepNs: nanos(stepNs / 2),
    columns,
    knownToNs,
  };
}

/** `8 s auto`: how much time the charts show. */
export const windowWords = ({ stepNs, columns }: TimeAxis): string =>
  `${windowLength(stepNs * columns)} auto`;

/** The column in which an instant lies; outside the axis it is negative or not less than its columns. */
export const columnOf = (axis: TimeAxis, atNs: number): number =>
  Math.floor((atNs - axis.fromNs) / axis.stepNs);

/** How many of the columns, cut into parts, have begun by now. */
export const knownColumns = (axis: TimeAxis, parts = 1): number =>
  Math.ceil(((axis.knownToNs - axis.fromNs) / axis.stepNs) * parts);

/** A stretch of columns of which nothing is known. */
export interface GapColumns {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly gap: Gap;
}

/** The gaps that the axis shows, each at least one column wide. */
export function gapColumns(gaps: readonly Gap[], axis: TimeAxis): readonly GapColumns[] {
  const shown: GapColumns[] = [];
  for (const gap of gaps) {
    const from = Math.max(0, Math.round((gap.fromNs - axis.fromNs) / axis.stepNs));
    const end = Math.min(gap.toNs, axis.knownToNs);
    const to = Math.min(axis.columns, Math.max(from + 1, Math.round((end - axis.fromNs) / axis.stepNs)));
    if (gap.toNs > axis.fromNs && gap.fromNs < axis.knownToNs && from < to) shown.push({ from, to, gap });
  }
  return shown;
}

/** The labels under the columns, each at the column in which its instant lies. */
export function axisLabels(axis: TimeAxis, clock: Clock): string {
  const everyMs = labelEveryMs[windowStepsNs.indexOf(axis.stepNs)] ?? 1_000;
  const text = new Array<string>(axis.columns).fill(' ');
  const originMs = clock.originMs;
  const firstMs = Math.ceil((originMs + axis.fromNs / 1e6) / everyMs) * everyMs;
  for (let ms = firstMs; ; ms += everyMs) {
    const column = columnOf(axis, (ms - originMs) * 1e6);
    const label = labelAt(ms, everyMs);
    if (column + label.length > axis.columns) break;
    for (let index = 0; index < label.length; index++) text[column + index] = label.charAt(index);
  }
  return text.join('');
}

/** About ten columns apart, for each step of the window. */
const labelEveryMs = [200, 500, 1e3, 2e3, 5e3, 10e3, 20e3, 60e3, 120e3, 300e3, 600e3, 1200e3];

function labelAt(ms: number, everyMs: number): string {
  const { hours, minutes, seconds, millis } = clockParts(ms);
  if (everyMs < 1e3) return `:${seconds}.${millis.charAt(0)}`;
  return everyMs < 60e3 && !(everyMs >= 10e3 && seconds === '00') ? `:${seconds}` : `${hours}:${minutes}`;
}
