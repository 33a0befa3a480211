import { GctopError } from '../../error.js';
import type { Note, Step } from '../../gc/stream.js';
import type { Nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import type { Kubectl } from '../../system/kubectl.js';
import { isRefusal } from '../../system/kubectl-failure.js';
import { runForward } from './forward-run.js';
import { forwardWords } from './forward-words.js';
import { isPortFree, knock, loopback } from './local-port.js';

export interface ForwardingOptions {
  readonly kubectl: Kubectl;
  readonly clock: Clock;
  readonly namespace: string;
  readonly pod: string;
  readonly remotePort: number;
  readonly preferredPort: number;
  readonly tell: (said: Note | Step) => void;
  readonly onAddress: (address: URL) => void;
  /** It ended by itself: perhaps the pod has as well. */
  readonly onLost: () => void;
}

export interface Forwarding {
  /** Goes to another pod. */
  aim(pod: string): void;
  /** There is no pod to go to: once what runs is lost, nothing is tried until `release`, `aim` or `restart`. */
  hold(why: string): void;
  release(): void;
  restart(): void;
  suspect(): void;
  end(): Promise<void>;
}

/** Waiting before try after try; the last one for ever. */
const backoffMs = [250, 500, 1_000, 2_000, 4_000];
/** After a refusal another try will hardly fare better. */
const refusedBackoffMs = 30_000;
/** What was up for so long begins with the shortest wait again. */
const stableNs = 10e9;
/** How long a connection without a request is held to see whether it lasts. */
const knockMs = 1_000;
/** So many requests without an answer in that time, and it is started again even though it takes connections. */
const mostSuspicions = 3;
const suspicionNs = 60e9;

/** Why a run was ended by gctop itself. */
type Ended = 'aimed' | 'restart' | 'dead';

/** Keeps one `kubectl port-forward` running, on one local port. */
export function keepForwarding(options: ForwardingOptions): Forwarding {
  const { kubectl, clock, namespace, remotePort, preferredPort, tell, onAddress, onLost } = options;
  const words = forwardWords(clock, remotePort);
  let { pod } = options;
  /** Once it was up, the port is kept. */
  let localPort: number | undefined;
  // Both are aborted at the end: an AbortSignal.any over a signal of the session's length would pile up with each try.
  let run = new AbortController();
  let sleep = new AbortController();
  let isOver = false;
  let upSinceNs: Nanos | undefined;
  let downSinceNs: Nanos | undefined;
  let held: string | undefined;
  let tries = 0;
  let suspicions: Nanos[] = [];
  let isKnocking = false;
  let complaint: string | undefined;

  const endRun = (why: Ended): void => {
    run.abort(why);
    sleep.abort();
  };
  const up = (port: number): void => {
    const before = localPort;
    localPort = port;
    upSinceNs = clock.nowNs();
    complaint = undefined;
    suspicions = [];
    for (const said of words.up({ port, before, pod, downSinceNs, preferredPort })) tell(said);
    downSinceNs = undefined;
    if (port !== before) onAddress(new URL(`http://${loopback}:${port}`));
  };
  const lost = (why: string): void => {
    const wasUp = upSinceNs !== undefined;
    if (upSinceNs !== undefined && clock.nowNs() - upSinceNs >= stableNs) tries = 0;
    upSinceNs = undefined;
    downSinceNs ??= clock.nowNs();
    if (wasUp) tell(words.lost(why));
    onLost();
  };

  /** Sleeps until the next try is due, or something has changed. */
  const pause = async (ms: number): Promise<void> => {
    if (isOver) return;
    sleep = new AbortController();
    await clock.sleep(ms, sleep.signal).catch(() => {}); // woken
  };
  const pauseWhileHeld = async (): Promise<void> => {
    while (held !== undefined && !isOver) {
      tell(words.held(held, downSinceNs));
      await pause(longestHoldMs);
    }
  };
  const pauseAfter = async (why: string): Promise<void> => {
    const waitMs = isRefusal(why) ? refusedBackoffMs : (backoffMs[tries] ?? lastBackoffMs);
    tries += 1;
    tell(words.again({ why, tries, waitMs, downSinceNs }));
    if (held === undefined) await pause(waitMs);
  };

  const once = async (): Promise<void> => {
    run = new AbortController();
    const { signal } = run;
    const wanted = localPort ?? ((await isPortFree(preferredPort)) ? preferredPort : undefined);
    if (downSinceNs === undefined) tell(words.starting(pod));
    try {
      const end = await runForward({
        kubectl,
        clock,
        namespace,
        pod,
        remotePort,
        localPort: wanted,
        signal,
        onUp: up,
        onComplaint: (said) => {
          complaint = said;
          void tryIt();
        },
      });
      if (end.portTaken && tries > 0) localPort = undefined;
      lost(end.why);
      await pauseAfter(end.why);
    } catch (error) {
      if (isOver) return;
      if (signal.aborted) return endedByUs(signal.reason);
      if (!(error instanceof GctopError)) throw error;
      lost(error.message);
      await pauseAfter(error.message);
    }
  };
  const endedByUs = (why: Ended): void => {
    if (why === 'dead') lost(complaint ?? 'nothing comes through it');
    else {
      tries = 0;
      upSinceNs = undefined;
      downSinceNs ??= clock.nowNs();
    }
  };

  /** Holds a connection through it: one that is closed at once proves that nobody is behind. */
  const tryIt = async (): Promise<void> => {
    if (isKnocking || upSinceNs === undefined || localPort === undefined) return;
    isKnocking = true;
    const tried = run;
    const { signal } = tried;
    const answer = await knock(localPort, { clock, forMs: knockMs, signal }).catch(() => undefined); // it ended meanwhile
    isKnocking = false;
    suspicions = suspicions.filter((atNs) => clock.nowNs() - atNs < suspicionNs);
    if (answer === undefined || signal.aborted) return;
    if (answer === 'open' && suspicions.length < mostSuspicions) return;
    suspicions = [];
    tried.abort('dead');
  };

  const keepOn = async (): Promise<void> => {
    while (!isOver) {
      await pauseWhileHeld();
      if (!isOver) await once();
    }
  };
  const done = keepOn();

  return {
    aim(to) {
      const isSame = to === pod && held === undefined;
      held = undefined;
      pod = to;
      // A container that started again stays in its pod's network: what is joined to that stays joined.
      if (!isSame || upSinceNs === undefined) endRun('aimed');
    },
    hold(why) {
      held = why;
    },
    release() {
      if (held === undefined) return;
      held = undefined;
      sleep.abort();
    },
    restart() {
      held = undefined;
      endRun('restart');
    },
    suspect() {
      if (upSinceNs === undefined) return; // what is down answers nothing, and that says nothing about the next one
      suspicions.push(clock.nowNs());
      void tryIt();
    },
    async end() {
      isOver = true;
      run.abort();
      sleep.abort();
      await done;
    },
  };
}

const lastBackoffMs = 4_000;
/** Woken much earlier; the step is told again so that it does not look forgotten. */
const longestHoldMs = 60_000;
