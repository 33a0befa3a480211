import type { PauseReason } from '../../gc/event.js';
import type { Phase } from '../../gc/phase.js';
import type { JournalEntry, JournalKind } from '../../model/journal-entry.js';
import { count, duration } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { plain } from '../text.js';
import { answerWords } from './answer-words.js';
import { callWords, probeWords } from './probe-words.js';
import { type EventRoom, remarkText } from './remark-words.js';

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
        texts: roomsFrom(room).map((each) => cycleText(entry, each, room === 'narrow' ? ' ' : '  ')),
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
      return { sign: stopKind.other, kind: 'stop', texts: [foreignStopText(entry)], level: 'stop' };
    case 'gap':
      return { sign: gap, kind: 'gap', texts: [gapText(entry)], level: 'news' };
    case 'probe':
    case 'probes':
      return probeWords(glyphs, entry);
    case 'call':
    case 'calls':
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

function cycleText({ cycle, remark }: EntryOf<'cycle'>, room: EventRoom, gap: string): string {
  const causes = {
    heap: '',
    forced: 'runtime.GC',
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

function foreignStopText({ reason, durationNs }: EntryOf<'stop'>): string {
  const reasons: Readonly<Record<PauseReason, string>> = {
    'sweep-termination': ' for sweep termination',
    'mark-termination': ' for mark termination',
    'write-heap-dump': ' to write a heap dump, not the collector',
    'goroutine-profile': ' for a goroutine profile, not the collector',
    'goroutine-profile-cleanup': ' to end a goroutine profile, not the collector',
    'all-goroutines-stack-trace': " for all goroutines' stacks, not the collector",
    'read-mem-stats': ' for ReadMemStats, not the collector',
    'all-threads-syscall': ' for a syscall on all threads, not the collector',
    gomaxprocs: ' to change GOMAXPROCS, not the collector',
    'start-trace': ' to start a trace, not the collector',
    'stop-trace': ' to stop a trace, not the collector',
    other: ', not the collector',
  };
  return `world stopped ${duration(durationNs)}${reasons[reason]}`;
}

function gapText({ fromNs, toNs, lost, reason }: EntryOf<'gap'>): string {
  const cycles = lost === undefined ? '' : `, ${count(lost)} ${lost === 1 ? 'cycle' : 'cycles'} in it`;
  return `${duration(toNs - fromNs).trim()} unseen: ${plain(reason)}${cycles}`;
}
