import { GctopError } from '../../error.js';
import type { Draft } from '../order.js';
import type { LocalProbes } from './local-probes.js';
import { findTracefs, removeLeftovers } from './tracefs.js';

/** How the attempt to probe ended. */
export interface Probing {
  readonly probes: LocalProbes | undefined;
  /** What cannot be shown without them, in words. */
  readonly missing: readonly string[];
  /** What there is to say of it. */
  news(target: string): readonly Draft[];
}

/** Puts the probes in place if that may be; whatever keeps them from that is told, and memory alone goes on. */
export async function tryProbe(
  isWanted: boolean,
  initTime: bigint | undefined,
  add: (tracefs: string, initTime: bigint) => LocalProbes,
): Promise<Probing> {
  if (!isWanted) return without('the probes are switched off', () => []);
  const notes: Draft[] = [];
  try {
    const tracefs = await findTracefs((path) =>
      notes.push(note('info', 'probe.mounted', `mounted tracefs at ${path}`)),
    );
    notes.push(...removedLeftovers(tracefs));
    if (initTime === undefined)
      throw new GctopError('TRACEFS', 'the program does not say when it started up');
    const probes = add(tracefs, initTime);
    return { probes, missing: [], news: (target) => [...notes, ...hitsOf(probes, target)] };
  } catch (error) {
    if (!(error instanceof GctopError) || error.code !== 'TRACEFS') throw error;
    if (process.getuid?.() !== 0) return without('needs root and tracefs', () => notes);
    const { message } = error;
    const failed = (target: string): Draft => ({
      type: 'probe',
      target,
      probe: 'cycle',
      state: 'failed',
      attempt: 1,
      detail: message,
    });
    return without(message, (target) => [...notes, failed(target)]);
  }
}

/** How often each of the probes that are always there was hit; those that tier D has as well it tells itself. */
export const hitsOf = (probes: LocalProbes, target: string): readonly Draft[] =>
  [...probes.hits].flatMap(([probe, hits]): Draft[] => {
    if (probes.callNames.has(probe)) return [];
    const costNs = probes.costNs(probe);
    const cost = costNs === undefined ? {} : { costNs };
    return [{ type: 'probe', target, probe, state: 'running', attempt: 1, hits, ...cost }];
  });

const without = (why: string, news: Probing['news']): Probing => ({
  probes: undefined,
  missing: [`whole record of each cycle: ${why}`],
  news,
});

/** What killed gctops left goes first. That it cannot is a pity, but no reason not to probe. */
function removedLeftovers(tracefs: string): readonly Draft[] {
  try {
    const removed = removeLeftovers(tracefs);
    if (removed.length === 0) return [];
    return [
      note('info', 'probe.leftovers', `removed probes that a killed gctop had left: ${removed.join(', ')}`),
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [note('warning', 'probe.leftovers', `probes that a killed gctop left cannot be removed: ${why}`)];
  }
}

const note = (level: 'info' | 'warning', code: string, text: string): Draft => ({
  type: 'note',
  level,
  code,
  text,
});
