import type { PodRef, SourceControl } from '../../gc/source-control.js';
import { type SourceMessage, streamFormat } from '../../gc/stream.js';
import { Channel } from '../../system/channel.js';
import type { Clock } from '../../system/clock.js';
import { type Draft, MessageOrder } from '../order.js';
import type { Source } from '../source.js';
import type { PixieOptions } from './api/pixie-options.js';
import type { DeployerOptions } from './deployer.js';
import type { Leftover } from './deployment/ledger.js';
import { PodWatch } from './pod-watch.js';

export interface PixieSourceOptions {
  readonly pixie: PixieOptions;
  readonly pod: PodRef;
  /** UID of the namespace kube-system: which of Pixie's clusters kubectl talks to. */
  readonly kubeUid?: string;
  readonly clock: Clock;
  /** A canary that gave up waits for `retry`; otherwise it ends the stream. @default false */
  readonly waitsForRetry?: boolean;
  readonly deployment?: DeployerOptions;
}

export interface PixieSource extends Source {
  /**
   * Resolves after the stream's end, when all tracepoints are taken away, or were tried to be: with those that may be left.
   * Not before `open` was called.
   */
  readonly released: Promise<readonly Leftover[]>;
}

/** Watches a Go program in a pod of a cluster where Pixie runs. Changes nothing there but its own tracepoints. */
export function pixieSource(options: PixieSourceOptions): PixieSource {
  let release: (leftovers: Promise<readonly Leftover[]>) => void = () => {};
  const released = new Promise<readonly Leftover[]>((resolve) => {
    release = resolve;
  });
  return {
    name: 'pixie',
    released,
    open: (signal, controls) => watch(options, { signal, controls, release }),
  };
}

interface Watching {
  readonly signal: AbortSignal;
  readonly controls: AsyncIterable<SourceControl>;
  readonly release: (leftovers: Promise<readonly Leftover[]>) => void;
}

/** A reader that is slow is not read for: so many drafts may wait for it. */
const mostWaiting = 64;

async function* watch(
  options: PixieSourceOptions,
  { signal, controls, release }: Watching,
): AsyncGenerator<SourceMessage> {
  const { clock } = options;
  const order = new MessageOrder(() => clock.nowNs());
  const drafts = new Channel<Draft>();
  const over = new AbortController();
  const running = AbortSignal.any([signal, over.signal]);
  const pod = new PodWatch(options, {
    tell: (draft) => drafts.push(draft),
    room: () => drafts.room(mostWaiting, running),
  });
  void follow(controls, pod);
  const worked = pod.run(running).finally(() => drafts.close());
  worked.catch(() => {}); // thrown below as well
  try {
    yield* order.date({ type: 'opened', format: streamFormat, originUnixMs: clock.originUnixMs });
    for await (const draft of drafts) yield* order.date(draft);
    await worked;
    yield* order.date({ type: 'closed', reason: 'aborted' });
  } finally {
    over.abort();
    // What still comes up has to be over first: its connection and its tracepoints are to go as well.
    release(worked.catch(() => {}).then(() => pod.released()));
  }
}

async function follow(controls: AsyncIterable<SourceControl>, pod: PodWatch): Promise<void> {
  for await (const control of controls) {
    if (control.type === 'retry') pod.retry();
    if (control.type === 'retarget') pod.retarget(control.pod);
  }
}
