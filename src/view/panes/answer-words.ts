import type { TrafficReport } from '../../gc/stream.js';
import type { GcShare } from '../../model/journal-entry.js';
import { duration, share } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { plain } from '../text.js';
import type { EntryOf, EventWords } from './event-words.js';

/** An answer to traffic that gctop sent, with the collector's part in it; where it failed, with the reason. */
export function answerWords({ state }: Glyphs, { report, gcNs }: EntryOf<'answer'>): EventWords {
  const { button, requests, failed, startedAtNs, endedAtNs, slowestNs } = report;
  const wholeNs = endedAtNs - startedAtNs;
  const several = requests > 1;
  const what = `${button}: ${several ? `${requests} x ` : ''}${report.status ?? 'no answer'} in ${duration(wholeNs)}`;
  const slowest = several ? `, slowest ${duration(slowestNs)}` : '';
  const failures = failed > 0 && several ? `, ${failed} failed` : '';
  const isBad = failed > 0;
  const reason = failureReason(report);
  const [long, short] = isBad && reason !== '' ? [`: ${reason}`, `: ${reason}`] : gcParts(gcNs, wholeNs);
  return {
    sign: isBad ? state.failed : state.waiting,
    kind: 'answer',
    texts: [`${what}${slowest}${failures}${long}`, `${what}${slowest}${failures}${short}`, `${what}${short}`],
    level: isBad ? 'bad' : 'news',
  };
}

/** Why there is no answer, or what a failed one says: `ECONNREFUSED 127.0.0.1:1`. */
export const failureReason = ({ failed, answer }: TrafficReport): string =>
  failed === 0 ? '' : plain(answer ?? '').replace(/^connect /, '');

/** The collector's part, in full and in short. */
function gcParts(gcNs: GcShare, wholeNs: number): readonly [long: string, short: string] {
  if (gcNs === 'pending') return [', GC share in a moment', ', GC in a moment'];
  if (gcNs === undefined) return [', GC share not known', ', GC not known'];
  if (gcNs === 0) return [', no GC in it', ', no GC'];
  const part = wholeNs > 0 ? share(gcNs / wholeNs).trim() : '';
  return [
    `, GC ran during ${duration(gcNs)} of it${part === '' ? '' : ` (${part})`}`,
    part === '' ? `, GC ${duration(gcNs).trim()}` : `, GC ${part}`,
  ];
}
