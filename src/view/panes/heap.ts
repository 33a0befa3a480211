import { isComingUp, isPod } from '../../model/coming-up.js';
import type { Rect } from '../../model/layout.js';
import type { CycleRow, Model } from '../../model/model.js';
import { canvasRow, severalSign } from '../chart.js';
import { threeDigits } from '../format.js';
import { drawHeap, type HeapFigure, type HeapPicture, heapBounds, heapSamples } from '../heap-chart.js';
import { fit, muted, type Piece, span } from '../line.js';
import { podHeapPicture } from '../pod-heap-chart.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { axisLabels, columnOf, type TimeAxis, windowWords } from '../time-axis.js';
import { type ValueAxis, valueAxis } from '../value-axis.js';
import { legendEntry, type PaneView } from './pane.js';
import { nothingToDo, waitsFor } from './pod-words.js';
import { nothingYet, wordsInTheMiddle } from './words.js';

/** The saw-tooth: live heap over what the last cycle marked, under the goal; below it what ended each cycle. */
export function heapPane(scene: Scene, rect: Rect): PaneView {
  const rows = rect.height - 1;
  const timeRow = rows >= rowsWithTimeAxis;
  const chartRows = Math.max(1, rows - (timeRow ? 2 : 1));
  const legends = heapLegends(scene, timeRow);
  const picture = heapPicture(scene, chartRows);
  if (picture === undefined) {
    const words = isPod(scene.model)
      ? podHeapWords(scene)
      : (nothingYet(scene) ?? ['not available: this source knows no live heap']);
    return { name: 'Heap', legends, lines: wordsInTheMiddle(words, { width: rect.width, height: rows }) };
  }
  const lines = Array.from({ length: chartRows }, (_, row) =>
    chartLine(scene, { picture, row, width: rect.width }),
  );
  lines.push(marksLine(scene, rect.width));
  if (timeRow) {
    lines.push(fit(rect.width, [' '.repeat(scene.strip.gutter), muted(axisLabels(scene.axis, scene.clock))]));
  }
  const bearsUnit = picture.title === 'Heap' && !unitFits(scene, picture.axis);
  return { name: `${picture.title}${bearsUnit ? `  ${picture.axis.unit.name}` : ''}`, legends, lines };
}

/** The saw-tooth, or what probes tell where the live heap is not known. */
function heapPicture(scene: Scene, rows: number): HeapPicture | undefined {
  const samples = heapSamples(scene);
  const fromZero = scene.model.screen.zoom === 'heap';
  const bounds = heapBounds(samples, fromZero);
  if (bounds === undefined) {
    return isPod(scene.model) ? podHeapPicture(scene, { rows, labelWidth, fromZero }) : undefined;
  }
  const axis = valueAxis(bounds, { rows, labelWidth });
  const canvas = drawHeap(scene, { samples, axis, rows });
  return { canvas, axis, title: 'Heap', role: 'heap', figures: heapFigures(scene) };
}

/** Why nothing of a pod's heap is drawn yet, what will be, and what the user has to do. */
function podHeapWords(scene: Scene): readonly string[] {
  const waits = waitsFor(scene, ['allocSpan']) ?? 'no data yet: no row of allocSpan came so far';
  const { probes } = scene.model;
  const noneRuns = ![...probes.values()].some(({ state }) => state === 'running');
  if (!isComingUp(scene.model)) return [waits, '', neverKnown];
  const first = noneRuns ? 'no data yet: no probe runs in this pod' : waits;
  return [
    first,
    '',
    'when the probes run, this pane shows what they tell of the heap;',
    neverKnown,
    '',
    nothingToDo(scene),
  ];
}

const neverKnown = 'the live heap is never known from Pixie';

/** What the narrowest gutter has room for; more digits would say more than the eye reads off the chart. */
const labelWidth = 3;

/** With fewer rows the axis of time goes first. */
const rowsWithTimeAxis = 9;

function chartLine(
  scene: Scene,
  { picture, row, width }: { picture: HeapPicture; row: number; width: number },
): Line {
  return fit(width, [
    muted(gutterText(scene, picture, row)),
    ...canvasRow(picture.canvas, row, { glyphs: scene.glyphs, area: picture.role }),
    ...figure(scene, picture, row),
  ]);
}

