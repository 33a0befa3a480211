import type { PickerMsg } from '../model/picker/picker.js';
import { openScan } from '../sources/local/scan/open-scan.js';
import { listRecordings } from '../sources/recording/list-recordings.js';
import { abortScope } from '../system/abort-scope.js';
import { type Clock, nowUnixMs } from '../system/clock.js';
import type { Options } from './options.js';

export interface CandidatesOptions {
  readonly options: Options;
  readonly clock: Clock;
  readonly tell: (msg: PickerMsg) => void;
}

/** All that can be watched, looked for again and again. */
export interface Candidates {
  /** At once, and the pods anew, unless they are being asked for. */
  lookAgain(): void;
  /** Resolves when nothing of it is left. May be called again. */
  close(): Promise<void>;
}

const secondMs = 1_000;
const recordingsMs = 3_000;

/** Looks for processes each second, for recordings now and then, for pods once: nothing waits for anything else. */
export function openCandidates(context: CandidatesOptions): Candidates {
  const { options, clock, tell } = context;
  const ended = new AbortController();
  const { signal } = ended;
  let again = new AbortController();
  const rest = async (ms: number): Promise<void> => {
    const scope = abortScope(signal, again.signal);
    await clock.sleep(ms, scope.signal).catch(() => {}); // over, or asked to look again
    scope.end();
  };

  const followClock = async () => {
    for (; !signal.aborted; await rest(secondMs)) {
      tell({ type: 'tick', nowUnixMs: nowUnixMs(clock) });
    }
  };
  const followProcesses = async () => {
    const scan = openScan({ clock, probes: options.probes !== 'none' });
    try {
      for (; !signal.aborted; await rest(secondMs)) {
        for await (const processes of scan.look(signal)) tell({ type: 'processes', processes });
      }
    } finally {
      scan.close();
    }
  };
  const followRecordings = async () => {
    for (; !signal.aborted; await rest(recordingsMs)) {
      tell({ type: 'recordings', recordings: await listRecordings('.') });
    }
  };
  let asking: Promise<void> | undefined;
  const askPods = () => {
    asking ??= unlessOver(tellPods(context, signal), signal).finally(() => {
      asking = undefined;
    });
  };

  const loops = [followClock(), followProcesses(), followRecordings()].map((loop) =>
    unlessOver(loop, signal),
  );
  askPods();
  return {
    lookAgain() {
      again.abort();
      again = new AbortController();
      askPods();
    },
    async close() {
      ended.abort();
      await Promise.all([...loops, asking]);
    },
  };
}

async function tellPods({ options, clock, tell }: CandidatesOptions, signal: AbortSignal): Promise<void> {
  const { listPods } = await import('../effects/kubernetes/list-pods.js');
  const { clusterOf } = await import('./pod.js');
  const cluster = (within: AbortSignal) => clusterOf(options, within);
  for await (const pods of listPods({ cluster, clock, signal })) tell({ type: 'pods', pods });
}

/** What an abort ends has not failed. */
const unlessOver = (loop: Promise<void>, signal: AbortSignal): Promise<void> =>
  loop.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
