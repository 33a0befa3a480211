import type { ProbeState } from '../../gc/stream.js';
import { count, duration } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { plain } from '../text.js';
import type { EntryOf, EventWords } from './event-words.js';

/** A probe, or several together, came into another state. */
export function probeWords(
  { state: signs }: Glyphs,
  entry: EntryOf<'probe'> | EntryOf<'probes'>,
): EventWords {
  const { state } = entry;
  const isBad = state === 'failed' || state === 'missing';
  return {
    sign: isBad ? signs.failed : state === 'running' ? signs.up : signs.waiting,
    kind: 'probe',
    texts: entry.type === 'probe' ? [oneProbe(entry)] : severalProbes(entry),
    level: isBad ? 'bad' : 'news',
  };
}

function oneProbe({ probe, state, detail }: EntryOf<'probe'>): string {
  const why = detail === undefined ? '' : `: ${plain(detail)}`;
  return `${probeNames[probe] ?? plain(probe)} ${stateWords[state].one}${why}`;
}

function severalProbes({ probes, state, detail }: EntryOf<'probes'>): readonly string[] {
  const words = `${probes.length} probes ${stateWords[state].several}`;
  if (detail !== undefined) return [`${words}: ${plain(detail)}`, words];
  return [`${words}: ${probes.map(plain).join(', ')}`, words];
}

const stateWords: Readonly<Record<ProbeState, { readonly one: string; readonly several: string }>> = {
  pending: { one: 'waits', several: 'wait' },
  running: { one: 'is in place', several: 'are in place' },
  failed: { one: 'could not be placed', several: 'could not be placed' },
  missing: { one: 'is not in this program', several: 'are not in this program' },
  dropped: { one: 'was taken off', several: 'were taken off' },
  expired: { one: 'ran out', several: 'ran out' },
  removed: { one: 'was removed', several: 'were removed' },
};

/** The local source's probe of tier B, in words for people. */
const probeNames: Readonly<Record<string, string>> = { cycle: 'the probe at the end of each cycle' };

/** A call, or several neighbouring ones of one function: what it is, how long it took, what it did. */
export function callWords({ state }: Glyphs, entry: EntryOf<'call'> | EntryOf<'calls'>): EventWords {
  return {
    sign: state.waiting,
    kind: 'call',
    texts: entry.type === 'call' ? oneCall(entry) : [severalCalls(entry)],
    level: 'news',
  };
}

function oneCall({ probe, args, result, goid, durationNs }: EntryOf<'call'>): readonly string[] {
  const what = `${plain(probe).padEnd(nameWidth)} ${duration(durationNs)}`;
  const figures = [
    ...Object.entries(args).map(([name, value]) => `${plain(name)} ${figure(value)}`),
    ...(result === undefined ? [] : [resultWords(probe, result)]),
  ].join(', ');
  // No goroutine is -1: a call on a system stack that Pixie could not tell whose it was.
  const by = goid === undefined || goid < 0 ? '' : `  by goroutine ${count(goid)}`;
  return [`${what}${by}  ${figures}`.trimEnd(), `${what}  ${figures}`.trimEnd(), what];
}

const severalCalls = ({ probe, count: calls, longestNs }: EntryOf<'calls'>): string =>
  `${plain(probe).padEnd(nameWidth)} ${duration(longestNs)} the longest of ${count(calls)}`;

/** As wide as most names of probed functions. */
const nameWidth = 14;

function resultWords(probe: string, result: number): string {
  // All ones (runtime/mgcsweep.go): no span was left to sweep.
  if (probe === 'sweepone') return result < 0 ? 'nothing left to sweep' : `${figure(result)} pages swept`;
  return probe === 'gcDrainN' ? `${figure(result)} work done` : `gives ${figure(result)}`;
}

const figure = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e15 ? count(value) : String(Number(value.toPrecision(4)));
