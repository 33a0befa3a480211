import { isPod } from '../../model/coming-up.js';
import type { JournalEntry } from '../../model/journal-entry.js';
import type { Rect } from '../../model/layout.js';
import { count } from '../format.js';
import { muted } from '../line.js';
import type { Scene } from '../scene.js';
import { entryLine } from './event-line.js';
import type { PaneView } from './pane.js';
import { nothingYet, wordsInTheMiddle } from './words.js';

/** With fewer rows phase changes have no room in the overview. */
const rowsWithPhases = 6;

/** The log, newest line last; zoomed it is unfolded and tells phase changes too. */
export function eventsPane(scene: Scene, rect: Rect): PaneView {
  const rows = rect.height - 1;
  const { shown, newer, total } = visibleEntries(scene, rows);
  const below = newer === 0 ? '' : `, ${count(newer)} newer`;
  const numbers = `all  ${shown.length} of ${count(total)}`;
  const legends = [
    [muted(`${numbers} shown${below}${below === '' ? '' : ' below'}`)],
    [muted(`${numbers}${below}`)],
    [muted(numbers)],
  ];
  if (shown.length === 0) {
    const words = (isPod(scene.model) ? undefined : nothingYet(scene)) ?? ['nothing happened yet'];
    return { name: 'Events', legends, lines: wordsInTheMiddle(words, { width: rect.width, height: rows }) };
  }
  const lines = shown.map((entry) => entryLine(scene, entry, rect.width));
  return { name: 'Events', legends: rect.width >= 100 ? legends : legends.slice(1), lines };
}

interface VisibleEntries {
  readonly shown: readonly JournalEntry[];
  /** How many are later than the visible instant. */
  readonly newer: number;
  readonly total: number;
}

function visibleEntries({ model, live }: Scene, rows: number): VisibleEntries {
  const { journal, screen } = model;
  // The log goes on where the picture stands still for a program that is waited for.
  const upToNs = screen.frozenAtNs ?? model.nowNs;
  const phases = screen.zoom === 'events';
  const total = journal.totalUpTo(upToNs, { phases });
  const newer = live.journal.totalUpTo(live.nowNs, { phases }) - total;
  const withPhases = phases || rows >= rowsWithPhases;
  const lines = journal.newest(withPhases ? rows : rows * linesPerForced, { phases, upToNs });
  const shown = withPhases ? lines : essential(lines).slice(-rows);
  return { shown, newer, total };
}

/** What has room in few rows: no phase changes, no calls, and of what the program printed the newest line. */
function essential(lines: readonly JournalEntry[]): readonly JournalEntry[] {
  const output = lines.findLast(isOutput);
  return lines.filter((entry) => !isDetail(entry) && (!isOutput(entry) || entry === output));
}

const isDetail = ({ type }: JournalEntry): boolean =>
  type === 'phase' || type === 'call' || type === 'calls' || type === 'call-sum';

const isOutput = (entry: JournalEntry): boolean => entry.type === 'note' && entry.isOutput === true;

/** A forced cycle's line comes with up to four phase changes. */
const linesPerForced = 5;
