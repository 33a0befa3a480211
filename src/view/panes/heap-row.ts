import { byteSize, count, fineShare } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { cycleUnderWay } from '../under-way.js';
import { clockTime } from '../wall-clock.js';
import type { HeaderColumns } from './figures-row.js';
import { nextCycleWords } from './words.js';

/** Row 3: live heap against its goal, as a bar and in figures; then the running or the next cycle. */
export function heapRow(scene: Scene, columns: HeaderColumns): Line {
  const { figures, glyphs } = scene;
  const barAt = ' Heap 50.3 MiB '.length;
  const narrow = columns.width < 120;
  const barEnd = narrow ? columns.width - '97.6 % of 51.6 MiB goal'.length : columns.pauses;
  const pieces: readonly Piece[] = [
    muted(' Heap '),
    byteSize(figures.live),
    ' ',
    ...heapBar(scene, barEnd - barAt),
    ...(narrow
      ? narrowGoal(scene)
      : [
          muted(glyphs.column),
          ...fit(columns.cpu - columns.pauses - 1, wideGoal(scene)),
          muted(glyphs.column),
        ]),
  ];
  return fit(columns.width, narrow ? pieces : [...pieces, ` ${cycleWords(scene)}`]);
}

/** `97.6 % of 51.6 MiB goal`. */
function narrowGoal({ figures }: Scene): readonly Piece[] {
  if (figures.goal === 'none') return [muted('no goal: GOGC=off')];
  return [fineShare(figures.goalShare), muted(' of '), byteSize(figures.goal).trim(), muted(' goal')];
}

/** `97.6 % of goal 51.6 MiB`. */
function wideGoal({ figures }: Scene): readonly Piece[] {
  if (figures.goal === 'none') return ['  ', muted('no goal: GOGC=off')];
  return ['  ', fineShare(figures.goalShare), muted(' of goal '), byteSize(figures.goal).trim()];
}

function cycleWords({ model, figures, axis, clock }: Scene): string {
  if (model.screen.frozenAtNs !== undefined) return `at ${clockTime(clock, axis.knownToNs)}`;
  if (model.state.kind === 'ended') return '';
  const running = cycleUnderWay(model, axis.knownToNs);
  if (running !== undefined) return running.number === undefined ? '' : `#${count(running.number)}`;
  return nextCycleWords(figures.expectedNextInNs);
}

/** From zero to a little over the goal: marked by the last cycle, allocated since, room, trigger, goal. */
export function heapBar({ figures, glyphs, model }: Scene, width: number): readonly Piece[] {
  const { goal, marked, trigger } = figures;
  // Where the live heap is not known, it is not less than what the last cycle marked.
  const live = figures.live ?? marked;
  if (live === undefined) {
    const reason =
      model.target?.capabilities.heap === false ? 'not available: this source knows no live heap' : '';
    return fit(width, [muted(reason)]);
  }
  // Without a goal the bar has nothing to measure against but the heap itself.
  const full = typeof goal === 'number' && goal > 0 ? goal : Math.max(live, 1);
  const over = width < 60 ? 2 : 3;
  const goalAt = Math.max(1, width - over - 1);
  const cellOf = (size: number): number => Math.min(width, Math.round((size / full) * goalAt));
  return barCells(glyphs, {
    width,
    goalAt: typeof goal === 'number' ? goalAt : undefined,
    markedTo: cellOf(Math.min(marked ?? 0, live)),
    liveTo: cellOf(live),
    triggerAt: trigger === undefined ? undefined : cellOf(trigger),
  });
}

interface BarCells {
  readonly width: number;
  readonly goalAt: number | undefined;
  readonly markedTo: number;
  readonly liveTo: number;
  readonly triggerAt: number | undefined;
}

function barCells(
  { bar }: Glyphs,
  { width, goalAt, markedTo, liveTo, triggerAt }: BarCells,
): readonly Piece[] {
  return Array.from({ length: width }, (_, cell): Piece => {
    if (cell === goalAt) return span(bar.goal, 'limit');
    if (cell === triggerAt) return span(bar.trigger, 'limit');
    if (cell < markedTo) return span(bar.marked, 'heap');
    if (cell < liveTo) return span(bar.live, 'heap');
    return goalAt === undefined || cell > goalAt ? ' ' : muted(bar.room);
  });
}
