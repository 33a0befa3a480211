import { type Canvas, fillDots, isFree, newCanvas, write } from './chart.js';
import { threeDigits } from './format.js';
import { drawGaps, extremes, type HeapPicture, holdLast, oneAColumn } from './heap-chart.js';
import { muted, span } from './line.js';
import type { Scene } from './scene.js';
import { firstThatFits } from './text.js';
import { knownColumns } from './time-axis.js';
import { dotOf, rowOf, type ValueAxis, valueAxis } from './value-axis.js';

interface Room {
  readonly rows: number;
  readonly labelWidth: number;
  readonly fromZero: boolean;
}

/**
 * What probes tell of a heap that nobody reads: goal, trigger and what each cycle marked, or else what is allocated.
 * Undefined where nothing of it is known.
 */
export const podHeapPicture = (scene: Scene, room: Room): HeapPicture | undefined =>
  pacePicture(scene, room) ?? allocPicture(scene, room);

/** What the pacer told: lines where it set the goal and the trigger and what was marked; in between nothing is known. */
function pacePicture(scene: Scene, { rows, labelWidth, fromZero }: Room): HeapPicture | undefined {
  const { model, axis, glyphs, figures } = scene;
  const known = knownColumns(axis);
  const line = (gauge: typeof model.heap.goal): Float64Array =>
    holdLast(gauge.bins(axis.fromNs, axis.stepNs, axis.columns).max.fill(Number.NaN, known));
  const lines = [
    { values: line(model.heap.goal), sign: span(glyphs.goal, 'limit') },
    { values: line(model.heap.trigger), sign: span(glyphs.trigger, 'limit') },
    { values: line(model.heap.marked), sign: undefined },
  ] as const;
  const bounds = lines.map(({ values }) => extremes(values));
  const min = Math.min(...bounds.map(([low]) => low));
  const max = Math.max(...bounds.map(([, high]) => high));
  if (min > max) return undefined;
  const value = valueAxis({ min: fromZero ? 0 : min, max }, { rows, labelWidth });
  const canvas = newCanvas(axis.columns, rows);
  for (const { values, sign } of lines) drawLine(canvas, { values, sign, axis: value });
  writeWords(scene, canvas, [
    'the live heap between marked and goal is not known: no Pixie probe reads it',
    'no Pixie probe reads the live heap',
  ]);
  drawGaps(scene, canvas);
  return {
    canvas,
    axis: value,
    title: 'Heap',
    role: 'heap',
    figures: [
      [span(glyphs.goal, 'limit'), 'goal', figures.goal],
      [span(glyphs.trigger, 'limit'), 'trigger', figures.trigger],
      [' ', 'live', undefined],
      [span(glyphs.heights[1] ?? ' ', 'heap'), 'marked', figures.marked],
    ],
  };
}

interface DrawnLine {
  readonly values: Float64Array;
  /** Without one it is a line of dots. */
  readonly sign: ReturnType<typeof span> | undefined;
  readonly axis: ValueAxis;
}

function drawLine(canvas: Canvas, { values, sign, axis }: DrawnLine): void {
  for (let x = 0; x < values.length; x++) {
    const value = values[x] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (sign === undefined) {
      const dot = dotOf(axis, canvas.height, value);
      for (const half of [2 * x, 2 * x + 1]) fillDots(canvas, half, { from: dot, to: dot });
      continue;
    }
    const y = rowOf(axis, canvas.height, value);
    if (isFree(canvas, x, y)) write(canvas, { x, y }, sign);
  }
}

/** A sentence in the first row that is free for it. */
function writeWords(scene: Scene, canvas: Canvas, wordings: readonly string[]): void {
  const words = firstThatFits(wordings, canvas.width - 2);
  const x = Math.floor((canvas.width - words.length) / 2);
  if (x < 0 || scene.gaps.length > 0) return;
  const isRowFree = (y: number): boolean =>
    Array.from({ length: words.length }, (_, index) => isFree(canvas, x + index, y)).every(Boolean);
  const rows = Array.from({ length: canvas.height }, (_, row) => row).filter(isRowFree);
  // In the middle of what is free: between marked and goal, where the heap itself would be drawn.
  const y = rows[rows.length >> 1];
  if (y !== undefined) write(canvas, { x, y }, muted(words));
}

/** Where the pacer tells nothing (Go 1.16): what the program allocated a second, as an area from zero. */
function allocPicture(scene: Scene, { rows, labelWidth }: Room): HeapPicture | undefined {
  const { model, axis, glyphs } = scene;
  const halves = model.work.allocBytes
    .bins(axis.fromNs, axis.halfStepNs, axis.columns * 2)
    .fill(Number.NaN, knownColumns(axis, 2));
  const values = glyphs.set === 'block' ? oneAColumn(halves) : halves;
  const [min, max] = extremes(values);
  if (min > max) return undefined;
  const value = valueAxis({ min: 0, max: Math.max(1, max) }, { rows, labelWidth });
  const canvas = newCanvas(axis.columns, rows);
  for (let half = 0; half < values.length; half++) {
    const rate = values[half] ?? 0;
    if (rate > 0) fillDots(canvas, half, { from: 0, to: dotOf(value, rows, rate) });
  }
  drawGaps(scene, canvas);
  const ratio = model.work.triggerRatio.at(axis.knownToNs);
  return {
    canvas,
    axis: value,
    title: `Heap  allocated ${value.unit.name}/s, live not known`,
    role: 'heap',
    figures: [
      [span(glyphs.area, 'heap'), 'alloc/s', model.work.allocBytes.mean(axis.fromNs, axis.knownToNs)],
      [span(glyphs.trigger, 'limit'), 'ratio', ratio === undefined ? '-' : threeDigits(ratio)],
      [' ', 'live', undefined],
      [' ', 'goal', undefined],
    ],
  };
}
