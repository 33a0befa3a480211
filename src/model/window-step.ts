import { type Nanos, nanos } from '../gc/units.js';
import { stripLength } from './layout.js';
import type { Model } from './model.js';
import { windowStepsNs } from './series.js';

/** How many columns bear the mark of a cycle before another step is chosen, and how many the new one is to have. */
const fewest = 12;
const wanted = 20;
/** With a larger part of the columns marked, teeth can no longer be told apart. */
const crowded = 0.9;
/** How often it is looked at. */
const lookEveryNs = 500e6;

/**
 * Chooses the length of a column: the shortest with which 20 columns bear a mark. Cycles that come in bursts share
 * columns and count once. The step stays until the chart is nearly empty or crowded.
 */
export function chooseWindowStep(model: Model, beforeNs: Nanos): void {
  const { screen, cycles, nowNs, size } = model;
  if (Math.floor(beforeNs / lookEveryNs) === Math.floor(nowNs / lookEveryNs)) return;
  const stands = screen.frozenAtNs !== undefined || model.exitedAtNs !== undefined;
  if (stands || cycles.length < wanted) return;
  const columns = stripLength(size);
  const markedAt = (stepNs: number): number => markedColumns(model, { columns, stepNs });
  const shown = markedAt(windowStepsNs[screen.windowStep] ?? 0);
  if (shown >= fewest && shown <= crowded * columns) return;
  const step = windowStepsNs.findIndex((stepNs) => markedAt(stepNs) >= wanted);
  if (step !== -1) screen.windowStep = step;
}

function markedColumns(
  { cycles, nowNs }: Model,
  { columns, stepNs }: { readonly columns: number; readonly stepNs: number },
): number {
  const fromNs = Math.max(nowNs - columns * stepNs, Number.MIN_SAFE_INTEGER);
  let marked = 0;
  let last = Number.NaN;
  for (const { cycle } of cycles.endedBetween(nanos(Math.floor(fromNs)), nowNs)) {
    const column = Math.floor(cycle.endAtNs / stepNs);
    if (column !== last) marked++;
    last = column;
  }
  return marked;
}
