import { stepNames } from '../../gc/stream.js';
import { currentStep, isComingUp, isPod } from '../../model/coming-up.js';
import type { Rect } from '../../model/layout.js';
import { bad, blank, fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { firstThatFits } from '../text.js';
import type { PaneView } from './pane.js';
import { allPodRows, podRows, stepRows } from './pod-rows.js';
import { probeTable } from './target-probes.js';
import { type TargetRow, targetRows } from './target-rows.js';
import { wordsInTheMiddle } from './words.js';

/** What is watched, by which means, what these cannot show, and what gctop itself costs. */
export function targetPane(scene: Scene, rect: Rect): PaneView {
  if (isPod(scene.model)) return podPane(scene, rect);
  const target = scene.model.target?.target;
  const room = rect.height - 1;
  if (target === undefined) {
    const words = ['waiting for the program to watch'];
    return {
      name: 'Target',
      legends: [],
      lines: wordsInTheMiddle(words, { width: rect.width, height: room }),
    };
  }
  const pid = target.pid === undefined ? '' : `, pid ${target.pid}`;
  const { probes, screen } = scene.model;
  const isTold = screen.zoom === 'target' && probes.size > 0;
  const shown = rowsThatFit(targetRows(scene), isTold ? room - probes.size - 2 : room);
  const lines = shown.map((row) => targetLine(scene, row, rect.width));
  const table = isTold ? probeTable(scene, { width: rect.width, height: room - lines.length - 1 }) : [];
  return {
    name: 'Target',
    legends: [[muted(`${target.source}${pid}`)], [muted(target.source)]],
    lines: table.length === 0 ? lines : [...lines, blank(rect.width), ...table],
  };
}

/** Of a pod: the steps to the first figure, after that how the means stand; zoomed, all of it. */
function podPane(scene: Scene, rect: Rect): PaneView {
  const { model } = scene;
  const room = { width: rect.width, height: rect.height - 1 };
  const current = currentStep(model);
  const comesUp = isComingUp(model);
  const step = current === undefined || !comesUp ? '' : `, step ${current.number} of ${stepNames.length}`;
  const rows = model.screen.zoom === 'target' ? allPodRows : comesUp ? stepRows : podRows;
  return { name: 'Target', legends: [[muted(`Pixie${step}`)], []], lines: rows(scene, room) };
}

/** Good news goes first where rows are short. */
function rowsThatFit(rows: readonly TargetRow[], room: number): readonly TargetRow[] {
  const going = rows.filter(({ keep }) => keep !== undefined).sort((a, b) => (a.keep ?? 0) - (b.keep ?? 0));
  const gone = new Set(going.slice(0, Math.max(0, rows.length - room)));
  return rows.filter((row) => !gone.has(row));
}

/** Name, state and remark in fixed columns; a longer name or word takes from what follows. */
function targetLine({ glyphs }: Scene, { name, state, word, remarks }: TargetRow, width: number): Line {
  const nameWidth = width >= 50 ? 9 : 8;
  const wordWidth = 14;
  const lead = name.length < nameWidth ? name.padEnd(nameWidth) : `${name} `;
  const role = state === 'up' ? 'gc' : 'muted';
  const sign: Piece =
    state === 'none' ? ' ' : state === 'failed' ? bad(glyphs.state.failed) : span(glyphs.state[state], role);
  const text = word.length < wordWidth - 1 ? word.padEnd(wordWidth - 1) : `${word} `;
  const room = width - 1 - lead.length - 2 - text.length;
  return fit(width, [' ', muted(lead), sign, ` ${text}`, muted(firstThatFits(remarks, room))]);
}
