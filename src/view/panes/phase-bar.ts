import { type CycleTrigger, markNs, markTermStopNs, sweepTermStopNs } from '../../gc/cycle.js';
import type { Nanos } from '../../gc/units.js';
import type { CycleRow } from '../../model/model.js';
import type { Glyphs } from '../glyphs.js';
import { type Piece, span } from '../line.js';
import type { PhaseScale } from '../phase-scale.js';
import type { Scene } from '../scene.js';
import { cycleUnderWay, isSweeping, knowsEndsOnly } from '../under-way.js';

/** What a row of Phases shows of a cycle; undefined is not known or not over. */
export interface CycleBar {
  readonly number: number | undefined;
  readonly endAtNs: Nanos | undefined;
  /** Undefined while it runs: the cause is known at its end. */
  readonly trigger: CycleTrigger | undefined;
  readonly sweepTermStopNs: number | undefined;
  readonly markNs: number | undefined;
  readonly markTermStopNs: number | undefined;
  /** Both stops summed, where neither is known. */
  readonly bothStopsNs: number | undefined;
  /** From the end of the last stop to the end of the sweep, or to now. */
  readonly sweepNs: number | undefined;
  /** Whether marking is over. */
  readonly ended: boolean;
}

/** A finished cycle's bar. The newest one's sweep goes on until it is seen to be over. */
export function barOf({ model, axis }: Scene, { cycle, sweepEndAtNs }: CycleRow): CycleBar {
  const isNewest = model.cycles.lastUpTo(axis.knownToNs)?.cycle === cycle;
  const isWhole = markNs(cycle) !== undefined && !knowsEndsOnly(model);
  const runsOn = isNewest && isSweeping(model, axis.knownToNs);
  const sweepEnd = isWhole ? (sweepEndAtNs ?? (runsOn ? axis.knownToNs : undefined)) : undefined;
  return {
    number: cycle.number,
    endAtNs: cycle.endAtNs,
    trigger: cycle.trigger,
    sweepTermStopNs: sweepTermStopNs(cycle),
    markNs: markNs(cycle),
    markTermStopNs: markTermStopNs(cycle),
    bothStopsNs:
      markTermStopNs(cycle) === undefined && sweepTermStopNs(cycle) === undefined ? cycle.pauseNs : undefined,
    sweepNs:
      sweepEnd === undefined ? undefined : Math.max(0, Math.min(sweepEnd, axis.knownToNs) - cycle.endAtNs),
    ended: true,
  };
}

/** The bar of the cycle that is under way, as far as it has come. */
export function runningBar({ model, axis }: Scene): CycleBar | undefined {
  const cycle = cycleUnderWay(model, axis.knownToNs);
  if (cycle === undefined) return undefined;
  const { number, sweepTermAtNs, markAtNs, markTermAtNs } = cycle;
  return {
    number,
    endAtNs: undefined,
    trigger: undefined,
    sweepTermStopNs:
      sweepTermAtNs === undefined || markAtNs === undefined ? undefined : markAtNs - sweepTermAtNs,
    markNs: markAtNs === undefined ? undefined : Math.max(0, (markTermAtNs ?? axis.knownToNs) - markAtNs),
    markTermStopNs: undefined,
    bothStopsNs: undefined,
    sweepNs: undefined,
    ended: markTermAtNs !== undefined,
  };
}

/** Stop, mark, stop, sweep in whole cells. A stop is always one cell: to scale it would be a thousandth of one. */
export function barPieces(glyphs: Glyphs, bar: CycleBar, scale: PhaseScale): readonly Piece[] {
  const { stop, mark, sweep } = glyphs.phase;
  const pieces: Piece[] = [];
  let left = scale.width;
  const add = (text: string, role: 'stop' | 'gc'): void => {
    const fitting = text.slice(0, Math.max(0, left));
    left -= fitting.length;
    pieces.push(span(fitting, role));
  };
  const cells = (ns: number): number => Math.max(1, Math.round(ns / scale.nsPerColumn));
  if (bar.markNs !== undefined) {
    add(stop, 'stop');
    add(mark.repeat(Math.min(cells(bar.markNs), scale.width)), 'gc');
  }
  if (bar.markNs === undefined || bar.ended) add(stop, 'stop');
  if (bar.sweepNs !== undefined && bar.sweepNs > 0) {
    const sweepCells = Math.max(1, Math.round(bar.sweepNs / scale.nsPerColumn));
    add(sweepCells > left ? `${sweep.repeat(Math.max(0, left - 1))}>` : sweep.repeat(sweepCells), 'gc');
  }
  pieces.push(' '.repeat(Math.max(0, left)));
  return pieces;
}
