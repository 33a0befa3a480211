import { markNs, stopsNs } from '../../gc/cycle.js';
import { isPod } from '../../model/coming-up.js';
import type { AlikeCycles, JournalEntry } from '../../model/journal-entry.js';
import { byteUnit, duration, threeDigits } from '../format.js';
import { fit, fitEnds, muted, type Piece, span, widthOf } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line, Role } from '../screen-view.js';
import { cut, firstThatFits } from '../text.js';
import { clockTimeMs } from '../wall-clock.js';
import { type EventWords, eventWords } from './event-words.js';

/** One line of the log: time, sign, kind, text, and for cycles figures in fixed columns at the right. */
export function entryLine(scene: Scene, entry: JournalEntry, width: number): Line {
  const compact = width < 120;
  const words = eventWords(scene.glyphs, entry, compact ? 'narrow' : width < 140 ? 'medium' : 'wide');
  const time = clockTimeMs(scene.clock, entry.atNs);
  const head: readonly Piece[] = [
    ' ',
    muted(width < 100 ? time.slice('14:'.length) : time),
    ' ',
    signOf(words),
    ` ${words.kind.padEnd(8)} `,
  ];
  const figures = cycleFigures(entry);
  if (figures === undefined) return fit(width, [...head, firstThatFits(words.texts, width - widthOf(head))]);
  if (compact) {
    const told = compactFigures(figures);
    const room = width - widthOf([...head, ...told]) - 2;
    return fit(width, [...head, `${cut(firstThatFits(words.texts, room), room)}  `, ...told]);
  }
  // Of a pod's heap nothing is known: its columns would hold nothing but dashes.
  const told = isPod(scene.model) ? stopFigures(figures) : wideFigures(figures);
  const text = firstThatFits(words.texts, width - widthOf([...head, ...told]));
  return fitEnds(width, [...head, text], told);
}

function signOf({ sign, level }: EventWords): Piece {
  const roles: Readonly<Record<EventWords['level'], Role>> = {
    cycle: 'gc',
    stop: 'stop',
    news: 'text',
    bad: 'bad',
  };
  return span(sign, roles[level]);
}

type Figures = Pick<AlikeCycles, 'medianMarkNs' | 'longestStopsNs' | 'heapAtEnd' | 'heapMarked'>;

function cycleFigures(entry: JournalEntry): Figures | undefined {
  if (entry.type === 'cycles') return entry.alike;
  if (entry.type !== 'cycle') return undefined;
  const { cycle } = entry;
  return {
    medianMarkNs: markNs(cycle),
    longestStopsNs: stopsNs(cycle),
    heapAtEnd: cycle.heapAtEnd,
    heapMarked: cycle.heapMarked,
  };
}

const stopFigures = (figures: Figures): readonly Piece[] => [
  muted('  mark '),
  duration(figures.medianMarkNs),
  muted('  stops '),
  duration(figures.longestStopsNs),
  '  ',
];

const wideFigures = (figures: Figures): readonly Piece[] => [
  ...stopFigures(figures),
  `${heapFromTo(figures).padEnd(16)}  `,
];

const compactFigures = (figures: Figures): readonly Piece[] => [
  muted('mark '),
  duration(figures.medianMarkNs).trim(),
  muted('  stops '),
  duration(figures.longestStopsNs).trim(),
];

/** `49.8 -> 25.5 MiB`, both in the unit of the larger one. */
function heapFromTo({ heapAtEnd, heapMarked }: Figures): string {
  if (heapAtEnd === undefined && heapMarked === undefined) return '   -         -';
  const unit = byteUnit(Math.max(heapAtEnd ?? 0, heapMarked ?? 0));
  const figure = (value: number | undefined): string =>
    (value === undefined ? '-' : threeDigits(value / unit.size)).padStart(4);
  return `${figure(heapAtEnd)} -> ${figure(heapMarked)} ${unit.name}`;
}
