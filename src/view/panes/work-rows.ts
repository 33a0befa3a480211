import type { ProbeName } from '../../gc/probe.js';
import { bytesPerPage } from '../../gc/units.js';
import { isOfOtherRelease, isPod } from '../../model/coming-up.js';
import { paceProbes, pacerTells } from '../../model/probe-set.js';
import type { GaugeSeries, RateSeries } from '../../model/series.js';
import { bigCount, byteRate, duration, ratio } from '../format.js';
import type { Scene } from '../scene.js';
import type { Role } from '../screen-view.js';
import { highest } from '../sparkline.js';
import { knownColumns } from '../time-axis.js';
import { knowsEndsOnly } from '../under-way.js';
import { waitsFor } from './pod-words.js';

export interface WorkRow {
  readonly label: string;
  readonly values: Float64Array;
  readonly low: number;
  readonly high: number;
  readonly figure: Figure;
  readonly role: Role;
  /** An amount fills its cells from below; a ratio is a line. */
  readonly levels: readonly string[];
  /** Why nothing is drawn. */
  readonly words?: string;
}

/** The number and its unit apart, so that the numbers of all rows end in one column. */
export interface Figure {
  readonly value: string;
  readonly unit: string;
}

/** What the program allocated and the collector did for it, a row each, in no more rows than there is room for. */
export const workRows = (scene: Scene, room: number): readonly WorkRow[] =>
  isPod(scene.model) ? podRows(scene) : localRows(scene, room);

/** What memory tells, and beside it what calls tell that are probed. */
function localRows(scene: Scene, room: number): readonly WorkRow[] {
  const rows = memoryRows(scene);
  const calls = callRows(scene);
  const ratio = paced(scene);
  if (rows.length + calls.length + 1 <= room) return [...rows, ...calls, ratio];
  // The CPU of assists stands in the header, too. What they owe can be far more than what they come to do.
  const ofAssists = calls.find(({ label }) => label === 'done');
  return [...rows.map((row) => (row.label === 'assist' ? (ofAssists ?? row) : row)), ratio];
}

/** What assists owed and what they marked for it, in scan work; only where their calls are probed. */
function callRows(scene: Scene): readonly WorkRow[] {
  const { work, probes } = scene.model;
  const figure = (perSecond: number | undefined): Figure => countFigure(perSecond, 'work/s');
  const told: readonly (readonly [ProbeName, string, RateSeries])[] = [
    ['gcAssistAlloc1', 'owed', work.assistWork],
    ['gcDrainN', 'done', work.markWork],
  ];
  return told.flatMap(([probe, label, series]) => {
    const row = rateRow(scene, label, series, figure);
    const isDrawn = row.values.some((value) => !Number.isNaN(value));
    // Where the returns are not seen, what was done is not known: the row would stay empty.
    return isDrawn || probes.get(probe)?.wholeSinceNs !== undefined ? [row] : [];
  });
}

/** The trigger ratio that the pacer set; where nobody tells it, the one at which cycles started. */
function paced(scene: Scene): WorkRow {
  const { work } = scene.model;
  return pacerTells(scene.model)
    ? ratioRow(scene, { series: work.triggerRatio, unit: 'trigger' })
    : ratioRow(scene, { series: work.startRatio, unit: 'started' });
}

function memoryRows(scene: Scene): readonly WorkRow[] {
  const { allocBytes, sweptPages, markedBytes, assistNs } = scene.model.work;
  // What no line of gctrace holds.
  const untold = knowsEndsOnly(scene.model) ? 'not in gctrace' : undefined;
  return [
    withWords(
      rateRow(scene, 'alloc', allocBytes, (perSecond) => split(byteRate(perSecond), 'MiB/s')),
      untold,
    ),
    withWords(rateRow(scene, 'sweep', sweptPages, sweepFigure), untold),
    rateRow(scene, 'mark', markedBytes, (perSecond) => split(byteRate(perSecond), 'MiB/s')),
    rateRow(scene, 'assist', assistNs, assistFigure),
  ];
}

