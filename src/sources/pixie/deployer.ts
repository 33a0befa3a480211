import type { GctopError } from '../../error.js';
import type { ProbeName } from '../../gc/probe.js';
import type { PodRef } from '../../gc/source-control.js';
import type { TargetId } from '../../gc/stream.js';
import type { Clock } from '../../system/clock.js';
import type { Draft } from '../order.js';
import { Asking } from './asking.js';
import type { Leftover } from './deployment/ledger.js';
import { type DeploymentOptions, timingOf } from './deployment/options.js';
import type { DeployScripts } from './deployment/scripts.js';
import type { Deployment, Input } from './deployment/state.js';
import {
  advance,
  isOver,
  leftovers,
  newDeployment,
  type Readable,
  running,
  type Turn,
} from './deployment.js';
import type { Vizier } from './vizier.js';

/** What is to be placed where, and by which means. */
export interface DeployPlan {
  readonly vizier: Vizier;
  readonly scripts: DeployScripts;
  readonly clock: Clock;
  readonly target: PodRef;
  readonly probes: readonly ProbeName[];
  /** Of these it is not known whether the program has them: that one is missing alarms nobody. @default none */
  readonly mayMiss?: readonly ProbeName[];
  /** In every name, so that no name of an earlier session is met: seconds since 1970 in base 36. */
  readonly nonce: string;
  /** What the stream calls a pod; `target` must be told there before `deploy` and before `retarget`. */
  readonly targetIdOf: (pod: PodRef) => TargetId;
  /** The function that the canary probes, for the screen. @default 'runtime.gcStart' */
  readonly canarySymbol?: string;
  readonly options?: DeployerOptions;
  /** Takes what there is to say, until `end` has resolved. */
  tell(draft: Draft): void;
  /** Called when `readable` or `failure` has changed. */
  changed?(): void;
}

export interface DeployerOptions extends DeploymentOptions {
  /** A request that is not answered by then is given up. @default 30 s */
  readonly requestMs?: number;
  /** How long the end may take. @default 5 s */
  readonly endMs?: number;
  /** How long of it what is being placed is waited for. @default 1.5 s */
  readonly lastAnswerMs?: number;
}

/** The probes in a pod, while they are placed, kept alive and removed. */
export interface Deployer {
  /** The tracepoints that run now. */
  readonly readable: readonly Readable[];
  /** Why nothing more is placed: until `retry` or `retarget`. */
  readonly failure: GctopError | undefined;
  /** Tries again at once what waits for its next try, was given up or has failed. */
  retry(): void;
  /** Watches another run of the program instead. */
  retarget(pod: PodRef): void;
  /** Deletes all that was placed; what may be left is returned. Bounded by `endMs`; may be called again. */
  end(): Promise<readonly Leftover[]>;
}

/** Begins to place the probes; an abort ends it as `end` does. Nothing is thrown: see `failure`. */
export function deploy(plan: DeployPlan, signal: AbortSignal): Deployer {
  return new Runner(plan, signal);
}

class Runner implements Deployer {
  readonly #plan: DeployPlan;
  readonly #asking: Asking;
  readonly #inputs: Input[] = [];
  readonly #done: Promise<readonly Leftover[]>;
  #state: Deployment;
  #wake: () => void = () => {};
  #isEnding = false;
  #isSilent = false;

  constructor(plan: DeployPlan, signal: AbortSignal) {
    this.#plan = plan;
    const { clock, scripts, options = {} } = plan;
    const setting = {
      timing: timingOf(options),
      namesOf: scripts.namesOf,
      nonce: plan.nonce,
      targetIdOf: plan.targetIdOf,
      canarySymbol: plan.canarySymbol ?? 'runtime.gcStart',
      mayMiss: new Set(plan.mayMiss),
    };
    this.#asking = new Asking(plan, options.requestMs ?? 30_000);
    this.#state = newDeployment(setting, { ...plan, nowNs: clock.nowNs() });
    const end = () => this.#beginEnd();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) this.#beginEnd();
    this.#done = this.#run().finally(() => signal.removeEventListener('abort', end));
    // Whoever calls `end` hears of it; until then it must not end the program.
    this.#done.catch(() => {});
  }

  get readable(): readonly Readable[] {
    return running(this.#state);
  }

  get failure(): GctopError | undefined {
    return this.#state.halted;
  }

  retry(): void {
    this.#put({ type: 'retry' });
  }

  retarget(pod: PodRef): void {
    this.#put({ type: 'retarget', pod });
  }

  end(): Promise<readonly Leftover[]> {
    this.#beginEnd();
    return this.#done;
  }

  #put(input: Input): void {
    this.#inputs.push(input);
    this.#wake();
  }

  async #run(): Promise<readonly Leftover[]> {
    try {
      await this.#goOn();
    } catch (error) {
      // A listener threw. What was placed is removed all the same, without a word.
      this.#isSilent = true;
      this.#beginEnd();
      await this.#goOn();
      throw error;
    } finally {
      this.#asking.close();
    }
    return leftovers(this.#state);
  }

  async #goOn(): Promise<void> {
    let turn = this.#take(this.#inputs.shift() ?? { type: 'time' });
    while (!isOver(this.#state)) {
      await this.#until(turn.wakeAtNs);
      turn = this.#take(this.#inputs.shift() ?? { type: 'time' });
    }
  }

  #take(input: Input): Turn {
    const before = this.#state;
    const turn = advance(before, input, this.#plan.clock.nowNs());
    this.#state = turn.state;
    // First what is sent: whatever a listener does, each request has its answer.
    for (const request of turn.send) {
      void this.#asking.ask(request).then((answer) => this.#put({ type: 'answered', request, answer }));
    }
    if (!this.#isSilent) this.#tell(turn.drafts, before);
    return turn;
  }

  #tell(drafts: readonly Draft[], before: Deployment): void {
    for (const draft of drafts) this.#plan.tell(draft);
    if (isChange(before, this.#state)) this.#plan.changed?.();
  }

  /** Until there is an input, or that time has come. */
  async #until(atNs: number | undefined): Promise<void> {
    if (this.#inputs.length > 0) return;
    const { clock } = this.#plan;
    const sleep = new AbortController();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (atNs === undefined) return;
      const ms = Math.max(0, (atNs - clock.nowNs()) / 1e6);
      clock.sleep(ms, sleep.signal).then(resolve, () => {
        // Woken by an input: the sleep was cut short here.
      });
    });
    sleep.abort();
  }

  #beginEnd(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { endMs = 5000, lastAnswerMs = 1500 } = this.#plan.options ?? {};
    this.#put({ type: 'end' });
    this.#asking.giveUpPlacing(lastAnswerMs);
    this.#asking.after(endMs, () => this.#put({ type: 'cut' }));
  }
}

const isChange = (before: Deployment, now: Deployment): boolean =>
  before.halted !== now.halted || JSON.stringify(running(before)) !== JSON.stringify(running(now));
