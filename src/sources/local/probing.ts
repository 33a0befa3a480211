import { GctopError } from '../../error.js';
import type { Draft } from '../order.js';
import type { CycleProbe } from './cycle-probe.js';
import { findTracefs, removeLeftovers } from './tracefs.js';

/** What the probe of tier B is called in the stream. */
export const cycleProbeName = 'cycle';

/** How the attempt to probe ended. */
export interface Probing {
  readonly probe: CycleProbe | undefined;
  /** What cannot be shown without it, in words. */
  readonly missing: readonly string[];
  /** What there is to say of it. */
  news(target: string): readonly Draft[];
}

/** Puts the probe in place if that may be; whatever keeps it from that is told, and memory alone goes on. */
export async function tryProbe(
  probes: 'none' | 'light' | 'full',
  initTime: bigint | undefined,
  add: (tracefs: string, initTime: bigint) => CycleProbe,
): Promise<Probing> {
  if (probes === 'none') return without('the probe is switched off', () => []);
  const notes: Draft[] = [];
  try {
    const tracefs = await findTracefs((path) =>
      notes.push(note('info', 'probe.mounted', `mounted tracefs at ${path}`)),
    );
    notes.push(...removedLeftovers(tracefs));
    if (initTime === undefined)
      throw new GctopError('TRACEFS', 'the program does not say when it started up');
    const probe = add(tracefs, initTime);
    return { probe, missing: [], news: (target) => [...notes, stateOf(target, 'running', { hits: 0 })] };
  } catch (error) {
    if (!(error instanceof GctopError) || error.code !== 'TRACEFS') throw error;
    if (process.getuid?.() !== 0) return without('needs root and tracefs', () => notes);
    const { message } = error;
    return without(message, (target) => [...notes, stateOf(target, 'failed', { detail: message })]);
  }
}

const without = (why: string, news: Probing['news']): Probing => ({
  probe: undefined,
  missing: [`whole record of each cycle: ${why}`],
  news,
});

const stateOf = (
  target: string,
  state: 'running' | 'failed',
  rest: { readonly hits: number } | { readonly detail: string },
): Draft => ({ type: 'probe', target, probe: cycleProbeName, state, attempt: 1, ...rest });

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
