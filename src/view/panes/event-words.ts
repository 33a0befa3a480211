import type { Phase } from '../../gc/phase.js';
import type { JournalEntry, JournalKind } from '../../model/journal-entry.js';
import { count, duration } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { plain } from '../text.js';
import { answerWords } from './answer-words.js';
import { callWords } from './call-words.js';
import { probeWords } from './probe-words.js';
import { type EventRoom, remarkText } from './remark-words.js';
import { foreignStopTexts } from './stop-words.js';

/** A log entry in words. */
export interface EventWords {
  readonly sign: string;
  readonly kind: JournalKind;
  /** What happened, in wordings from long to short. */
  readonly texts: readonly string[];
  readonly level: 'cycle' | 'stop' | 'news' | 'bad';
}

export type EntryOf<Type extends JournalEntry['type']> = Extract<JournalEntry, { readonly type: Type }>;

/** What happened, then why. */
export function eventWords(glyphs: Glyphs, entry: JournalEntry, room: EventRoom): EventWords {
  const { cause, stopKind, state, gap } = glyphs;
  switch (entry.type) {
    case 'cycle':
      return {
        sign: cause[entry.cycle.trigger],
        kind: cycleKind(entry),
        texts: cycleTexts(entry, room),
        level: 'cycle',
      };
    case 'cycles':
      return {
        sign: cause[entry.alike.trigger],
        kind: 'cycles',
        texts: alikeTexts(entry, room),
        level: 'cycle',
      };
    case 'phase':
      return { sign: state.waiting, kind: 'phase', texts: [phaseText(entry)], level: 'news' };
    case 'stop':
      return { sign: stopKind.other, kind: 'stop', texts: foreignStopTexts(entry), level: 'stop' };
    case 'gap':
      return { sign: gap, kind: 'gap', texts: [gapText(entry)], level: 'news' };
    case 'probe':
    case 'probes':
      return probeWords(glyphs, entry);
    case 'call':
    case 'calls':
    case 'call-sum':
      return callWords(glyphs, entry);
    case 'answer':
      return answerWords(glyphs, entry);
    case 'note': {
      const isBad = entry.level !== 'info';
      const sign = isBad ? state.failed : entry.kind === 'canary' ? state.waiting : state.up;
      return { sign, kind: entry.kind, texts: [plain(entry.text)], level: isBad ? 'bad' : 'news' };
    }
  }
}

/** A room and those that are narrower. */
const roomsFrom = (room: EventRoom): readonly EventRoom[] => rooms.slice(rooms.indexOf(room));

const rooms: readonly EventRoom[] = ['wide', 'medium', 'narrow'];

function cycleKind({ cycle, remark }: EntryOf<'cycle'>): JournalKind {
  if (cycle.trigger === 'forced') return 'forced';
  return remark === 'assist' ? 'assist' : 'cycle';
}

const numbered = (number: number | undefined): string => (number === undefined ? '' : `#${count(number)}`);

/** From long to short: first the words that name the goroutine get shorter, then the remark. */
function cycleTexts(entry: EntryOf<'cycle'>, room: EventRoom): readonly string[] {
  const gap = room === 'narrow' ? ' ' : '  ';
  return roomsFrom(room).flatMap((each) =>
    forcedBy(entry.cycle).map((forced) => cycleText(entry, { room: each, gap, forced })),
  );
}

/** `runtime.GC by goroutine 18`, as far as it is known who called it. */
function forcedBy({ forcedBy: goid }: EntryOf<'cycle'>['cycle']): readonly string[] {
  const words = 'runtime.GC';
  if (goid === undefined) return [words];
  return [`${words} by goroutine ${count(goid)}`, `${words} by G${goid}`, words];
}

interface CycleWords {
  readonly room: EventRoom;
  readonly gap: string;
  readonly forced: string;
}

function cycleText({ cycle, remark }: EntryOf<'cycle'>, { room, gap, forced }: CycleWords): string {
  const causes = {
    heap: '',
    forced,
    time: 'by time: 2 min without one',
    unknown: 'cause unknown',
  };
  const why = [causes[cycle.trigger], remark === undefined ? '' : remarkText(cycle, remark, room)];
  const words = why.filter((text) => text !== '').join('; ');
  const number = numbered(cycle.number);
  if (number === '' && words === '') return 'by the heap';
  return `${number}${number === '' ? '' : gap}${words}`.trimEnd();
}

function alikeTexts({ alike }: EntryOf<'cycles'>, room: EventRoom): readonly string[] {
  const isNumbered = alike.firstNumber !== undefined && alike.lastNumber !== undefined;
  const range = isNumbered ? `  ${numbered(alike.firstNumber)} to ${numbered(alike.lastNumber)}` : '';
  const cause = alike.trigger === 'unknown' ? ', cause unknown' : '';
  const partial = alike.partial === 0 ? '' : `, ${count(alike.partial)} not whole`;
  const words = `${count(alike.count).padStart(2)} alike${cause}`;
  if (room === 'narrow') return [`${words}${range}`];
  const all = `${words}${partial}${range}`;
  return [`${all}  (median mark, longest stops)`, `${all}  (median, longest)`, all, `${words}${range}`];
}

function phaseText({ phase, cycle, lastedNs }: EntryOf<'phase'>): string {
  const lasted = lastedNs === undefined ? undefined : duration(lastedNs).trim();
  const after = (words: string): string => (lasted === undefined ? '' : `, ${words} ${lasted}`);
  const texts: Readonly<Record<Phase, string>> = {
    'sweep-termination': 'stop for sweep termination',
    mark: `marking began${after('the world was stopped')}`,
    'mark-termination': `stop for mark termination${after('marking took')}`,
    sweep: `sweeping began${after('the world was stopped')}`,
    off: `swept${after('it took')}`,
  };
  return `${cycle === undefined ? '' : `${numbered(cycle)}  `}${texts[phase]}`;
}

function gapText({ fromNs, toNs, lost, reason }: EntryOf<'gap'>): string {
  const cycles = lost === undefined ? '' : `, ${count(lost)} ${lost === 1 ? 'cycle' : 'cycles'} in it`;
  return `${duration(toNs - fromNs).trim()} unseen: ${plain(reason)}${cycles}`;
}
