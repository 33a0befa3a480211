import { count, duration } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { plain } from '../text.js';
import type { EntryOf, EventWords } from './event-words.js';

/** A call, several neighbouring ones of one function, or calls that were added up: what it is, how long, what it did. */
export function callWords(
  { state }: Glyphs,
  entry: EntryOf<'call'> | EntryOf<'calls'> | EntryOf<'call-sum'>,
): EventWords {
  return { sign: state.waiting, kind: 'call', texts: callTexts(entry), level: 'news' };
}

function callTexts(entry: EntryOf<'call'> | EntryOf<'calls'> | EntryOf<'call-sum'>): readonly string[] {
  switch (entry.type) {
    case 'call':
      return oneCall(entry);
    case 'calls':
      return [severalCalls(entry)];
    case 'call-sum':
      return summedCalls(entry);
  }
}

function oneCall({ probe, args, result, goid, durationNs }: EntryOf<'call'>): readonly string[] {
  const what = `${nameOf(probe)} ${duration(durationNs)}`;
  const did = result === undefined ? [] : [resultWords(probe, result)];
  const given = Object.entries(args).map(([name, value]) => `${plain(name)} ${figure(value)}`);
  const figures = [...given, ...did].join(', ');
  // No goroutine is -1: a call on a system stack that Pixie could not tell whose it was.
  const by = goid === undefined || goid < 0 ? '' : `  by goroutine ${count(goid)}`;
  return [`${what}${by}  ${figures}`, `${what}  ${figures}`, `${what}  ${did.join()}`, what].map((words) =>
    words.trimEnd(),
  );
}

const severalCalls = ({ probe, count: calls, longestNs }: EntryOf<'calls'>): string =>
  longestNs === undefined
    ? `${nameOf(probe)} ${count(calls)} calls`
    : `${nameOf(probe)} ${duration(longestNs)} the longest of ${count(calls)}`;

/** `sweepone       1,240 calls in  500 ms, 3,022 pages swept, longest 4.20 µs`. */
function summedCalls(entry: EntryOf<'call-sum'>): readonly string[] {
  const { probe, calls, args, result, longestNs, durationNs } = entry;
  const within = durationNs === undefined ? '' : ` in ${duration(durationNs).trim()}`;
  const what = `${nameOf(probe)} ${count(calls)} calls${within}`;
  const sums = [
    ...Object.entries(args).map(([name, sum]) => sumWords(probe, name, sum)),
    ...(result === undefined ? [] : [resultSumWords(probe, result)]),
  ];
  const told = [what, ...sums].join(', ');
  return [...(longestNs === undefined ? [] : [`${told}, longest ${duration(longestNs).trim()}`]), told, what];
}

function sumWords(probe: string, name: string, sum: number): string {
  if (name === 'npages') return `${figure(sum)} ${probe === 'sweepone' ? 'pages swept' : 'pages'}`;
  if (probe === 'gcDrainN') return `${figure(sum)} work wanted`;
  if (probe === 'gcAssistAlloc1') return `${figure(sum)} work owed`;
  return `${plain(name)} ${figure(sum)} in all`;
}

const resultSumWords = (probe: string, sum: number): string =>
  probe === 'sweepone' || probe === 'gcDrainN' ? resultWords(probe, sum) : `gives ${figure(sum)} in all`;

function resultWords(probe: string, result: number): string {
  // All ones (runtime/mgcsweep.go): no span was left to sweep.
  if (probe === 'sweepone') return result < 0 ? 'nothing left to sweep' : `${figure(result)} pages swept`;
  return probe === 'gcDrainN' ? `${figure(result)} work done` : `gives ${figure(result)}`;
}

/** As wide as most names of probed functions. */
const nameOf = (probe: string): string => plain(probe).padEnd(14);

const figure = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e15 ? count(value) : String(Number(value.toPrecision(4)));
