import { type Format, formats, isRest, restsIn, stretches } from './gctrace-grammar.js';
import { type GctraceLine, parseGctraceLine } from './gctrace-line.js';
import { isPlausible } from './gctrace-plausible.js';

/** What was made of a torn line: the line, and what was written into it; undefined where that is not certain. */
export interface Mended {
  readonly line: GctraceLine | undefined;
  readonly foreign: readonly string[];
}

/** What is known of a stream, to tell what may stand in it. */
export interface Surroundings {
  /** What stands before the first piece, from outside: a timestamp, a pod's name. */
  readonly prefix: string;
  /** The last line before that was whole. */
  readonly before: GctraceLine | undefined;
  /** Whether other lines of the program begin as this one does. */
  readonly isUsualBegin: (text: string) => boolean;
}

/** With more lines in between than these it is given up. */
const mostLines = 64;
/** More than one torn line of a program ever needs. */
const mostCandidates = 1024;
/** A longer line is not searched for a rest behind text that has no line end of its own. */
const longestSearched = 512;

const lineEnd = / P(?: \(forced\))?$/;

interface Candidate {
  readonly format: Format;
  /** The piece that comes next. */
  readonly next: number;
  readonly text: string;
  readonly foreign: readonly string[];
}

/**
 * A gctrace line into which the program wrote: its pieces, gathered from the lines that it came apart into. Takes the
 * lines in their order until one ends it.
 */
export class TornLine {
  readonly #around: Surroundings;
  readonly #lines: string[] = [];
  #candidates: readonly Candidate[];

  /** `text` is the line's first part, without the prefix. */
  constructor(text: string, around: Surroundings) {
    this.#around = around;
    this.#lines.push(around.prefix + text);
    this.#candidates = formats.flatMap((format) =>
      stretches(format, 0, { text, from: 0 }).map(({ next, text: own, end }) => ({
        format,
        next,
        text: own,
        foreign: [text.slice(end)],
      })),
    );
  }

  /** The lines as they came. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get prefix(): string {
    return this.#around.prefix;
  }

  /** What was written into the line without a line end stands in the first of its lines, with its end behind it. */
  atOnce(): Mended | undefined {
    const first = this.#lines[0]?.slice(this.#around.prefix.length) ?? '';
    if (first.length > longestSearched || !lineEnd.test(first)) return undefined;
    const found = this.#candidates.flatMap((candidate) => {
      const from = candidate.text.length;
      return restsIn(candidate.format, candidate.next, { text: first, from })
        .filter((at) => at > from && at < first.length)
        .map((at) => ({ text: candidate.text + first.slice(at), foreign: [first.slice(from, at)] }));
    });
    return found.length === 0 ? undefined : this.#choose(found);
  }

  /** The next line: it ends the torn one, or is kept. */
  take(line: string): Mended | undefined | 'given-up' {
    if (this.#lines.length >= mostLines) return 'given-up';
    this.#lines.push(line);
    const { prefix } = this.#around;
    const isOurs =
      shapeOf(line.slice(0, prefix.length)) === shapeOf(prefix) || line.trimEnd() === prefix.trimEnd();
    const text = line.slice(prefix.length);
    const ended = isOurs ? this.#candidates.flatMap((candidate) => endOf(candidate, text)) : [];
    if (ended.length > 0) return this.#choose(ended);
    const further = isOurs ? this.#candidates.flatMap((candidate) => furtherOf(candidate, text)) : [];
    const kept = this.#candidates.map((candidate) => withForeign(candidate, line));
    this.#candidates = [...kept, ...further].slice(0, mostCandidates);
    return undefined;
  }

  /** Nothing more comes: what lacks nothing but the line end is whole. */
  end(): Mended | undefined {
    const whole = this.#candidates.filter(({ format, next }) => next === format.pieces.length);
    return whole.length === 0 ? undefined : this.#choose(whole);
  }

  #choose(found: readonly Pick<Candidate, 'text' | 'foreign'>[]): Mended {
    const { prefix, before, isUsualBegin } = this.#around;
    const readings = found.flatMap(({ text, foreign }) => {
      const line = parseGctraceLine(text);
      const isWhole = line !== undefined && isPlausible(line, before) && !foreign.some(goesOn);
      return isWhole ? [{ text, line, foreign }] : [];
    });
    const inTurn = whereTheyDiffer(
      readings,
      ({ line }) => before === undefined || line.number === before.number + 1,
    );
    const isUsual = (text: string) =>
      text === '' || isUsualBegin(text) || isUsualBegin(text.slice(prefix.length));
    const usual = whereTheyDiffer(inTurn, ({ foreign }) => foreign.every(isUsual));
    const [first] = usual;
    return first !== undefined && !differ(usual) ? first : { line: undefined, foreign: this.#lines };
  }
}

/** What only the runtime writes was not read as its own: another reading does. */
const goesOn = (text: string): boolean => /^(?: \(forced\)|\d+ MB stacks, )/.test(text);

interface Reading {
  readonly text: string;
  readonly line: GctraceLine;
  readonly foreign: readonly string[];
}

/** Of readings that differ those that pass. */
const whereTheyDiffer = (
  readings: readonly Reading[],
  passes: (reading: Reading) => boolean,
): readonly Reading[] => (differ(readings) ? readings.filter(passes) : readings);

const differ = ([first, ...others]: readonly Reading[]): boolean =>
  others.some(({ text }) => text !== first?.text);

/** The candidate ended by a line that holds nothing but its rest. */
function endOf(candidate: Candidate, text: string): readonly Candidate[] {
  const { format, next } = candidate;
  if (!isRest(format, next, text)) return [];
  return [{ ...candidate, text: candidate.text + text }];
}

/** The candidate gone on with by a line that was torn itself. */
const furtherOf = (candidate: Candidate, text: string): readonly Candidate[] =>
  stretches(candidate.format, candidate.next, { text, from: 0 }).map(({ next, text: own, end }) => ({
    ...candidate,
    next,
    text: candidate.text + own,
    foreign: [...candidate.foreign, text.slice(end)],
  }));

const withForeign = (candidate: Candidate, line: string): Candidate => ({
  ...candidate,
  foreign: [...candidate.foreign, line],
});

/** What stays of a timestamp from line to line. */
export const shapeOf = (text: string): string => text.replace(/\d/g, '0');
