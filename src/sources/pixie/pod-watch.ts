import { GctopError } from '../../error.js';
import { probeCatalogue, probeNames } from '../../gc/probe.js';
import type { PodRef } from '../../gc/source-control.js';
import type { TargetId } from '../../gc/stream.js';
import type { Nanos } from '../../gc/units.js';
import type { Draft } from '../order.js';
import { comeUp, oldVizier, type Up } from './come-up.js';
import { readDeployScripts } from './deploy-scripts.js';
import { type Deployer, deploy } from './deployer.js';
import type { Leftover } from './deployment/ledger.js';
import type { Readable } from './deployment.js';
import { podPath, podTarget, targetIdOf } from './pod.js';
import { Reading } from './reading.js';
import { RowsStep } from './rows-step.js';
import type { PixieSourceOptions } from './source.js';
import { canBeTrusted } from './vizier-version.js';

export interface PodListener {
  readonly tell: (draft: Draft) => void;
  /** Resolves when what was told is nearly all read. */
  readonly room: () => Promise<void>;
}

/** Which of the probes a program has depends on its Go release, which Pixie does not know. */
const mayMiss = probeNames.filter(
  (name) => probeCatalogue[name].lastMinor !== undefined || probeCatalogue[name].firstMinor > 16,
);

const pollMs = 1_000;
/** A reading that is this late is in trouble, and not just slow. */
const longestPollNs = 3e9;
const troubleMs = 2_000;
const longestTroubleMs = 30_000;

/** Brings up all that it takes to watch a pod, reads its rows, and takes everything away in the end. */
export class PodWatch {
  readonly #options: PixieSourceOptions;
  readonly #listener: PodListener;
  readonly #rows: RowsStep;
  #pod: PodRef;
  #targetId: TargetId;
  #deployer: Deployer | undefined;
  #up: Up | undefined;
  /** Of the run that is watched now; another one begins its own. */
  #reading: { readonly pod: PodRef; readonly reading: Reading } | undefined;
  /** Go 1.17 or later, as far as a probe has shown. */
  #isNewer = false;
  /** When rows were last read to their end; undefined before the first time. */
  #readAtNs: Nanos | undefined;
  #wake = () => {};

  constructor(options: PixieSourceOptions, listener: PodListener) {
    this.#options = options;
    this.#listener = listener;
    this.#pod = options.pod;
    this.#targetId = targetIdOf(options.pod);
    this.#rows = new RowsStep(options.clock, listener.tell);
  }

  /** Tries again at once what waits for its next try. */
  retry(): void {
    this.#deployer?.retry();
    this.#wake();
  }

