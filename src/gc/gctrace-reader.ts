import { type GctraceLine, parseGctraceLine } from './gctrace-line.js';
import { type Mended, shapeOf, TornLine } from './gctrace-torn.js';

/** What a line of a program's stderr turned out to be. */
export type GctraceItem =
  | {
      readonly kind: 'cycle';
      readonly line: GctraceLine;
      /** What stood before it in its line, from outside: a timestamp, a pod's name. */
      readonly prefix: string;
      /** The runtime said before that two minutes had passed without a cycle (forcegchelper, runtime/proc.go). */
      readonly byTimer: boolean;
      /** It had come apart. */
      readonly mended: boolean;
    }
  /** A line that came apart and could not be put together again. */
  | { readonly kind: 'torn' }
  /** What the program itself printed. */
  | { readonly kind: 'other'; readonly text: string };

/** A longer line is no gctrace line, whatever it holds. */
const longestLine = 8192;
/** What lines of the program begin with is remembered of so many of them. */
const mostBegins = 64;

/**
 * Finds the gctrace lines among all that a program and its runtime print: behind prefixes, between foreign lines, and
 * those that the program wrote into. Takes a line at a time, without its end.
 */
export class GctraceReader {
  #torn: TornLine | undefined;
  #byTimer = false;
  #before: GctraceLine | undefined;
  #prefix: string | undefined;
  readonly #begins = new Set<string>();

  push(line: string): readonly GctraceItem[] {
    const text = line.length > longestLine ? '' : line;
    const at = startIn(text, this.#prefix);
    const whole = at === undefined ? undefined : parseGctraceLine(text.slice(at));
    if (at !== undefined && whole !== undefined) {
      return [...this.settle(), this.#cycle({ line: whole, prefix: text.slice(0, at), mended: false })];
    }
    const pending = this.#torn;
    if (pending !== undefined && !lineBegin.test(text)) {
      const mended = pending.take(line);
      if (mended === 'given-up') return [...this.#giveUp(pending), ...this.push(line)];
      return mended === undefined ? [] : this.#mend(pending, mended);
    }
    if (at !== undefined) return [...this.settle(), ...this.#tear(text, at)];
    return this.#other(line);
  }

  /** Nothing more comes for now: what is not whole is given up. */
  settle(): readonly GctraceItem[] {
    const pending = this.#torn;
    if (pending === undefined) return [];
    const mended = pending.end();
    return mended === undefined ? this.#giveUp(pending) : this.#mend(pending, mended);
  }

  #tear(text: string, at: number): readonly GctraceItem[] {
    const torn = new TornLine(text.slice(at), {
      prefix: text.slice(0, at),
      before: this.#before,
      isUsualBegin: (begin) => this.#begins.has(beginOf(begin)),
    });
    const mended = torn.atOnce();
    if (mended !== undefined) return this.#mend(torn, mended);
    this.#torn = torn;
    return [];
  }

  #mend(torn: TornLine, { line, foreign }: Mended): readonly GctraceItem[] {
    if (line === undefined) return this.#giveUp(torn);
    this.#torn = undefined;
    return [
      this.#cycle({ line, prefix: torn.prefix, mended: true }),
      ...foreign.filter((text) => text !== '').flatMap((text) => this.#other(text)),
    ];
  }

  #giveUp(torn: TornLine): readonly GctraceItem[] {
    this.#torn = undefined;
    const isOfRuntime = lineBegin.test(torn.lines[0] ?? '');
    const others = torn.lines.flatMap((line) => this.#other(line));
    return isOfRuntime ? [{ kind: 'torn' }, ...others] : others;
  }

  #cycle(found: Pick<GctraceItem & { kind: 'cycle' }, 'line' | 'prefix' | 'mended'>): GctraceItem {
    const byTimer = this.#byTimer;
    this.#byTimer = false;
    this.#before = found.line;
    if (!found.mended) this.#prefix = found.prefix;
    return { kind: 'cycle', byTimer, ...found };
  }

  #other(line: string): readonly GctraceItem[] {
    const own = line.slice(this.#prefix?.length ?? 0);
    if (own.startsWith(timerWords)) {
      this.#byTimer = true;
      return own === timerWords ? [] : this.#other(own.slice(timerWords.length));
    }
    if (scavengerLine.test(own)) return [];
    if (own !== '') this.#remember(own);
    return [{ kind: 'other', text: line }];
  }

  #remember(text: string): void {
    const begin = beginOf(text);
    this.#begins.delete(begin);
    this.#begins.add(begin);
    const [oldest] = this.#begins;
    if (this.#begins.size > mostBegins && oldest !== undefined) this.#begins.delete(oldest);
  }
}

const lineBegin = /gc \d+ @/;
const timerWords = 'GC forced';

/** Printed with gctrace up to Go 1.12 (mheap.scavenge, runtime/mheap.go), and without a number by 1.13 and 1.14. */
const scavengerLine = /^scvg\d*: (?:\d+ MB released|inuse: \d+, idle: \d+, sys: \d+, .*\(MB\))$/;

/** Where a gctrace line begins: behind the prefix of the one before, or where its first pieces stand. */
function startIn(text: string, prefix: string | undefined): number | undefined {
  if (!text.includes('gc ')) return undefined;
  const usual = prefix?.length ?? 0;
  const isUsual = shapeOf(text.slice(0, usual)) === shapeOf(prefix ?? '');
  if (isUsual && text.startsWith('gc ', usual)) return usual;
  const found = lineBegin.exec(text);
  return found === null ? undefined : found.index;
}

/** Enough of a text to tell what kind of line it begins. */
const beginOf = (text: string): string => shapeOf(text.slice(0, 10)).replace(/[a-z]/gi, 'a');
