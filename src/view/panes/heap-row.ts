import { isPod } from '../../model/coming-up.js';
import { isOver } from '../../model/is-over.js';
import type { Model } from '../../model/model.js';
import { byteSize, byteUnit, count, fineShare, threeDigits, windowLength } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { firstThatFits } from '../text.js';
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
function narrowGoal({ figures, model }: Scene): readonly Piece[] {
  if (figures.goal === 'none') return [muted('no goal: GOGC=off')];
  if (figures.live === undefined && isPod(model)) return [' ', ...goalAlone(figures)];
  return [fineShare(figures.goalShare), muted(' of '), byteSize(figures.goal).trim(), muted(' goal')];
}

/** `97.6 % of goal 51.6 MiB`. */
function wideGoal({ figures, model }: Scene): readonly Piece[] {
  if (figures.goal === 'none') return ['  ', muted('no goal: GOGC=off')];
  if (figures.live === undefined && isPod(model)) return ['  ', ...goalAlone(figures)];
  return ['  ', fineShare(figures.goalShare), muted(' of goal '), byteSize(figures.goal).trim()];
}

/** The goal where no live heap is known that it could be compared with. */
function goalAlone({ goal, marked }: Scene['figures']): readonly Piece[] {
  if (typeof goal !== 'number') return [muted('goal not available')];
  // Where the bar's words tell the goal, this is left to be said.
  return marked === undefined ? [muted('goal '), byteSize(goal).trim()] : [muted('live heap not known')];
}

function cycleWords(scene: Scene): string {
  const { model, figures, axis, clock } = scene;
  if (model.screen.frozenAtNs !== undefined) return `at ${clockTime(clock, axis.knownToNs)}`;
  if (isOver(model)) return '';
  const running = cycleUnderWay(model, axis.knownToNs);
  if (isPod(model) && model.attachedAtNs === undefined) return sinceWords(scene);
  if (running !== undefined) return running.number === undefined ? '' : `#${count(running.number)}`;
  return nextCycleWords(figures.expectedNextInNs);
}

/** From zero to a little over the goal: marked by the last cycle, allocated since, room, trigger, goal. */
export function heapBar({ figures, glyphs, model }: Scene, width: number): readonly Piece[] {
  const { goal, marked, trigger } = figures;
  // Between two lines of gctrace the live heap is not less than what the last cycle marked; of a pod words tell more.
  const live = figures.live ?? (isPod(model) ? undefined : marked);
  if (live === undefined) {
    const paced = pacedWords(figures).find((words) => words.length <= width);
    return fit(width, [paced ?? muted(firstThatFits(whyNoHeap(model), width))]);
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

/** What the pacer told in place of a bar, from long to short: `marked 12.4 of goal 32.0 MiB, trigger 21.7`. */
function pacedWords({ marked, goal, trigger }: Scene['figures']): readonly string[] {
  if (marked === undefined || typeof goal !== 'number') return [];
  const unit = byteUnit(goal);
  const of = (size: number): string => threeDigits(size / unit.size);
  const words = `marked ${of(marked)} of goal ${of(goal)} ${unit.name}`;
  return trigger === undefined ? [words] : [`${words}, trigger ${of(trigger)}`, words];
}

/** Why there is no bar, in wordings from long to short. */
function whyNoHeap(model: Readonly<Model>): readonly string[] {
  if (isPod(model)) {
    return [
      'not available: no Pixie probe reads the live heap; the trigger ratio in Work stands in for it',
      'not available: no Pixie probe reads the live heap',
      'no Pixie probe reads the live heap',
      'not available',
      '-',
    ];
  }
  return model.target?.capabilities.heap === false ? ['not available: this source knows no live heap'] : [''];
}

/** For how long the watch has been coming up. */
const sinceWords = ({ atNs, model }: Scene): string =>
  `since ${windowLength(Math.floor(Math.max(0, atNs - (model.target?.sinceNs ?? 0)) / 1e9) * 1e9)}`;

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
