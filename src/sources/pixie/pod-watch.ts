import { GctopError } from '../../error.js';
import { probeCatalogue, probeNames } from '../../gc/probe.js';
import type { PodRef } from '../../gc/source-control.js';
import { abortScope } from '../../system/abort-scope.js';
import { nowUnixMs } from '../../system/clock.js';
import type { Draft } from '../order.js';
import { comeUp, oldVizier, type Up } from './come-up.js';
import { readDeployScripts } from './deploy-scripts.js';
import { type Deployer, deploy } from './deployer.js';
import type { Leftover } from './deployment/ledger.js';
import type { Readable } from './deployment.js';
import { targetIdOf } from './pod.js';
import { PodRun } from './pod-run.js';
import { Reading } from './reading.js';
import { Rest } from './rest.js';
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
/** How long an answer takes before it is late. */
const slowMs = 2_000;
/** While there is nothing to read: a change wakes. */
const idleMs = 10_000;
const troubleMs = 2_000;
const longestTroubleMs = 30_000;

/** Brings up all that it takes to watch a pod, reads its rows, and takes everything away in the end. */
export class PodWatch {
  readonly #options: PixieSourceOptions;
  readonly #listener: PodListener;
  readonly #rows: RowsStep;
  readonly #rest: Rest;
  #run: PodRun;
  #deployer: Deployer | undefined;
  #up: Up | undefined;

  constructor(options: PixieSourceOptions, listener: PodListener) {
    const { clock, pod } = options;
    this.#options = options;
    this.#listener = listener;
    this.#rows = new RowsStep(clock, listener.tell);
    this.#rest = new Rest(clock);
    this.#run = this.#runOf(pod);
  }

  /** Tries again at once what waits for its next try. */
  retry(): void {
    this.#deployer?.retry();
    this.#rest.wake();
  }

  /** Watches another run of the program. */
  retarget(pod: PodRef): void {
    if (targetIdOf(pod) === targetIdOf(this.#run.pod)) return;
    this.#run.end();
    this.#run = this.#runOf(pod);
    this.#rows.none();
    this.#deployer?.retarget(pod);
    this.#rest.wake();
  }

  /** Runs until the signal is aborted. Throws what makes it impossible to begin, and what ends it for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { pixie, kubeUid, clock } = this.#options;
    const { tell } = this.#listener;
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
    const seconds = Math.floor(nowUnixMs(clock) / 1000);
    const plan = {
      vizier,
      clock,
      scripts: await readDeployScripts(),
      target: this.#run.pod,
      probes: probeNames,
      mayMiss,
      nonce: seconds.toString(36),
      targetIdOf,
      ...(deployment === undefined ? {} : { options: deployment }),
      tell: (draft: Draft) => {
        // What is said while the tracepoints are taken away has no stream to go to.
        if (signal.aborted) return;
        if (draft.type === 'probe') this.#run.tellProbe(draft);
        else this.#listener.tell(draft);
      },
      changed: () => this.#rest.wake(),
    };
    return deploy(plan, signal);
  }

  async #readOn(up: Up, deployer: Deployer, signal: AbortSignal): Promise<void> {
    let trouble = 0;
    while (!signal.aborted) {
      const run = this.#run;
      const { failure, readable } = deployer;
      if (failure !== undefined && this.#options.waitsForRetry !== true) throw failure;
      try {
        const isMore = await this.#readOnce(up, readable, { run, signal });
        trouble = 0;
        if (!isMore) await this.#rest.for(readable.length > 0 ? pollMs : idleMs, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (run.over.aborted) continue;
        if (!(error instanceof GctopError)) throw error;
        trouble++;
        this.#rows.fail(error, trouble);
        run.couldNotRead();
        await this.#rest.for(Math.min(troubleMs * 2 ** (trouble - 1), longestTroubleMs), signal);
      }
    }
    this.#run.end();
  }

  /** True where there is more to read at once. */
  async #readOnce(
    up: Up,
    readable: readonly Readable[],
    { run, signal }: { readonly run: PodRun; readonly signal: AbortSignal },
  ): Promise<boolean> {
    await up.lookAgain(signal);
    if (readable.length === 0) {
      run.nothingToRead();
      this.#rows.none();
      return false;
    }
    this.#noteRelease(up, readable);
    // Another run that is to be watched ends this reading, whose answer is of no use then.
    const scope = abortScope(signal, run.over);
    try {
      void this.#standStillMeanwhile(run, scope.signal);
      run.reading ??= await Reading.begin(this.#readingOptions(up, run), scope.signal);
      const { drafts, rows, leftOut, isMore, delayNs } = await run.reading.read(readable, scope.signal);
      if (run.over.aborted) return true;
      for (const draft of drafts) this.#listener.tell(draft);
      this.#rows.count(rows, leftOut);
      run.haveRead({ isMore, delayNs });
      await this.#listener.room();
      return isMore;
    } finally {
      scope.end();
    }
  }

  /** A Vizier that does not answer is not waited for with a picture that goes on: it would show an idle program. */
  async #standStillMeanwhile(run: PodRun, answered: AbortSignal): Promise<void> {
    while (!answered.aborted) {
      await this.#options.clock.sleep(slowMs, answered).catch(() => {}); // it answered
      if (!answered.aborted) run.couldNotRead();
    }
  }

  #readingOptions({ vizier }: Up, run: PodRun) {
    const { clock } = this.#options;
    const restarted = (process: string) => run.restarted(process);
    return { vizier, clock, pod: run.pod, target: run.target, restarted };
  }

  #runOf(pod: PodRef): PodRun {
    const { clock } = this.#options;
    return new PodRun(pod, { clock, tell: this.#listener.tell, missing: [noLiveHeap] });
  }

  /** A probe that only Go 1.17 and later programs take shows that the program is one. */
  #noteRelease({ vizierVersion }: Up, readable: readonly Readable[]): void {
    if (vizierVersion === undefined || canBeTrusted(vizierVersion)) return;
    if (!readable.some(({ probe }) => probeCatalogue[probe].firstMinor > 16)) return;
    const wrong = `true arguments: Vizier ${vizierVersion} is too old for Go 1.17 and later`;
    if (!this.#run.lacks([noLiveHeap, wrong])) return;
    this.#listener.tell({
      type: 'note',
      level: 'warning',
      code: 'pixie.version',
      text: `the program is of Go 1.17 or later: its pages, work and heap may be wrong (${oldVizier(vizierVersion)})`,
    });
  }
}

const noLiveHeap = 'live heap: no Pixie probe reads it';
