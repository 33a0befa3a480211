import { cycleOfGctrace } from '../../gc/gctrace-cycle.js';
import type { GctraceLine } from '../../gc/gctrace-line.js';
import type { GctraceItem } from '../../gc/gctrace-reader.js';
import type { Capabilities } from '../../gc/stream.js';
import { durationNs, type Nanos } from '../../gc/units.js';
import type { Draft } from '../order.js';
import { programKey } from './program-key.js';
import { type Arrival, Timeline } from './timeline.js';

/** A gctrace line that was found. */
export type CycleItem = GctraceItem & { readonly kind: 'cycle' };

export interface NarratorOptions {
  /** What the program is called. */
  readonly name: string;
  /** Where it is known. */
  readonly pid?: number;
  /** What gctrace cannot show, and why: `what: why`. */
  readonly missing: readonly string[];
}

/** Tells the cycles that a text holds, program by program. */
export class Narrator {
  readonly timeline = new Timeline();
  readonly #options: NarratorOptions;
  #programs = 0;
  #key = '';
  #last: GctraceLine | undefined;
  readonly #others = new Set<string>();

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  /** Whether a cycle was told. */
  get hasTold(): boolean {
    return this.#last !== undefined;
  }

  /** Tells the program before its first cycle. */
  announce(): Draft {
    this.#programs = 1;
    return this.#describe(undefined);
  }

  /** What is to be said of a cycle, which is placed in time with that; `arrival` where it says when that was. */
  tell(item: CycleItem, arrival: Arrival | undefined): readonly Draft[] {
    const standing = this.#standingOf(item);
    if (standing === 'foreign') return this.#foreign(item);
    const { line, byTimer } = item;
    const before = standing === 'new' ? undefined : this.#last;
    if (standing === 'new') this.#begin(item);
    if (arrival !== undefined) this.timeline.arrived(arrival);
    const endBeforeNs = this.timeline.lastEndNs;
    const beginAtNs = this.timeline.place(line);
    this.#last = line;
    const cycle = cycleOfGctrace(line, { beginAtNs, byTimer });
    const lost = before === undefined ? 0 : line.number - before.number - 1;
    return [
      ...(before?.procs === line.procs ? [] : [this.#describe(line.procs)]),
      ...(lost === 0 ? [] : [this.#gap(lost, endBeforeNs ?? beginAtNs, beginAtNs)]),
      { type: 'events', target: this.#target, events: [{ kind: 'cycle', cycle }] },
    ];
  }

  #gap(lost: number, fromNs: Nanos, toNs: Nanos): Draft {
    return { type: 'gap', target: this.#target, fromNs, toNs, lost, reason: 'lines torn or missing' };
  }

  get #target(): string {
    return `gctrace:${this.#programs}`;
  }

  /** A program's cycles are counted up from 1; lines can be lost around its begin. */
  #standingOf({ line, prefix }: CycleItem): 'same' | 'new' | 'foreign' {
    const key = this.#keyOf(prefix);
    if (this.#last === undefined) return 'new';
    const isEarly = line.number <= latestFirst;
    if (key !== this.#key) return isEarly && !this.#others.has(key) ? 'new' : 'foreign';
    if (line.number > this.#last.number) return 'same';
    return isEarly ? 'new' : 'foreign';
  }

  #begin({ prefix }: CycleItem): void {
    const isFirst = this.#last === undefined;
    if (!isFirst) {
      this.#others.add(this.#key);
      this.timeline.restart();
    }
    this.#key = this.#keyOf(prefix);
    this.#others.delete(this.#key);
    if (!isFirst || this.#programs === 0) this.#programs += 1;
  }

  #foreign({ prefix }: CycleItem): readonly Draft[] {
    const key = this.#keyOf(prefix);
    const isTold = this.#others.has(key) || this.#others.size >= mostOthers;
    this.#others.add(key);
    if (isTold) return [];
    const whose = key === this.#key ? 'with the same prefix' : `behind '${prefix.trim()}'`;
    const text = `lines of another program, ${whose}, are left out`;
    return [{ type: 'note', level: 'warning', code: 'target.other', text }];
  }

  #keyOf(prefix: string): string {
    return programKey(prefix) ?? this.#key;
  }

  #describe(procs: number | undefined): Draft {
    const { name, pid, missing } = this.#options;
    const { startNs } = this.timeline;
    const capabilities: Capabilities = {
      evidence: 'rounded',
      everyCycleWhole: true,
      heap: false,
      calls: false,
      missing,
    };
    return {
      type: 'target',
      id: this.#target,
      target: {
        name,
        ...(pid === undefined ? {} : { pid }),
        source: 'gctrace',
        ...(procs === undefined ? {} : { procs }),
        ...(startNs === undefined ? {} : { startedAtNs: startNs }),
      },
      latenessNs: durationNs(latenessNs),
      capabilities,
    };
  }
}

const latestFirst = 10;
const mostOthers = 64;

/** A pipe's way, and the time between two looks into a file. */
const latenessNs = 1e9;
