import { type ErrorCode, GctopError } from '../../error.js';
import { lengthText } from '../../gc/length-text.js';
import type { Nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import type { Draft } from '../order.js';
import type { Attached } from './attach.js';
import type { Identity } from './same-program.js';
import { bootTicks, type Successor, Successors } from './successors.js';

/** A program that has ended, as far as it was known. */
export interface Ended {
  readonly identity: Identity;
  readonly goVersion: string | undefined;
  /** When it was last seen alive. */
  readonly aliveAtNs: Nanos;
}

/** The program that runs in its place. */
export interface Followed {
  readonly identity: Identity;
  readonly attached: Attached;
  /** What is to be said of it, once it has been told. */
  readonly news: readonly Draft[];
}

export interface Following {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Opens a program; undefined after an abort. Throws what it cannot be watched for. */
  attach(pid: number): Promise<Attached | undefined>;
}

/** How often the processes are looked through: a successor's first cycles are worth more than what it costs. */
const lookIntervalMs = 250;

/**
 * Waits for the program to run again, as long as nobody aborts, and says how that goes. What was found but cannot be
 * watched is told and passed over. Gives undefined after an abort.
 */
export async function* follow(
  ended: Ended,
  { clock, signal, attach }: Following,
): AsyncGenerator<Draft, Followed | undefined> {
  const { identity, aliveAtNs } = ended;
  yield warning('target.exited', `pid ${identity.pid} exited; waiting for ${awaited(identity)} to run again`);
  const successors = new Successors(identity, bootTicks((clock.nowNs() - aliveAtNs) / 1e9));
  for (; !signal.aborted; await rest(clock, signal)) {
    const successor = successors.look();
    if (successor === undefined) continue;
    try {
      const attached = await attach(successor.identity.pid);
      if (attached === undefined) return undefined;
      return { identity: successor.identity, attached, news: newsOf(ended, successor, attached) };
    } catch (error) {
      if (!(error instanceof GctopError) || !passedOver.includes(error.code)) throw error;
      const forGood = error.code !== 'NO_SUCH_PROCESS';
      successors.reject(successor, { forGood });
      if (forGood) yield warning('target.refused', `${startOf(successor)}, but ${error.message}`);
    }
  }
  return undefined;
}

/** What a program is refused for; all else is a failure of gctop's own. */
const passedOver: readonly ErrorCode[] = [
  'NO_SUCH_PROCESS',
  'NO_RIGHTS',
  'NOT_GO',
  'STRIPPED',
  'UNKNOWN_GO_VERSION',
  'UNKNOWN_LAYOUT',
  'UNSUPPORTED_MACHINE',
];

function awaited({ path, belonging }: Identity): string {
  const { container, podUid, unit } = belonging;
  if (container !== undefined && container.isOfUnit !== true) {
    return podUid === undefined ? `its container (${container.id.slice(0, 12)})` : `its pod (${podUid})`;
  }
  return unit ?? path;
}

const startOf = ({ identity, proof }: Successor): string => `pid ${identity.pid} runs ${proof}`;

/** Which one is watched from here on, since when, and what of it was not seen. */
function newsOf(ended: Ended, { identity, proof }: Successor, attached: Attached): readonly Draft[] {
  const { target, first, initAtNs, goVersion } = attached;
  const { aliveAtNs } = ended;
  const afterNs = Math.max(0, (initAtNs ?? first.atNs) - aliveAtNs);
  const from = ended.identity.pid;
  const to = identity.pid;
  const who = from === to ? `follows pid ${to} into its next program` : `follows pid ${from} -> ${to}`;
  const release = goVersion === ended.goVersion ? '' : `, now ${goVersion}`;
  const text = `${who}, ${proof}${release}, restarted after ${lengthText(afterNs)}; its cycles are known from #${first.cycles + 1} on`;
  return [
    {
      type: 'gap',
      target,
      fromNs: aliveAtNs,
      toNs: first.atNs,
      lost: first.cycles,
      reason: 'the program was restarted',
    },
    { type: 'note', level: 'info', code: 'target.follows', text },
  ];
}

const warning = (code: string, text: string): Draft => ({ type: 'note', level: 'warning', code, text });

async function rest(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(lookIntervalMs, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
