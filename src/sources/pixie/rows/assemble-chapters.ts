import type { GcEvent } from '../../../gc/event.js';
import type { Nanos } from '../../../gc/units.js';

/** What was found out of one process. */
export interface Chapter {
  /** As the tables spell it; undefined where they do not. */
  readonly process: string | undefined;
  /** To be told in this order: a gap stands where cycles are missing. */
  readonly parts: readonly ChapterPart[];
}

/** Events are never empty. */
export type ChapterPart = { readonly type: 'events'; readonly events: readonly GcEvent[] } | Gap;

/** A span of the session in which rows were lost. */
export interface Gap {
  readonly type: 'gap';
  readonly fromNs: Nanos;
  readonly toNs: Nanos;
  /** Cycles in it, where they can be counted. */
  readonly lost?: number;
  readonly reason: string;
}

/** What is told, process by process. */
export class Chapters {
  #chapters: { readonly process: string | undefined; readonly parts: OpenPart[] }[] = [];

  event(process: string | undefined, event: GcEvent): void {
    const parts = this.#partsOf(process);
    const last = parts.at(-1);
    if (last?.type === 'events') last.events.push(event);
    else parts.push({ type: 'events', events: [event] });
  }

  /** Gaps for the same reason that lie close together are one. */
  gap(process: string | undefined, gap: Gap): void {
    const parts = this.#partsOf(process);
    const last = parts.at(-1);
    if (last?.type === 'gap' && isNear(last, gap))
      parts[parts.length - 1] = { ...last, toNs: later(last, gap) };
    else parts.push(gap);
  }

  take(): readonly Chapter[] {
    const chapters = this.#chapters;
    this.#chapters = [];
    return chapters;
  }

  #partsOf(process: string | undefined): OpenPart[] {
    const last = this.#chapters.at(-1);
    if (last !== undefined && last.process === process) return last.parts;
    const parts: OpenPart[] = [];
    this.#chapters.push({ process, parts });
    return parts;
  }
}

type OpenPart = { readonly type: 'events'; readonly events: GcEvent[] } | Gap;

const isNear = (last: Gap, gap: Gap): boolean =>
  last.reason === gap.reason &&
  last.lost === undefined &&
  gap.lost === undefined &&
  gap.fromNs >= last.fromNs &&
  gap.fromNs <= last.toNs + nearNs;

const later = (a: Gap, b: Gap): Nanos => (a.toNs > b.toNs ? a.toNs : b.toNs);

const nearNs = 1e9;
