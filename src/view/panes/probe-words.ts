import type { ProbeState } from '../../gc/stream.js';
import type { Glyphs } from '../glyphs.js';
import { plain } from '../text.js';
import type { EntryOf, EventWords } from './event-words.js';

/** A probe, or several together, came into another state. */
export function probeWords(
  { state: signs }: Glyphs,
  entry: EntryOf<'probe'> | EntryOf<'probes'>,
): EventWords {
  const { state } = entry;
  const isBad = state === 'failed' || state === 'missing' || state === 'dropped';
  return {
    sign: isBad ? signs.failed : state === 'running' ? signs.up : signs.waiting,
    kind: 'probe',
    texts: entry.type === 'probe' ? oneProbe(entry) : severalProbes(entry),
    level: isBad ? 'bad' : 'news',
  };
}

/** One sentence; where it is too long, without its details. */
function oneProbe({ probe, state, detail }: EntryOf<'probe'>): readonly string[] {
  const words = `${probeNames[probe] ?? plain(probe)} ${stateWords[state].one}`;
  if (detail === undefined) return [words];
  const why = `${words}${jointOf(state)}${plain(detail)}`;
  return [why, ...(state === 'dropped' ? [why.replace(/: .*$/, '')] : [])];
}

function severalProbes({ probes, state, detail }: EntryOf<'probes'>): readonly string[] {
  const words = `${probes.length} probes ${stateWords[state].several}`;
  if (detail !== undefined) return [`${words}${jointOf(state)}${plain(detail)}`, words];
  return [`${words}: ${probes.map(plain).join(', ')}`, words];
}

/** Details of one that runs, or did, are a clause with a colon of its own. */
const jointOf = (state: ProbeState): string => (state === 'running' || state === 'dropped' ? ', ' : ': ');

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
