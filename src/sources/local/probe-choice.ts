import { GctopError } from '../../error.js';
import type { ProbeSet, SourceControl } from '../../gc/source-control.js';
import type { Nanos } from '../../gc/units.js';
import type { Draft } from '../order.js';
import type { LocalProbes } from './local-probes.js';

/** Which of the probes are wished for, as the user changes his mind; placing them takes time beside the watching. */
export class ProbeChoice {
  readonly #now: () => Nanos;
  #set: ProbeSet;
  #probes: LocalProbes | undefined;
  #news: Draft[] = [];

  constructor(set: ProbeSet, now: () => Nanos) {
    this.#set = set;
    this.#now = now;
  }

  /** A program has the light ones when its watch begins; undefined once it has ended: what is wished for is the next one's. */
  applyTo(probes: LocalProbes | undefined): void {
    this.#probes = probes;
    if (this.#set === 'full') this.#choose();
  }

  /** Follows what the screen asks for, until nothing more is to come. */
  async obey(controls: AsyncIterable<SourceControl>): Promise<void> {
    for await (const control of controls) {
      if (control.type !== 'probes' || control.set === this.#set) continue;
      this.#set = control.set;
      this.#choose();
    }
  }

  /** What there is to say since it was last asked. */
  news(): readonly Draft[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  #choose(): void {
    const probes = this.#probes;
    void probes?.choose(this.#set, this.#now).catch((error: unknown) => {
      if (probes !== this.#probes) return; // the program has ended meanwhile: that its code is gone is no news
      const text = error instanceof GctopError ? error.message : String(error);
      this.#news.push({ type: 'note', level: 'error', code: 'probe.failed', text });
    });
  }
}
