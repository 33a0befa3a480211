import type { GctopError } from '../../../error.js';
import { lengthText } from '../../../gc/length-text.js';
import type { ProbeName } from '../../../gc/probe.js';
import type { Draft } from '../../order.js';
import type { Attempt } from './attempt.js';
import type { EndedTry } from './canary.js';
import { type Timing, ttlText } from './options.js';
import type { Tracepoint } from './scripts.js';
import type { Trouble } from './state.js';
import { refusalOf, refusalWords } from './verdicts.js';

/** The lines of the event log that tell how a deployment goes on. */
export const news = {
  canarySent(name: string, number: number, { canaryTries }: Timing): Draft {
    const how = number === 1 ? 'sent' : 'sent under a new name, the old one is removed';
    return info('canary.sent', `try ${number} of ${canaryTries}: ${name} ${how}`);
  },
  canaryRefused(number: number, { texts = [] }: Attempt, { graceMs }: Timing): Draft {
    const why = refusalWords(refusalOf(texts));
    const limit = lengthText(graceMs * 1e6);
    return info('canary.refused', `try ${number}: refused so far, ${why}; that is not final for ${limit}`);
  },
  canaryFailed({ refusal, startedAtNs, endedAtNs }: EndedTry, number: number, nextInNs?: number): Draft {
    const next = nextInNs === undefined ? '' : `; next try in ${lengthText(nextInNs)}`;
    const lasted = lengthText(endedAtNs - startedAtNs);
    return warning('canary.failed', `try ${number} failed after ${lasted}: ${refusalWords(refusal)}${next}`);
  },
  canaryUp(number: number, tookNs: number): Draft {
    return info(
      'canary.up',
      `try ${number} runs after ${lengthText(tookNs)}: a PEM knows the pod and can place probes`,
    );
  },
  halted(code: 'canary.gave-up' | 'pixie.stopped', { message, hint }: GctopError): Draft {
    const what = hint === undefined ? message : `${message}: ${hint}`;
    return { type: 'note', level: 'error', code, text: `${what} (r: try again)` };
  },
  probesSent(
    fresh: readonly Tracepoint[],
    all: readonly Tracepoint[],
    { probeTtlMs, renewMs }: Timing,
  ): Draft {
    if (fresh.length < all.length) {
      return info('probe.sent', `${listText(fresh.map(({ probe }) => probe))} sent under a new name`);
    }
    const what = fresh.length === 1 ? '1 probe sent' : `${fresh.length} probes sent together`;
    const lives = `each lives ${ttlText(probeTtlMs)}, renewed every ${ttlText(renewMs)}`;
    return info('probe.sent', `${what}: ${lives}`);
  },
  adopted(probes: readonly ProbeName[]): Draft {
    const [what, they] =
      probes.length === 1
        ? [`the probe ${probes[0]}`, 'runs: it is']
        : [`${probes.length} probes`, 'still run: they are'];
    return info('probe.adopted', `${what} of an earlier or other gctop ${they} taken over`);
  },
  doubled(probes: readonly Tracepoint['probe'][]): Draft {
    const what = `${listText(probes)} ran twice in this pod, for another gctop or an earlier one`;
    const until = 'calls may be counted twice for up to 30 s more';
    return warning('probe.doubled', `${what}: one of each is removed; ${until}`);
  },
  rivals(names: readonly string[]): Draft {
    const [what, they] = names.length === 1 ? ['1 probe', 'runs'] : [`${names.length} probes`, 'run'];
    const until = `calls may be counted twice until ${names.length === 1 ? 'it ends' : 'they end'}`;
    return warning(
      'probe.rival',
      `${what} of another gctop version ${they} in this pod, ${names.join(', ')}: ${until}`,
    );
  },
  strangers(names: readonly string[]): Draft {
    const [what, they] =
      names.length === 1 ? ['1 tracepoint', 'fills'] : [`${names.length} tracepoints`, 'fill'];
    const when = 'where the image and the node are the same, calls are counted twice';
    return info(
      'probe.elsewhere',
      `${what} for another pod or placed by hand ${they} the same tables, ${listText(names)}: ${when}`,
    );
  },
  lost(probes: readonly ProbeName[], unseenNs: number): Draft {
    const [what, they] =
      probes.length === 1 ? [`${probes[0]} does`, 'it is'] : [`${listText(probes)} do`, 'they are'];
    const since = lengthText(unseenNs);
    return warning(
      'probe.lost',
      `${what} not run any more: ${they} sent again; calls are missing from up to ${since} ago until then`,
    );
  },
  trouble({ message, hint }: GctopError): Draft {
    const what = hint === undefined ? message : `${message} (${hint})`;
    return warning('pixie.trouble', `${what}; trying again`);
  },
  troubleOver({ sinceNs }: Trouble, nowNs: number): Draft {
    return info('pixie.back', `the cluster answers again after ${lengthText(nowNs - sinceNs)}`);
  },
} as const;

/** `GC, gcSweep and 4 more`. */
export function listText(names: readonly string[]): string {
  if (names.length <= 3) return names.join(', ');
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

const info = (code: string, text: string): Draft => ({ type: 'note', level: 'info', code, text });
const warning = (code: string, text: string): Draft => ({ type: 'note', level: 'warning', code, text });