  /** Watches another run of the program. */
  retarget(pod: PodRef): void {
    if (pod.instance === this.#pod.instance && podPath(pod) === podPath(this.#pod)) return;
    this.#pod = pod;
    this.#isNewer = false;
    this.#readAtNs = undefined;
    this.#tellTarget(targetIdOf(pod));
    this.#deployer?.retarget(pod);
    this.#wake();
  }

  /** Runs until the signal is aborted. Throws what makes it impossible to begin, and what ends it for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { pixie, kubeUid, clock } = this.#options;
    const { tell } = this.#listener;
    this.#tellTarget();
    try {
      this.#up = await comeUp({ pixie, kubeUid, clock, tell }, signal);
      this.#deployer = await this.#deploy(this.#up, signal);
      await this.#readOn(this.#up, this.#deployer, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Waits until the tracepoints are gone, or were tried to be taken away, and hangs up. */
  async released(): Promise<readonly Leftover[]> {
    try {
      return (await this.#deployer?.end()) ?? [];
    } finally {
      this.#up?.close();
    }
  }

  async #deploy({ vizier }: Up, signal: AbortSignal): Promise<Deployer> {
    const { clock, deployment } = this.#options;
    const seconds = Math.floor((clock.originUnixMs + clock.nowNs() / 1e6) / 1000);
    const plan = {
      vizier,
      clock,
      scripts: await readDeployScripts(),
      target: this.#pod,
      probes: probeNames,
      mayMiss,
      nonce: seconds.toString(36),
      targetIdOf,
      ...(deployment === undefined ? {} : { options: deployment }),
      tell: (draft: Draft) => {
        // What is said while the tracepoints are taken away has no stream to go to.
        if (!signal.aborted) this.#listener.tell(draft);
      },
      changed: () => this.#wake(),
    };
    return deploy(plan, signal);
  }

  async #readOn(up: Up, deployer: Deployer, signal: AbortSignal): Promise<void> {
    let trouble = 0;
    while (!signal.aborted) {
      const { failure, readable } = deployer;
      if (failure !== undefined && this.#options.waitsForRetry !== true) throw failure;
      try {
        const isMore = readable.length > 0 && (await this.#readOnce(up, readable, signal));
        trouble = 0;
        this.#haveRead(isMore);
        if (!isMore) await this.#rest(readable.length > 0 ? pollMs : undefined, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof GctopError)) throw error;
        trouble++;
        this.#rows.fail(error, trouble);
        this.#tellTarget();
        await this.#rest(Math.min(troubleMs * 2 ** (trouble - 1), longestTroubleMs), signal);
      }
    }
    for (const draft of this.#reading?.reading.end() ?? []) this.#listener.tell(draft);
  }

  /** All up to now is read, or more of it is still to come. */
  #haveRead(isMore: boolean): void {
    const nowNs = this.#options.clock.nowNs();
    const wasUnread = this.#unreadNs() > longestPollNs;
    if (!isMore) this.#readAtNs = nowNs;
    if (wasUnread) this.#tellTarget();
  }

  /** For how long nothing could be read. Until then the picture stands still: silence is not known to be idleness. */
  #unreadNs(): number {
    return this.#readAtNs === undefined ? 0 : this.#options.clock.nowNs() - this.#readAtNs;
  }

  /** True where there is more to read at once. */
  async #readOnce(up: Up, readable: readonly Readable[], signal: AbortSignal): Promise<boolean> {
    this.#noteRelease(up, readable);
    const reading = await this.#readingOf(up, signal);
    const { drafts, rows, isMore } = await reading.read(readable, signal);
    for (const draft of drafts) this.#listener.tell(draft);
    this.#rows.count(rows);
    await this.#listener.room();
    return isMore;
  }

  async #readingOf({ vizier }: Up, signal: AbortSignal): Promise<Reading> {
    const pod = this.#pod;
    if (this.#reading?.pod === pod) return this.#reading.reading;
    const restarted = (process: string) => {
      const id = `${targetIdOf(pod)}#${process}`;
      this.#tellTarget(id);
      return id;
    };
    const { clock } = this.#options;
    const reading = await Reading.begin({ vizier, clock, pod, target: targetIdOf(pod), restarted }, signal);
    if (this.#pod !== pod) return await this.#readingOf({ vizier, close() {}, vizierVersion: '' }, signal);
    this.#reading = { pod, reading };
    return reading;
  }

  /** A probe that only Go 1.17 and later programs take shows that the program is one. */
  #noteRelease({ vizierVersion }: Up, readable: readonly Readable[]): void {
    if (this.#isNewer || !readable.some(({ probe }) => probeCatalogue[probe].firstMinor > 16)) return;
    this.#isNewer = true;
    if (vizierVersion === undefined || canBeTrusted(vizierVersion)) return;
    this.#listener.tell({
      type: 'note',
      level: 'warning',
      code: 'pixie.version',
      text: `the program is of Go 1.17 or later: its pages, work and heap may be wrong (${oldVizier(vizierVersion)})`,
    });
    this.#tellTarget();
  }

  #tellTarget(id = this.#targetId): void {
    const { clock } = this.#options;
    const unreadNs = this.#unreadNs();
    this.#targetId = id;
    const version = this.#up?.vizierVersion;
    const isWrong = this.#isNewer && version !== undefined && !canBeTrusted(version);
    const missing = [
      'live heap: no Pixie probe reads it',
      ...(isWrong ? [`true arguments: Vizier ${version} is too old for Go 1.17 and later`] : []),
    ];
    this.#listener.tell(
      podTarget(this.#pod, { id, clock, missing, unreadNs: unreadNs > longestPollNs ? unreadNs : 0 }),
    );
  }

  /** Until something changes, or that time is over. */
  async #rest(ms: number | undefined, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const either = AbortSignal.any([signal, woken.signal]);
    this.#wake = () => woken.abort();
    await this.#options.clock.sleep(ms ?? idleMs, either).catch(() => {}); // woken, or over
  }
}

/** While there is nothing to read: a change wakes. */
const idleMs = 60_000;
