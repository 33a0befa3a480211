import type { PauseReason } from '../../gc/event.js';
import type { Stop } from '../../model/model.js';
import { count, duration } from '../format.js';
import type { EntryOf } from './event-words.js';

type ForeignReason = Exclude<PauseReason, 'sweep-termination' | 'mark-termination'>;

/** Why the world was stopped, as a name and as the end of a sentence. */
const reasons: Readonly<Record<ForeignReason, { readonly name: string; readonly why: string }>> = {
  'write-heap-dump': { name: 'heap dump', why: ' to write a heap dump' },
  'goroutine-profile': { name: 'goroutine profile', why: ' for a goroutine profile' },
  'goroutine-profile-cleanup': { name: 'end of goroutine profile', why: ' to end a goroutine profile' },
  'all-goroutines-stack-trace': { name: 'stack traces', why: " for all goroutines' stacks" },
  'read-mem-stats': { name: 'ReadMemStats', why: ' for ReadMemStats' },
  'all-threads-syscall': { name: 'syscall on all threads', why: ' for a syscall on all threads' },
  gomaxprocs: { name: 'GOMAXPROCS', why: ' to change GOMAXPROCS' },
  'start-trace': { name: 'start of trace', why: ' to start a trace' },
  'stop-trace': { name: 'end of trace', why: ' to stop a trace' },
  other: { name: 'unknown', why: '' },
};

/** A stop that is not the collector's, from long to short: how long, how much of it was stopping, and why. */
export function foreignStopTexts({ reason, durationNs, stoppingNs }: EntryOf<'stop'>): readonly string[] {
  const lasted = duration(durationNs).trim();
  const stopping = stoppingNs === undefined ? '' : duration(stoppingNs).trim();
  const why = isForeign(reason) ? reasons[reason].why : ` for ${reason.replace('-', ' ')}`;
  const not = isForeign(reason) ? ', not the collector' : '';
  const plain = [`world stopped ${lasted}${why}${not}`, `world stopped ${lasted}${why}`];
  if (stopping === '') return plain;
  return [
    `world stopped ${lasted}, stopping ${stopping} of it${why === '' ? '' : ','}${why}${not}`,
    `world stopped ${lasted} (stopping ${stopping})${why}`,
    ...plain.slice(1),
  ];
}

const mostNamed = 3;

/** `ReadMemStats 2, GOMAXPROCS 1`: the stops that are not the collector's by their reasons; empty where there is none. */
export function foreignStopsByReason(stops: readonly Stop[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of stops) {
    if (!isForeign(reason)) continue;
    const { name } = reasons[reason];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  // Where no reason is ever told, their number says it all.
  if (counts.size === 1 && counts.has(reasons.other.name)) return count(counts.get(reasons.other.name));
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  const rest = byCount.slice(mostNamed).reduce((sum, [, times]) => sum + times, 0);
  const named = byCount.slice(0, mostNamed).map(([name, times]) => `${name} ${count(times)}`);
  return [...named, ...(rest === 0 ? [] : [`${count(rest)} more`])].join(', ');
}

export const isForeign = (reason: Stop['reason']): reason is ForeignReason => reason in reasons;
