import { type GcCycle, markNs } from '../../gc/cycle.js';
import { isOver } from '../../model/is-over.js';
import type { Rect } from '../../model/layout.js';
import type { CycleRow } from '../../model/model.js';
import { worstCycles } from '../../model/summary.js';
import { duration, stopDuration } from '../format.js';
import { fit, muted, type Piece, span } from '../line.js';
import { type PhaseScale, phaseScale } from '../phase-scale.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { knowsEndsOnly } from '../under-way.js';
import { clockTimeMs } from '../wall-clock.js';
import { legendEntry, type PaneView } from './pane.js';
import { barOf, barPieces, type CycleBar, runningBar } from './phase-bar.js';
import { nextCycleWords, noCycleYet, wordsInTheMiddle } from './words.js';

/** The running cycle and the last ones as bars on one scale; below them the worst of the last 60 s. */
export function phasesPane(scene: Scene, rect: Rect): PaneView {
  const rows = rect.height - 1;
  const plan = planRows(rows);
  const lists = cyclesToShow(scene, plan);
  const shown = [...lists.last, ...lists.worst].map(({ cycle }) => cycle);
  const running = runningBar(scene);
  const width = barWidth(rect.width);
  const scale = phaseScale(longestMark(shown, running), width);
  const isEmpty = shown.length === 0 && running === undefined;
  const legends = phaseLegends(scene, plan.scaleRow || isEmpty ? undefined : scale);
  if (isEmpty) {
    return {
      name: 'Phases',
      legends,
      lines: wordsInTheMiddle(noCycleYet(scene), { width: rect.width, height: rows }),
    };
  }
  const line = (bar: CycleBar): Line => cycleLine(scene, { bar, scale, width: rect.width });
  const lines: Line[] = plan.scaleRow ? [scaleLine(scale, rect.width)] : [];
  lines.push(running === undefined ? idleLine(scene, rect.width) : line(running));
  lines.push(...lists.last.map((row) => line(barOf(scene, row))));
  if (plan.worst > 0) {
    while (lines.length < rows - plan.worst - 1) lines.push(fit(rect.width, []));
    lines.push(worstRule(scene, rect.width), ...lists.worst.map((row) => line(barOf(scene, row))));
  }
  return { name: 'Phases', legends, lines };
}

interface RowPlan {
  readonly scaleRow: boolean;
  readonly last: number;
  readonly worst: number;
}

/** With fewer rows the worst go first, then the row of the scale. */
function planRows(rows: number): RowPlan {
  const worst = rows >= 14 ? 2 : rows >= 9 ? 1 : 0;
  const scaleRow = rows >= 5;
  const running = 1;
  const rule = worst > 0 ? 1 : 0;
  return { scaleRow, worst, last: Math.max(1, rows - (scaleRow ? 1 : 0) - running - rule - worst) };
}

function cyclesToShow(
  { model, axis }: Scene,
  plan: RowPlan,
): { readonly last: readonly CycleRow[]; readonly worst: readonly CycleRow[] } {
  const newer = model.cycles.length - model.cycles.countUpTo(axis.knownToNs);
  const last = model.cycles.newest(plan.last + newer).slice(newer);
  if (plan.worst === 0) return { last, worst: [] };
  const { longestStop, mostAssist } = worstCycles(model, axis.knownToNs);
  // One cycle can be the worst in both.
  const worst = [...new Set([longestStop, mostAssist])]
    .filter((row) => row !== undefined)
    .slice(0, plan.worst);
  return { last, worst };
}

const longestMark = (cycles: readonly GcCycle[], running: CycleBar | undefined): number =>
  cycles.reduce((longest, cycle) => Math.max(longest, markNs(cycle) ?? 0), running?.markNs ?? 0);

/** Number, cause and three figures stand in fixed columns around the bar. */
const barColumn = 9;
const figuresWidth = 24;

const trailing = (width: number): number => (width >= 80 ? 2 : width >= 50 ? 1 : 0);
const barWidth = (width: number): number => Math.max(4, width - barColumn - figuresWidth - trailing(width));

function cycleLine(
  { glyphs, clock }: Scene,
  { bar, scale, width }: { bar: CycleBar; scale: PhaseScale; width: number },
): Line {
  // A cycle whose number nobody told is known by the time of its end, as the axis of time has it.
  const ended = bar.endAtNs === undefined ? '-' : clockTimeMs(clock, bar.endAtNs).slice('14:32'.length, -2);
  const number = bar.number === undefined ? ended : `#${bar.number}`;
  return fit(width, [
    ` ${number.padEnd(6)} `,
    span(bar.trigger === undefined ? ' ' : glyphs.cause[bar.trigger], 'gc'),
    ...barPieces(glyphs, bar, scale),
    ...figures(bar),
  ]);
}

/** The sum of both stops spans the columns: in one of them it would be read as that stop. */
function figures({ sweepTermStopNs, markNs, markTermStopNs, bothStopsNs }: CycleBar): readonly Piece[] {
  if (bothStopsNs !== undefined) {
    return [span(`both stops ${stopDuration(bothStopsNs)}`.padStart(figuresWidth), 'stop')];
  }
  return [
    span(stopDuration(sweepTermStopNs).padStart(8), 'stop'),
    span(duration(markNs).padStart(8), 'gc'),
    span(stopDuration(markTermStopNs).padStart(8), 'stop'),
  ];
}

function idleLine({ figures, model }: Scene, width: number): Line {
  if (isOver(model)) return fit(width, [' -']);
  if (knowsEndsOnly(model)) return fit(width, [` ${'-'.padEnd(8)}`, muted('a cycle is told at its end')]);
  const next = figures.expectedNextInNs;
  const words = nextCycleWords(next);
  return fit(width, [` ${'idle'.padEnd(8)}`, muted(words)]);
}

function scaleLine({ ticks, unit, width }: PhaseScale, lineWidth: number): Line {
  let scale = '';
  for (const { column, label } of ticks) {
    const longer = scale.padEnd(column) + label;
    // The unit matters more than the last label.
    if (scale === '' || longer.length + 1 + unit.length <= width + 1) scale = longer;
  }
  scale += ` ${unit}`;
  const heads = 'stop'.padStart(8) + 'mark'.padStart(8) + 'stop'.padStart(8);
  // A label may reach one column into the blanks before the figures.
  return fit(lineWidth, [
    muted(` ${'cycle'.padEnd(8)}${scale.padEnd(width)}${heads.slice(Math.max(0, scale.length - width))}`),
  ]);
}

const worstRule = ({ glyphs }: Scene, width: number): Line => {
  const words = `${glyphs.dashedRule} worst of the last 60 s `;
  return fit(width, [muted(words + glyphs.dashedRule.repeat(Math.max(0, width - words.length)))]);
};

function phaseLegends({ glyphs }: Scene, scale: PhaseScale | undefined): readonly (readonly Piece[])[] {
  const range = muted(scale === undefined ? '' : `${scale.words}   `);
  const { stop, mark, sweep } = glyphs.phase;
  const legend = (gap: string, between: string): readonly Piece[] => [
    range,
    ...legendEntry(span(stop, 'stop'), `${gap}stop${between}`),
    ...legendEntry(span(mark, 'gc'), `${gap}mark${between}`),
    ...legendEntry(span(sweep, 'gc'), `${gap}sweep`),
  ];
  return [legend(' ', '  '), legend('', ' '), [range]];
}
