import type { JournalEntry } from '../../model/journal-entry.js';
import type { Rect } from '../../model/layout.js';
import { count } from '../format.js';
import { muted } from '../line.js';
import type { Scene } from '../scene.js';
import { entryLine } from './event-line.js';
import type { PaneView } from './pane.js';
import { nothingYet, wordsInTheMiddle } from './words.js';

/** The log, newest line last; zoomed it is unfolded and tells phase changes too. */
export function eventsPane(scene: Scene, rect: Rect): PaneView {
  const rows = rect.height - 1;
  const { shown, newer, total } = visibleEntries(scene, rows);
  const below = newer === 0 ? '' : `, ${count(newer)} newer below`;
  const numbers = `all  ${shown.length} of ${count(total)}`;
  const legends = [[muted(`${numbers} shown${below}`)], [muted(numbers)]];
  if (shown.length === 0) {
    const words = nothingYet(scene) ?? ['nothing happened yet'];
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

function visibleEntries({ model, axis }: Scene, rows: number): VisibleEntries {
  const { journal, screen } = model;
  const phases = screen.zoom === 'events';
  if (screen.frozenAtNs === undefined) {
    const shown = journal.newest(rows, { phases });
    return { shown, newer: 0, total: Math.max(journal.total, shown.length) };
  }
  const kept = journal.newest(journal.length, { phases });
  const past = kept.filter((entry) => entry.atNs <= axis.knownToNs);
  const newer = kept.length - past.length;
  return { shown: past.slice(-rows), newer, total: Math.max(past.length, journal.total - newer) };
}