/** The label of a row before the axis; the uppermost one bears the unit where the gutter has room for it. */
function gutterText(scene: Scene, { axis, title }: HeapPicture, row: number): string {
  const { glyphs, strip } = scene;
  const { labels, unit } = axis;
  const label = labels.get(row);
  if (label === undefined) return glyphs.axis.line.padStart(strip.gutter);
  const bearsUnit = title === 'Heap' && row === uppermost(axis) && unitFits(scene, axis);
  return `${label}${bearsUnit ? ` ${unit.name}` : ''}${glyphs.axis.tick}`.padStart(strip.gutter);
}

const uppermost = ({ labels }: ValueAxis): number => Math.min(...labels.keys());

/** Whether the uppermost label can bear the unit; else the pane's title does. */
function unitFits({ strip }: Scene, axis: ValueAxis): boolean {
  const label = axis.labels.get(uppermost(axis)) ?? '';
  return `${label} ${axis.unit.name} `.length <= strip.gutter;
}

function heapFigures(scene: Scene): readonly HeapFigure[] {
  const { glyphs, figures } = scene;
  return [
    [span(glyphs.goal, 'limit'), 'goal', figures.goal],
    triggerFigure(scene),
    [span(glyphs.area, 'heap'), 'live', figures.live],
    [' ', 'marked', figures.marked],
  ];
}

function figure({ strip }: Scene, { axis: { unit }, figures }: HeapPicture, row: number): readonly Piece[] {
  const line = figures[row];
  if (line === undefined) return [];
  const [sign, name, value] = line;
  const text = typeof value === 'number' ? threeDigits(value / unit.size) : (value ?? '-');
  return [' ', sign, strip.figures >= 16 ? ' ' : '', muted(name.padEnd(8)), text.padStart(4)];
}

/** Where the runtime does not store the trigger, the heap at which the last cycle started stands for it. */
function triggerFigure({ model, axis, glyphs, figures }: Scene): HeapFigure {
  const last = model.cycles.lastUpTo(axis.knownToNs)?.cycle;
  if (figures.trigger === undefined && last?.heapAtStart !== undefined) {
    return [span(glyphs.cause[last.trigger], 'gc'), 'started', last.heapAtStart];
  }
  return [span(glyphs.trigger, 'limit'), 'trigger', figures.trigger];
}

/** One sign for the cycle that ended in a column, a digit for several. */
function marksLine({ model, axis, glyphs, strip }: Scene, width: number): Line {
  const signs = new Array<string>(axis.columns).fill(' ');
  const counts = new Uint8Array(axis.columns);
  for (const { cycle } of drawnCycles(model, axis)) {
    const column = columnOf(axis, cycle.endAtNs);
    if (column < 0 || column >= axis.columns) continue;
    const ended = Math.min(10, (counts[column] ?? 0) + 1);
    counts[column] = ended;
    signs[column] = ended === 1 ? glyphs.cause[cycle.trigger] : severalSign(ended);
  }
  return fit(width, [' '.repeat(strip.gutter), span(signs.join(''), 'gc')]);
}

function heapLegends(scene: Scene, timeRow: boolean): readonly (readonly Piece[])[] {
  const { cause } = scene.glyphs;
  const causes = [
    ...legendEntry(span(cause.heap, 'gc'), ' heap  '),
    ...legendEntry(span(cause.forced, 'gc'), ' forced  '),
    ...legendEntry(span(cause.time, 'gc'), ' time'),
  ];
  const unknown = hasUnknownCause(scene)
    ? legendEntry(span(`  ${cause.unknown}`, 'gc'), ' cause unknown')
    : [];
  const window = timeRow ? [] : [muted(`   ${windowWords(scene.axis)}`)];
  return [[...causes, ...unknown, ...window], [...causes, ...window], causes, window];
}

function hasUnknownCause({ model, axis }: Scene): boolean {
  return drawnCycles(model, axis).some(({ cycle }) => cycle.trigger === 'unknown');
}

/** Those of earlier runs, too, as far as the chart reaches back. */
const drawnCycles = (model: Readonly<Model>, { fromNs, knownToNs }: TimeAxis): readonly CycleRow[] =>
  [...model.earlier, model].flatMap(({ cycles }) => cycles.endedBetween(fromNs, knownToNs));
