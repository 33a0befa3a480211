import type { Note, Step } from '../../gc/stream.js';
import { type Nanos, nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import { loopback } from './local-port.js';

export interface UpNews {
  readonly port: number;
  /** The port it had before. */
  readonly before: number | undefined;
  readonly pod: string;
  readonly downSinceNs: Nanos | undefined;
  readonly preferredPort: number;
}

export interface AgainNews {
  readonly why: string;
  readonly tries: number;
  readonly waitMs: number;
  readonly downSinceNs: Nanos | undefined;
}

/** What is told of a port-forward. */
export interface ForwardWords {
  starting(pod: string): Step;
  up(news: UpNews): readonly (Note | Step)[];
  lost(why: string): Note;
  again(news: AgainNews): Step;
  held(why: string, downSinceNs: Nanos | undefined): Step;
}

/** So many tries in vain, and it is called failed; it is tried on all the same. */
const triesUntilFailed = 4;

export function forwardWords(clock: Clock, remotePort: number): ForwardWords {
  const step = (stands: Pick<Step, 'state' | 'word'> & Partial<Step>): Step => ({
    sinceNs: clock.nowNs(),
    ...stands,
    type: 'step',
    step: 'forward',
  });
  const since = (sinceNs: Nanos | undefined) => (sinceNs === undefined ? {} : { sinceNs });
  const note = (level: Note['level'], code: string, text: string): Note => ({
    type: 'note',
    level,
    code,
    text,
  });

  return {
    starting: (pod) => step({ state: 'waiting', word: 'starts', remark: `pod ${pod} :${remotePort}` }),
    up({ port, before, pod, downSinceNs, preferredPort }) {
      const here = `${loopback}:${port}`;
      const stands = step({
        state: 'up',
        word: 'up',
        remark: `${here} -> pod :${remotePort}`,
        address: `http://${here}`,
      });
      const taken = port === preferredPort ? '' : ` (${preferredPort} is taken)`;
      if (before === undefined || downSinceNs === undefined)
        return [stands, note('info', 'forward.up', `${here} -> pod ${pod} :${remotePort}${taken}`)];
      const after = `back after ${duration(clock.nowNs() - downSinceNs)}`;
      const where =
        port === before ? `on the same port ${here}` : `as ${here}: port ${before} was taken meanwhile`;
      return [stands, note('info', 'forward.back', `${after} ${where}`)];
    },
    lost: (why) => note('warning', 'forward.lost', `lost: ${why}; starting again`),
    again: ({ why, tries, waitMs, downSinceNs }) =>
      step({
        state: tries < triesUntilFailed ? 'waiting' : 'failed',
        word: `try ${tries + 1}`,
        remark: why,
        ...since(downSinceNs),
        untilNs: nanos(clock.nowNs() + waitMs * 1e6),
      }),
    held: (why, downSinceNs) =>
      step({
        state: 'waiting',
        word: 'no pod',
        remark: `waits for the next pod: ${why}`,
        ...since(downSinceNs),
      }),
  };
}

/** '825 ms', '2.4 s'. */
const duration = (ns: number): string =>
  ns < 1e9 ? `${Math.round(ns / 1e6)} ms` : `${(ns / 1e9).toFixed(1)} s`;
