import { GctopError } from '../../error.js';
import type { SourceControl } from '../../gc/source-control.js';
import type { Nanos } from '../../gc/units.js';
import type { Draft } from '../order.js';
import type { LocalProbes } from './local-probes.js';

/** Which of the probes are wished for, as the user changes his mind; placing them takes time beside the watching. */
export class ProbeChoice {
  readonly #probes: LocalProbes | undefined;
  readonly #now: () => Nanos;
  #set: 'light' | 'full' = 'light';
  #news: Draft[] = [];

  constructor(probes: LocalProbes | undefined, now: () => Nanos) {
    this.#probes = probes;
    this.#now = now;
  }

  /** Follows what the screen asks for, until nothing more is to come. */
  async obey(controls: AsyncIterable<SourceControl>): Promise<void> {
    for await (const control of controls) if (control.type === 'probes') this.set(control.set);
  }

  set(set: 'light' | 'full'): void {
    if (this.#probes === undefined || set === this.#set) return;
    this.#set = set;
    void this.#probes.choose(set, this.#now).catch((error: unknown) => {
      const text = error instanceof GctopError ? error.message : String(error);
      this.#news.push({ type: 'note', level: 'error', code: 'probe.failed', text });
    });
  }

  /** What there is to say since it was last asked. */
  news(): readonly Draft[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }
}
