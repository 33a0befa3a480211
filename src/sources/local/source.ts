import { type SourceMessage, streamFormat } from '../../gc/stream.js';
import type { Clock } from '../../system/clock.js';
import { type Draft, MessageOrder } from '../order.js';
import type { Source } from '../source.js';
import { type Attached, attach } from './attach.js';
import { Sampler } from './sampler.js';

export interface LocalSourceOptions {
  readonly pid: number;
  readonly clock: Clock;
  /** Memory alone, or probes as well where root and tracefs allow: a few hits a cycle, or single calls too. @default 'light' */
  readonly probes?: 'none' | 'light' | 'full';
  /** What the probes may cost the program, as a share of one core. @default 0.01 */
  readonly probeBudget?: number;
  /** @default 20 */
  readonly samplesPerSecond?: number;
}

/** Watches a Go program that runs on this host. Stops nothing, writes nothing into it. */
export function localSource(options: LocalSourceOptions): Source {
  return { name: 'local', open: (signal) => watch(options, signal) };
}

async function* watch(options: LocalSourceOptions, signal: AbortSignal): AsyncGenerator<SourceMessage> {
  const { clock, samplesPerSecond = 20 } = options;
  const order = new MessageOrder(() => clock.nowNs());
  const opened: Draft = { type: 'opened', format: streamFormat, originUnixMs: clock.originUnixMs };
  const attached = await attachUnlessAborted(options, signal);
  try {
    yield* order.date(opened);
    const ended =
      attached !== undefined &&
      (yield* sample(attached, { clock, intervalMs: 1000 / samplesPerSecond, order, signal }));
    attached?.release();
    yield* order.date({ type: 'closed', reason: ended ? 'target-exited' : 'aborted' });
  } finally {
    attached?.release();
  }
}

/** Undefined when the abort came before there was anything to watch. */
async function attachUnlessAborted(
  { pid, clock, probes = 'light' }: LocalSourceOptions,
  signal: AbortSignal,
): Promise<Attached | undefined> {
  try {
    return await attach({ pid, clock, probes }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  }
}

interface Sampling {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly order: MessageOrder;
  readonly signal: AbortSignal;
}

/** True when the program ended, false after an abort, which is followed by one last look. */
async function* sample(
  attached: Attached,
  { clock, intervalMs, order, signal }: Sampling,
): AsyncGenerator<SourceMessage, boolean> {
  const sampler = new Sampler({ ...attached, nowNs: () => clock.nowNs() });
  for (const draft of [sampler.opening, ...attached.news]) yield* order.date(draft);
  for (;;) {
    const isLast = signal.aborted;
    const { drafts, ended } = sampler.tick();
    for (const draft of drafts) yield* order.date(draft);
    if (ended || isLast) return ended;
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
