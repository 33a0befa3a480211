import { GctopError } from '../error.js';
import { eventAtNs } from '../gc/event.js';
import type { SourceMessage } from '../gc/stream.js';
import { durationNs, type Nanos } from '../gc/units.js';

type WithoutTime<Message> = Message extends unknown ? Omit<Message, 'atNs'> : never;
/** What a source has to say, before it is dated. */
export type Draft = WithoutTime<SourceMessage>;
type TargetDraft = Extract<Draft, { type: 'target' }>;

/**
 * Dates a source's messages and keeps the invariants of the stream: `opened` first and once, a target before anything
 * of it, `events` never empty, time never running backwards, nothing after `closed`. Breaking one is a bug of the
 * source and throws `INTERNAL`; an empty `events` is left out.
 */
export class MessageOrder {
  readonly #nowNs: () => Nanos;
  readonly #targets = new Map<string, { readonly target: TargetDraft; promisedNs: Nanos }>();
  #lastAtNs: Nanos | undefined;
  #closed = false;

  constructor(nowNs: () => Nanos) {
    this.#nowNs = nowNs;
  }

  /** The messages to hand over for the draft: one, none, more when there are many events or its target is told anew. */
  date(draft: Draft): readonly SourceMessage[] {
    this.#check(draft);
    const atNs = this.#next();
    if (draft.type === 'target') this.#targets.set(draft.id, { target: draft, promisedNs: draft.latenessNs });
    if (draft.type === 'closed') this.#closed = true;
    if (draft.type !== 'events') return [{ ...draft, atNs }];
    if (draft.events.length === 0) return [];
    const parts: SourceMessage[] = [];
    for (let from = 0; from < draft.events.length; from += mostEvents)
      parts.push({ ...draft, events: draft.events.slice(from, from + mostEvents), atNs });
    return [...this.#laterTarget(draft, atNs), ...parts];
  }

  #check(draft: Draft): void {
    if (this.#closed) throw broken(draft, 'after the stream was closed');
    if ((draft.type === 'opened') !== (this.#lastAtNs === undefined)) throw broken(draft, 'out of turn');
    if (draft.type === 'events' || draft.type === 'gap' || draft.type === 'probe') {
      if (!this.#targets.has(draft.target)) throw broken(draft, `of unknown target '${draft.target}'`);
    }
  }

  #next(): Nanos {
    const now = this.#nowNs();
    this.#lastAtNs = this.#lastAtNs === undefined || now > this.#lastAtNs ? now : this.#lastAtNs;
    return this.#lastAtNs;
  }

  /**
   * A reader that stood still (Ctrl-Z, a slow pipe) makes events older than was promised. They are still true, so for
   * their sake the promise is widened, and taken back with the next events that keep it.
   */
  #laterTarget(draft: Extract<Draft, { type: 'events' }>, atNs: Nanos): readonly SourceMessage[] {
    const known = this.#targets.get(draft.target);
    if (known === undefined) return [];
    const oldestNs = draft.events.reduce((least, event) => Math.min(least, eventAtNs(event)), Number(atNs));
    const latenessNs = durationNs(Math.max(known.target.latenessNs, atNs - oldestNs));
    if (latenessNs === known.promisedNs) return [];
    known.promisedNs = latenessNs;
    return [{ ...known.target, latenessNs, atNs }];
  }
}

/** In one message: a line of a recording must not become too long to be read. */
const mostEvents = 1000;

const broken = (draft: Draft, how: string): GctopError =>
  new GctopError('INTERNAL', `a source said '${draft.type}' ${how}`);
