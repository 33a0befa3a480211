import type { Rect } from '../../model/layout.js';
import type { RateSeries } from '../../model/series.js';
import { bigCount, byteRate, duration, ratio } from '../format.js';
import { fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line, Role } from '../screen-view.js';
import { highest, sparkline } from '../sparkline.js';
import { knownColumns } from '../time-axis.js';
import { knowsEndsOnly } from '../under-way.js';
import type { PaneView } from './pane.js';

/** What the program allocated and the collector did for it, a row each, with the mean of the window. */
export function workPane(scene: Scene, rect: Rect): PaneView {
  return {
    name: 'Work',
    legends: [[muted('mean of the window')], []],
    lines: workRows(scene).map((row) => workLine(scene, { row, width: rect.width })),
  };
}

interface WorkRow {
  readonly label: string;
  readonly values: ArrayLike<number>;
  readonly low: number;
  readonly high: number;
  readonly figure: Figure;
  readonly role: Role;
  /** An amount fills its cells from below; a ratio is a line. */
  readonly levels: readonly string[];
}

/** The number and its unit apart, so that the numbers of all rows end in one column. */
interface Figure {
  readonly value: string;
  readonly unit: string;
}

function workRows(scene: Scene): readonly WorkRow[] {
  const { work } = scene.model;
  const { fromNs, stepNs, columns } = scene.axis;
  const known = knownColumns(scene.axis);
  const rate = (series: RateSeries): Float64Array =>
    series.bins(fromNs, stepNs, columns).fill(Number.NaN, known);
  const row = (
    label: string,
    values: Float64Array,
    figure: (mean: number | undefined) => Figure,
  ): WorkRow => ({
    label,
    values,
    low: 0,
    high: highest(values) || 1,
    figure: figure(mean(values)),
    role: label === 'alloc' ? 'heap' : 'gc',
    levels: scene.glyphs.levels,
  });
  const ratios = work.triggerRatio.bins(fromNs, stepNs, columns).max.fill(Number.NaN, known);
  return [
    row('alloc', rate(work.allocBytes), (perSecond) => split(byteRate(perSecond), 'MiB/s')),
    row('sweep', rate(work.sweptPages), sweepFigure),
    row('mark', rate(work.markedBytes), (perSecond) => split(byteRate(perSecond), 'MiB/s')),
    row('assist', rate(work.assistNs), assistFigure),
    {
      label: 'ratio',
      // What lies below the scale is not nothing.
      values: ratios.map((value) => Math.max(value, ratioScale.low + 1e-3)),
      ...ratioScale,
      figure: { value: ratio(latestRatio(scene)).trim(), unit: 'trigger' },
      role: 'limit',
      levels: scene.glyphs.heights,
    },
  ];
}

/** The pacer keeps the trigger within 70 and 95 % of the way from marked to goal (runtime/mgcpacer.go, Go 1.19). */
const ratioScale = { low: 0.65, high: 0.95 };

const latestRatio = ({ model, axis }: Scene): number | undefined =>
  model.work.triggerRatio.at(axis.knownToNs);

const sweepFigure = (pages: number | undefined): Figure => {
  const { value, unit } = split(bigCount(pages), '');
  return { value, unit: `${unit === '' ? '' : `${unit} `}pg/s` };
};

const assistFigure = (ns: number | undefined): Figure => {
  const { value, unit } = split(duration(ns), 'ms');
  return { value, unit: `${unit}/s` };
};

/** A formatted figure at its blank; one that is not known has the unit that it would have. */
function split(figure: string, usualUnit: string): Figure {
  const [value = '-', unit = ''] = figure.trim().split(' ');
  return { value, unit: value === '-' ? usualUnit : unit };
}

/** Of the columns that are known. */
function mean(values: Float64Array): number | undefined {
  let sum = 0;
  let known = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known === 0 ? undefined : sum / known;
}

function workLine(scene: Scene, { row, width }: { row: WorkRow; width: number }): Line {
  const { strip } = scene;
  const isUntold = knowsEndsOnly(scene.model) && row.values.length > 0 && untold.includes(row.label);
  const lead = strip.gutter >= 8 ? ' ' : '';
  return fit(width, [
    lead,
    muted(row.label.padEnd(strip.gutter - lead.length)),
    ...(isUntold
      ? fit(row.values.length, [muted('not in gctrace')])
      : hatched(scene, span(sparkline(row.values, row), row.role))),
    ' ',
    row.figure.value.padStart(4),
    muted(` ${row.figure.unit}`),
  ]);
}

/** What no line of gctrace holds. */
const untold = ['alloc', 'sweep'];

function hatched({ gaps, glyphs }: Scene, { text, role }: { text: string; role: Role }): readonly Piece[] {
  const pieces: Piece[] = [];
  let column = 0;
  for (const { from, to } of gaps) {
    if (to <= column) continue;
    const begin = Math.max(from, column);
    pieces.push(span(text.slice(column, begin), role), muted(glyphs.gap.repeat(to - begin)));
    column = to;
  }
  return [...pieces, span(text.slice(column), role)];
}
