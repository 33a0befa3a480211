import type { SourceControl } from '../../gc/source-control.js';
import { type SourceMessage, streamFormat } from '../../gc/stream.js';
import type { Clock } from '../../system/clock.js';
import { type Draft, MessageOrder } from '../order.js';
import type { Source } from '../source.js';
import { type Attached, attach } from './attach.js';
import { ProbeChoice } from './probe-choice.js';
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
  const attached = await attachUnlessAborted(options, signal);
  const choice = new ProbeChoice(attached?.probes, () => clock.nowNs());
  choice.set(options.probes === 'full' ? 'full' : 'light');
  void choice.obey(controls);
  try {
    yield* order.date(opened);
    const intervalMs = 1000 / samplesPerSecond;
    const ended =
      attached !== undefined && (yield* sample(attached, { clock, intervalMs, order, signal, choice }));
    await attached?.release();
    yield* order.date({ type: 'closed', reason: ended ? 'target-exited' : 'aborted' });
  } finally {
    await attached?.release();
  }
}

/** Undefined when the abort came before there was anything to watch. */
async function attachUnlessAborted(
  { pid, clock, probes, probeBudget = defaultBudget }: LocalSourceOptions,
  signal: AbortSignal,
): Promise<Attached | undefined> {
  try {
    return await attach({ pid, clock, isProbed: probes !== 'none', probeBudget }, signal);
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
  readonly choice: ProbeChoice;
}

const defaultBudget = 0.01;

/** True when the program ended, false after an abort, which is followed by one last look. */
async function* sample(
  attached: Attached,
  { clock, intervalMs, order, signal, choice }: Sampling,
): AsyncGenerator<SourceMessage, boolean> {
  const sampler = new Sampler({ ...attached, nowNs: () => clock.nowNs() });
  for (const draft of [sampler.opening, ...attached.news]) yield* order.date(draft);
  for (;;) {
    const isLast = signal.aborted;
    const { drafts, ended } = sampler.tick();
    for (const draft of [...drafts, ...choice.news()]) yield* order.date(draft);
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
