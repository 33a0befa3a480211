import type { GaugeSeries } from '../model/series.js';
import { type Canvas, fillDots, isFree, newCanvas, write } from './chart.js';
import { count, duration } from './format.js';
import { type Piece, span } from './line.js';
import type { Scene } from './scene.js';
import type { Role, Span } from './screen-view.js';
import { plain } from './text.js';
import { knownColumns } from './time-axis.js';
import { dotOf, rowOf, type ValueAxis } from './value-axis.js';

/** What the chart is drawn from; NaN is not known. */
export interface HeapSamples {
  /** Two a column: the highest live heap of the interval, and what the last cycle marked. */
  readonly live: Float64Array;
  readonly marked: Float64Array;
  /** One a column. */
  readonly goal: Float64Array;
  readonly trigger: Float64Array;
}

/** The heap's gauges over the shared columns, cut at the visible instant. */
export function heapSamples({ model, axis, glyphs, figures }: Scene): HeapSamples {
  const known = knownColumns(axis, 2);
  const halves = axis.columns * 2;
  const oneEach = (gauge: GaugeSeries): Float64Array =>
    gauge.bins(axis.fromNs, axis.stepNs, axis.columns).max.fill(Number.NaN, known / 2);
  const live = model.heap.live.bins(axis.fromNs, axis.halfStepNs, halves).max.fill(Number.NaN, known);
  return {
    live: glyphs.set === 'block' ? oneAColumn(live) : live,
    marked: model.heap.marked.bins(axis.fromNs, axis.halfStepNs, halves).min.fill(Number.NaN, known),
    goal: holdLast(oneEach(model.heap.goal)),
    // Who no longer tells it says nothing of what comes.
    trigger:
      figures.trigger === undefined ? oneEach(model.heap.trigger) : holdLast(oneEach(model.heap.trigger)),
  };
}

/** A block is as wide as its cell: both halves show the higher one, so that no peak is lost. */
export function oneAColumn(halves: Float64Array): Float64Array {
  return halves.map((value, half) => {
    const other = halves[half ^ 1] ?? Number.NaN;
    return value >= other || Number.isNaN(other) ? value : other;
  });
}

/** The goal holds until the next cycle ends, so its line goes on into the free space. */
export function holdLast(values: Float64Array): Float64Array {
  let last = values.length - 1;
  while (last >= 0 && Number.isNaN(values[last])) last--;
  return last < 0 ? values : values.fill(values[last] ?? Number.NaN, last + 1);
}

/** What the value axis has to hold; undefined where no live heap is known. */
export function heapBounds(
  { live, marked, goal, trigger }: HeapSamples,
  fromZero: boolean,
): { readonly min: number; readonly max: number } | undefined {
  const [liveMin, liveMax] = extremes(live);
  if (liveMin > liveMax) return undefined;
  const [markedMin] = extremes(marked);
  const [, goalMax] = extremes(goal);
  const [, triggerMax] = extremes(trigger);
  return { min: fromZero ? 0 : Math.min(liveMin, markedMin), max: Math.max(liveMax, goalMax, triggerMax) };
}

/** Lowest and highest known value; the wrong way round if none is known. */
export function extremes(values: Float64Array): readonly [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}

/** What the Heap pane shows above its marks. */
export interface HeapPicture {
  readonly canvas: Canvas;
  readonly axis: ValueAxis;
  readonly title: string;
  /** Of the area. */
  readonly role: Role;
  /** Fixed rows at the right of the chart, in the unit of its axis: they do not follow the curve. */
  readonly figures: readonly HeapFigure[];
}

export type HeapFigure = readonly [sign: Piece, name: string, value: number | string | undefined];

export interface HeapDrawing {
  readonly samples: HeapSamples;
  readonly axis: ValueAxis;
  readonly rows: number;
}

/** The saw-tooth between marked and live, the goal behind it, and gaps over both. */
export function drawHeap(scene: Scene, { samples, axis, rows }: HeapDrawing): Canvas {
  const canvas = newCanvas(scene.axis.columns, rows);
  for (let half = 0; half < samples.live.length; half++) {
    const live = samples.live[half] ?? Number.NaN;
    if (Number.isNaN(live)) continue;
    const marked = samples.marked[half] ?? Number.NaN;
    const to = dotOf(axis, rows, live);
    const from = Number.isNaN(marked) ? 0 : Math.min(to, dotOf(axis, rows, marked));
    fillDots(canvas, half, { from, to });
  }
  const { goal, trigger } = scene.glyphs;
  // Where both fall into one row the goal is drawn.
  for (const [values, sign] of [
    [samples.goal, goal],
    [samples.trigger, trigger],
  ] as const) {
    drawLid(canvas, { values, sign: span(sign, 'limit'), axis, rows });
  }
  drawGaps(scene, canvas);
  return canvas;
}

interface Lid {
  readonly values: Float64Array;
  readonly sign: Span;
  readonly axis: ValueAxis;
  readonly rows: number;
}

/** A tooth covers the line: a lid that is broken by its tooth means that it was reached. */
function drawLid(canvas: Canvas, { values, sign, axis, rows }: Lid): void {
  for (let x = 0; x < values.length; x++) {
    const value = values[x] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const y = rowOf(axis, rows, value);
    if (isFree(canvas, x, y)) write(canvas, { x, y }, sign);
  }
}

/** Hatches what is not known, with its length, its reason and its loss where they fit. */
export function drawGaps({ gaps, glyphs }: Scene, canvas: Canvas): void {
  for (const { from, to, gap } of gaps) {
    const width = to - from;
    const hatch = span(glyphs.gap.repeat(width), 'muted');
    for (let y = 0; y < canvas.height; y++) write(canvas, { x: from, y }, hatch);
    const lost = gap.lost === undefined || gap.lost === 0 ? [] : [`${count(gap.lost)} cycles`];
    const words = [`gap ${duration(gap.toNs - gap.fromNs).trim()}`, plain(gap.reason), ...lost].filter(
      (word) => word.length <= width - 4,
    );
    const top = Math.floor((canvas.height - words.length) / 2);
    words.forEach((word, index) => {
      const before = Math.floor((width - 2 - word.length) / 2);
      const text = `${' '.repeat(before)}${word}`.padEnd(width - 2);
      write(canvas, { x: from + 1, y: top + index }, span(text, 'text'));
    });
  }
}
