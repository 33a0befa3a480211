import { nanos } from '../gc/units.js';
import { stripLength } from './layout.js';
import type { Model } from './model.js';
import { windowStepsNs } from './series.js';

/** How many cycles the chart holds before another step is chosen, and how many the new one is to hold at least. */
const fewest = 12;
const most = 80;
const wanted = 20;

/**
 * Chooses the length of a column: the shortest that puts 20 cycles on the chart. The ladder's steps are 2 to 3 apart,
 * so that these are 20 to 60, and the step stays until the count leaves 12 to 80.
 */
export function chooseWindowStep(model: Model): void {
  const { screen, cycles } = model;
  if (screen.frozenAtNs !== undefined || cycles.length < wanted) return;
  const shown = cyclesOnChart(model, screen.windowStep);
  if (shown >= fewest && shown <= most) return;
  const step = windowStepsNs.findIndex((_, index) => cyclesOnChart(model, index) >= wanted);
  if (step !== -1) screen.windowStep = step;
}

function cyclesOnChart({ cycles, nowNs, size }: Model, step: number): number {
  const lengthNs = stripLength(size) * (windowStepsNs[step] ?? 0);
  const fromNs = Math.max(nowNs - lengthNs, Number.MIN_SAFE_INTEGER);
  return cycles.length - cycles.countUpTo(nanos(fromNs));
}
