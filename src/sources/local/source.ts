import type { SourceControl } from '../../gc/source-control.js';
import { type SourceMessage, streamFormat, type TargetId } from '../../gc/stream.js';
import type { Nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import { type Draft, MessageOrder } from '../order.js';
import type { Source } from '../source.js';
import { type Attached, attach } from './attach.js';
import { type Followed, follow } from './follow.js';
import { ProbeChoice } from './probe-choice.js';
import { identityOf } from './same-program.js';
import { Sampler } from './sampler.js';

export interface LocalSourceOptions {
  readonly pid: number;
  readonly clock: Clock;
  /**
   * Memory alone; also what the probes of a few hits a cycle tell, where root and tracefs allow; or single calls as well.
   * @default 'light'
   */
  readonly probes?: 'none' | 'light' | 'full';
  /** The share of one core that the probes of single calls may take from the program. @default 0.01 */
  readonly probeBudget?: number;
  /** @default 20 */
  readonly samplesPerSecond?: number;
  /** Goes on with the program when it runs again, instead of closing at its end. @default false */
  readonly follow?: boolean;
}

/** Watches a Go program that runs on this host. Stops nothing, writes nothing into it. */
export function localSource(options: LocalSourceOptions): Source {
  return { name: 'local', open: (signal, controls) => watch(options, signal, controls) };
}

async function* watch(
  options: LocalSourceOptions,
  signal: AbortSignal,
  controls: AsyncIterable<SourceControl>,
): AsyncGenerator<SourceMessage> {
  const { clock, samplesPerSecond = 20 } = options;
  const order = new MessageOrder(() => clock.nowNs());
  const opened: Draft = { type: 'opened', format: streamFormat, originUnixMs: clock.originUnixMs };
  const attachTo = attacher(options, signal);
  const choice = new ProbeChoice(options.probes === 'full' ? 'full' : 'light', () => clock.nowNs());
  // Read first: after its end nobody can say what it was.
  let identity = options.follow === true ? identityOf(options.pid) : undefined;
  let attached = await attachTo(options.pid);
  void choice.obey(controls);
  try {
    yield* order.date(opened);
    let reason: 'aborted' | 'target-exited' = 'aborted';
    let news: readonly Draft[] = [];
    while (attached !== undefined) {
      choice.applyTo(attached.probes);
      const sampling = { clock, intervalMs: 1000 / samplesPerSecond, order, signal, choice };
      const end: End = yield* sample({ attached, news }, sampling);
      choice.applyTo(undefined);
      await attached.release();
      if (end.ended && identity === undefined) reason = 'target-exited';
      if (!end.ended || identity === undefined) break;
      const ended = { identity, goVersion: attached.goVersion, ...end };
      const waiting = follow(ended, { clock, signal, attach: attachTo });
      const followed: Followed | undefined = yield* dated(waiting, order);
      ({ attached, identity, news } = followed ?? { attached: undefined, identity: undefined, news: [] });
    }
    yield* order.date({ type: 'closed', reason });
  } finally {
    await attached?.release();
  }
}

/** Attaches to one program after the other, each under its own name: a pid can come again, and an exec keeps it. */
function attacher(
  { clock, probes, probeBudget = defaultBudget }: LocalSourceOptions,
  signal: AbortSignal,
): (pid: number) => Promise<Attached | undefined> {
  const used = new Set<TargetId>();
  return async (pid) => {
    let target: TargetId = `local:${pid}`;
    for (let times = 2; used.has(target); times++) target = `local:${pid}:${times}`;
    try {
      const attached = await attach({ pid, clock, isProbed: probes !== 'none', probeBudget, target }, signal);
      used.add(target);
      return attached;
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined; // the abort came before there was anything to watch
    }
  };
}

const defaultBudget = 0.01;

async function* dated<Result>(
  drafts: AsyncGenerator<Draft, Result>,
  order: MessageOrder,
): AsyncGenerator<SourceMessage, Result> {
  for (;;) {
    const next = await drafts.next();
    if (next.done === true) return next.value;
    yield* order.date(next.value);
  }
}

interface Sampling {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly order: MessageOrder;
  readonly signal: AbortSignal;
  readonly choice: ProbeChoice;
}

/** `ended`: the program did; otherwise the watch was aborted, which is followed by one last look. */
interface End {
  readonly ended: boolean;
  readonly aliveAtNs: Nanos;
}

interface Sampled {
  readonly attached: Attached;
  /** What is to be said of the target beside what the attaching gave to say. */
  readonly news: readonly Draft[];
}

async function* sample(
  { attached, news }: Sampled,
  { clock, intervalMs, order, signal, choice }: Sampling,
): AsyncGenerator<SourceMessage, End> {
  const sampler = new Sampler({ ...attached, nowNs: () => clock.nowNs() });
  let aliveAtNs = attached.first.atNs;
  for (const draft of [sampler.opening, ...news, ...attached.news]) yield* order.date(draft);
  for (;;) {
    const isLast = signal.aborted;
    const lookedAtNs = clock.nowNs();
    const { drafts, ended } = sampler.tick();
    if (!ended) aliveAtNs = lookedAtNs;
    for (const draft of [...drafts, ...choice.news()]) yield* order.date(draft);
    if (ended || isLast) return { ended, aliveAtNs };
    await rest(clock, intervalMs, signal);
  }
}

async function rest(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