/** The same in the units of probed calls; a row whose probe does not run says so. */
function podRows(scene: Scene): readonly WorkRow[] {
  const { allocBytes, sweptPages, markWork, assistWork } = scene.model.work;
  const pages = scene.strip.figures >= 16 ? 'pages/s' : 'pg/s';
  const counted =
    (unit: string, each = 1) =>
    (perSecond: number | undefined): Figure =>
      countFigure(perSecond === undefined ? undefined : perSecond / each, unit);
  const probed = (row: WorkRow, probe: ProbeName): WorkRow => withWords(row, waitsFor(scene, [probe]));
  return [
    probed(rateRow(scene, 'alloc', allocBytes, counted(pages, bytesPerPage)), 'allocSpan'),
    probed(rateRow(scene, 'sweep', sweptPages, counted(pages)), 'sweepone'),
    probed(rateRow(scene, 'mark', markWork, counted('work/s')), 'gcDrainN'),
    probed(rateRow(scene, 'assist', assistWork, counted('work/s')), 'gcAssistAlloc1'),
    ratioRow(scene, { series: scene.model.work.triggerRatio, unit: 'trigger' }, waitsForRatio(scene)),
  ];
}

function waitsForRatio(scene: Scene): string | undefined {
  const { probes } = scene.model;
  if (probes.size === 0) return waitsFor(scene, paceProbes, 'or');
  const possible = paceProbes.filter((name) => {
    const probe = probes.get(name);
    return probe !== undefined && !isOfOtherRelease(probe);
  });
  const running = possible.find((name) => probes.get(name)?.state === 'running');
  if (running !== undefined) return waitsFor(scene, [running]);
  return possible.length === 0
    ? 'not available: no probe for it in this Go release'
    : waitsFor(scene, possible, 'or');
}

/** Words stand where nothing is known; what was drawn before a probe went is still drawn. */
function withWords(row: WorkRow, words: string | undefined): WorkRow {
  const isEmpty = row.values.every((value) => Number.isNaN(value));
  return words === undefined || !isEmpty ? row : { ...row, words };
}

function rateRow(
  scene: Scene,
  label: string,
  series: RateSeries,
  figure: (mean: number | undefined) => Figure,
): WorkRow {
  const { fromNs, stepNs, columns } = scene.axis;
  const values = series.bins(fromNs, stepNs, columns).fill(Number.NaN, knownColumns(scene.axis));
  return {
    label,
    values,
    low: 0,
    high: highest(values) || 1,
    figure: figure(mean(values)),
    role: label === 'alloc' ? 'heap' : 'gc',
    levels: scene.glyphs.levels,
  };
}

/** The pacer keeps the trigger within 70 and 95 % of the way from marked to goal (runtime/mgcpacer.go, Go 1.19). */
const ratioScale = { low: 0.65, high: 0.95 };

function ratioRow(
  scene: Scene,
  { series, unit }: { readonly series: GaugeSeries; readonly unit: string },
  words?: string,
): WorkRow {
  const { fromNs, stepNs, columns, knownToNs } = scene.axis;
  const ratios = series.bins(fromNs, stepNs, columns).max.fill(Number.NaN, knownColumns(scene.axis));
  const row: WorkRow = {
    label: 'ratio',
    // What lies below the scale is not nothing.
    values: ratios.map((value) => Math.max(value, ratioScale.low + 1e-3)),
    ...ratioScale,
    figure: { value: ratio(series.at(knownToNs)).trim(), unit },
    role: 'limit',
    levels: scene.glyphs.heights,
  };
  return withWords(row, words);
}

const sweepFigure = (pages: number | undefined): Figure => countFigure(pages, 'pg/s');

function countFigure(perSecond: number | undefined, per: string): Figure {
  const { value, unit } = split(bigCount(perSecond), '');
  return { value, unit: `${unit === '' ? '' : `${unit} `}${per}` };
}

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
