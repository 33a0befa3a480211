import type { ProcessCandidate } from '../../../gc/candidate.js';
import type { Nanos } from '../../../gc/units.js';
import type { Clock } from '../../../system/clock.js';
import type { LocalProcess } from '../process.js';
import { placeOf } from '../runtime-place.js';
import { RuntimeReader } from '../runtime-reader.js';
import type { Sample } from '../sample.js';
import { checkSanity } from '../sanity.js';

/** What the memory of a program tells of its collector. */
export type Figures = Pick<ProcessCandidate, 'live' | 'cycles' | 'cyclesPerSecond' | 'gcCpuShare'>;

/** Reads the collector's figures of one program, again and again. */
export class FigureReader {
  readonly #process: LocalProcess;
  readonly #reader: RuntimeReader;
  readonly #cycles = new Rate();
  #last: Figures = {};
  #proved = false;

  constructor(process: LocalProcess, { originMonotonicNs }: Clock) {
    this.#process = process;
    const place = placeOf(process.program, process.loadBias);
    this.#reader = new RuntimeReader(process.memory, place, originMonotonicNs);
  }

  /** `ended`: the program is gone, or another one runs in its place. Throws UNKNOWN_LAYOUT. */
  read(clock: Clock): Figures | 'ended' {
    if (this.#reader.cycles() === undefined) return 'ended';
    // A runtime that has not come up yet has figures that cannot be.
    if (!this.#proved && this.#reader.knowsInit && this.#reader.initTime() === undefined) return {};
    const sample = this.#reader.sample(() => clock.nowNs());
    if (sample === 'ended') return sample;
    if (sample !== 'unsettled') this.#last = this.#figuresOf(sample);
    return this.#last;
  }

  close(): void {
    this.#process.memory.close();
  }

  #figuresOf(sample: Sample): Figures {
    if (!this.#proved) checkSanity(sample, this.#process.program.goVersion);
    this.#proved = true;
    const { cycles, record, atNs } = sample;
    const perSecond = this.#cycles.add(atNs, cycles);
    const { cpuFraction } = record;
    return {
      live: sample.heap().live,
      cycles,
      ...(perSecond === undefined ? {} : { cyclesPerSecond: perSecond }),
      ...(cpuFraction >= 0 && cpuFraction <= 1 ? { gcCpuShare: cpuFraction } : {}),
    };
  }
}

/** How fast a counter goes, over the last looks. */
export class Rate {
  readonly #seen: { readonly atNs: Nanos; readonly count: number }[] = [];

  /** Per second; undefined at the first look. */
  add(atNs: Nanos, count: number): number | undefined {
    this.#seen.push({ atNs, count });
    while (this.#seen.length > 2 && atNs - (this.#seen[1]?.atNs ?? atNs) >= windowNs) this.#seen.shift();
    const first = this.#seen[0];
    if (first === undefined || first.atNs === atNs) return undefined;
    return Math.max(0, count - first.count) / ((atNs - first.atNs) / 1e9);
  }
}

/** Long enough for a program that collects every few seconds, short enough to be seen to change. */
const windowNs = 10e9;
