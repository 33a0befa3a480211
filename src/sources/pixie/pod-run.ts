import type { PodRef } from '../../gc/source-control.js';
import type { TargetId } from '../../gc/stream.js';
import type { Nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import type { Draft } from '../order.js';
import { podTarget, targetIdOf } from './pod.js';
import type { Reading } from './reading.js';

type ProbeDraft = Extract<Draft, { readonly type: 'probe' }>;

/** One run of the program that is watched, from its first target message to the one of the next run. */
export class PodRun {
  readonly pod: PodRef;
  readonly #tell: (draft: Draft) => void;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  readonly #probes = new Map<ProbeDraft['probe'], ProbeDraft>();
  #target: TargetId;
  #missing: readonly string[];
  /** When rows were last read to their end; undefined while there is nothing to read. */
  #readAtNs: Nanos | undefined;
  #delayNs = 0;
  reading: Reading | undefined;

  constructor(pod: PodRef, { tell, clock, missing }: PodRunOptions) {
    this.pod = pod;
    this.#tell = tell;
    this.#clock = clock;
    this.#target = targetIdOf(pod);
    this.#missing = missing;
    this.#tellTarget();
  }

  get target(): TargetId {
    return this.#target;
  }

  /** Aborted when another run is watched. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Passes on how a probe stands, under the name that the program has in the stream now. */
  tellProbe(draft: ProbeDraft): void {
    if (draft.target !== targetIdOf(this.pod)) {
      this.#tell(draft);
      return;
    }
    this.#probes.set(draft.probe, draft);
    this.#tell({ ...draft, target: this.#target });
  }

  /** The program was started anew within its container: another target, with the same probes. */
  restarted(process: string): TargetId {
    this.#target = `${targetIdOf(this.pod)}#${process}`;
    this.#tellTarget();
    for (const draft of this.#probes.values()) this.#tell({ ...draft, target: this.#target });
    return this.#target;
  }

  /** What cannot be shown or believed; false where that was told before. */
  lacks(missing: readonly string[]): boolean {
    if (missing.length === this.#missing.length) return false;
    this.#missing = missing;
    this.#tellTarget();
    return true;
  }

  /** Rows were read, to their end or to more that is still to come. */
  haveRead({ isMore, delayNs }: { readonly isMore: boolean; readonly delayNs: number }): void {
    const isNews = this.#unreadNs() > 0 || delayNs !== this.#delayNs;
    this.#delayNs = delayNs;
    if (!isMore) this.#readAtNs = this.#clock.nowNs();
    if (isNews) this.#tellTarget();
  }

  /** There is nothing to read: what was missed until there is again is told by the reading itself. */
  nothingToRead(): void {
    this.#readAtNs = undefined;
  }

  /** Rows could not be read: until they are, the picture stands still, for silence is not known to be idleness. */
  couldNotRead(): void {
    if (this.#unreadNs() > 0) this.#tellTarget();
  }

  /** Another run is watched from now on: tells what is known of this one and was held back. */
  end(): void {
    this.#over.abort();
    for (const draft of this.reading?.end() ?? []) this.#tell(draft);
  }

  #unreadNs(): number {
    const unreadNs = this.#readAtNs === undefined ? 0 : this.#clock.nowNs() - this.#readAtNs;
    return unreadNs > longestPollNs ? unreadNs : 0;
  }

  #tellTarget(): void {
    const [id, missing, unreadNs] = [this.#target, this.#missing, this.#unreadNs() + this.#delayNs];
    this.#tell(podTarget(this.pod, { id, clock: this.#clock, missing, unreadNs }));
  }
}

export interface PodRunOptions {
  readonly tell: (draft: Draft) => void;
  readonly clock: Clock;
  readonly missing: readonly string[];
}

/** A reading that is this late is in trouble, and not just slow. */
const longestPollNs = 3e9;
