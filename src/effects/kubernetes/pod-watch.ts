import { GctopError } from '../../error.js';
import { type Check, Mismatch, oneOf, record } from '../../gc/check.js';
import type { Nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import { isForbidden, lastWords } from '../../system/kubectl-failure.js';
import { type Cluster, type PodsAsked, podsArgs } from './cluster.js';
import { LastLines } from './last-lines.js';
import { type Pod, readPod } from './objects.js';

export interface PodWatchOptions extends PodsAsked {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** All pods that are asked for, after each change. */
  readonly onPods: (pods: readonly Pod[]) => void;
  /** Why nothing is known at the moment, in words; it goes on by itself. */
  readonly onTrouble: (why: string) => void;
}

export interface PodWatch {
  /** Looks again at once: something says that what is known is old. */
  refresh(): void;
  /** Resolves when no kubectl of it is left. */
  end(): Promise<void>;
}

/** How long after a watch that came to its end. */
const pauseMs = 250;
/** How long after one that could not even begin: a new pod is seen soon enough, and kubectl costs CPU each time. */
const pollMs = 2_000;

/** How long after a watch that was forbidden another one is tried: rights may be given while gctop runs. */
const forbiddenPauseNs = 300e9;

/**
 * Keeps an eye on pods: lists them, then has `kubectl get --watch` tell the changes, and again from the start when that
 * ends (API servers end a watch after some time). Where watching is forbidden it lists every two seconds.
 */
export function watchPods(options: PodWatchOptions): PodWatch {
  const { clock, onTrouble } = options;
  // Aborted at the end as well: an AbortSignal.any over a signal of the session's length would pile up with each round.
  let round = new AbortController();
  let isOver = false;
  let forbiddenAtNs: Nanos | undefined;
  let isListing = false;

  const isForbiddenNow = (): boolean =>
    forbiddenAtNs !== undefined && clock.nowNs() - forbiddenAtNs < forbiddenPauseNs;

  const keepWatching = async (): Promise<void> => {
    while (!isOver) {
      round = new AbortController();
      const { signal } = round;
      try {
        isListing = true;
        const pods = await list(options, signal).finally(() => {
          isListing = false;
        });
        if (isForbiddenNow()) {
          await clock.sleep(pollMs, signal);
          continue;
        }
        const end = await watchChanges(pods, options, signal);
        forbiddenAtNs = isForbidden(end.words) ? clock.nowNs() : undefined;
        if (!end.wasShort && end.words !== '') onTrouble(end.words);
        await clock.sleep(end.wasShort ? pollMs : pauseMs, signal);
      } catch (error) {
        if (signal.aborted) continue;
        if (!(error instanceof GctopError)) throw error;
        onTrouble(error.message);
        await clock.sleep(pollMs, signal).catch(() => {}); // refreshed or ended: seen above
      }
    }
  };
  const done = keepWatching();
  return {
    refresh() {
      // What is asked at this moment is new enough, and a slow API server must get to answer.
      if (!isListing) round.abort();
    },
    async end() {
      isOver = true;
      round.abort();
      await done;
    },
  };
}

type PodsByUid = Map<string, Pod>;

async function list(options: PodWatchOptions, signal: AbortSignal): Promise<PodsByUid> {
  const pods = await options.cluster.pods(options, signal);
  options.onPods(pods);
  return new Map(pods.map((pod) => [pod.uid, pod]));
}

interface WatchEnd {
  /** It ended as soon as it had begun. */
  readonly wasShort: boolean;
  /** kubectl's last words, if it failed. */
  readonly words: string;
}

/** Keeps a list up to date until the watch ends. */
async function watchChanges(
  pods: PodsByUid,
  options: PodWatchOptions,
  signal: AbortSignal,
): Promise<WatchEnd> {
  const { cluster, clock, onPods } = options;
  const complaints = new LastLines();
  const startedNs = clock.nowNs();
  const args = [...podsArgs(options), '--watch', '--output-watch-events', '-o', 'json'];
  const child = await cluster.kubectl.start(args, {
    signal,
    stdout: (line) => {
      const change = changeIn(line);
      if (change === undefined || signal.aborted) return;
      // What is deleted between the list and the watch goes unseen: whoever misses it calls refresh.
      if (change.type === 'DELETED') pods.delete(change.object.uid);
      else pods.set(change.object.uid, change.object);
      onPods([...pods.values()]);
    },
    stderr: (line) => complaints.push(line),
  });
  const { exitCode } = await child.exited;
  signal.throwIfAborted();
  const wasShort = clock.nowNs() - startedNs < pollMs * 1e6;
  return { wasShort, words: exitCode === 0 ? '' : lastWords(complaints.lines.join('\n')) };
}

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Pod;
}

const readChange: Check<Change> = record<Change>({
  type: oneOf('ADDED', 'MODIFIED', 'DELETED'),
  object: readPod,
});

/** The change in one line of the watch; undefined for bookmarks, errors, and what else is no pod. */
function changeIn(line: string): Change | undefined {
  try {
    return readChange(JSON.parse(line), '');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Mismatch) return undefined;
    throw error;
  }
}
