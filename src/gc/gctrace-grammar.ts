/**
 * A gctrace line as the runtime writes it: piece by piece, each with a write of its own (gwrite, runtime/print.go; the
 * lock that it holds meanwhile keeps out other prints of the runtime, not what the program writes).
 */
export interface Format {
  readonly pieces: readonly Piece[];
  /** What matches the pieces from each one on, at the end of a text and as a whole text. */
  readonly rests: readonly RegExp[];
  readonly wholeRests: readonly RegExp[];
}

/** A fixed text, or a figure. */
type Piece = { readonly text: string } | { readonly figure: Figure };
type Figure = 'count' | 'ms' | 'seconds';

/** How far a text goes on with a line: the piece that comes next, what belongs to the line, and where that ends. */
export interface Stretch {
  readonly next: number;
  readonly text: string;
  readonly end: number;
}

/** Every way in which the text at `from` can go on with the line from piece `next`, up to a piece's end. */
export function stretches(
  format: Format,
  next: number,
  { text, from }: { readonly text: string; readonly from: number },
): readonly Stretch[] {
  const found: Stretch[] = [];
  const goOn = (piece: Piece | undefined, at: number, index: number): void => {
    for (const length of piece === undefined ? [] : lengthsOf(piece, text, at)) {
      const end = at + length;
      const following = format.pieces[index + 1];
      // Where it goes on with words that only this line has, it was not torn there.
      if (!startsWithWords(following, text, end)) {
        found.push({ next: index + 1, text: text.slice(from, end), end });
      }
      goOn(following, end, index + 1);
    }
  };
  goOn(format.pieces[next], from, next);
  return found;
}

const startsWithWords = (piece: Piece | undefined, text: string, at: number): boolean =>
  piece !== undefined && 'text' in piece && piece.text.length > 3 && text.startsWith(piece.text, at);

/** Where in the text the rest of the line, from piece `next` to its end, can begin: the text ends with it. */
export function restsIn(
  format: Format,
  next: number,
  { text, from }: { readonly text: string; readonly from: number },
): readonly number[] {
  const rest = format.rests[next];
  if (rest === undefined) return [];
  const found = rest.exec(text.slice(from));
  if (found === null) return [];
  const first = from + found.index;
  const piece = format.pieces[next];
  if (piece === undefined || 'text' in piece) return [first];
  // A figure can be longer than what belongs to it: digits of the text before it.
  const run = /^[\d.]*/.exec(text.slice(first))?.[0].length ?? 0;
  return Array.from({ length: run }, (_, skipped) => first + skipped).filter((at) =>
    isRest(format, next, text.slice(at)),
  );
}

/** Whether the text is the rest of the line, from piece `next` to its end, and nothing else. */
export const isRest = (format: Format, next: number, text: string): boolean =>
  format.wholeRests[next]?.test(text) === true;

function lengthsOf(piece: Piece, text: string, at: number): readonly number[] {
  if ('text' in piece) return text.startsWith(piece.text, at) ? [piece.text.length] : [];
  const run = /^[\d.]*/.exec(text.slice(at, at + longestFigure))?.[0] ?? '';
  const whole = wholeFigures[piece.figure];
  return Array.from({ length: run.length }, (_, index) => index + 1).filter((length) =>
    whole.test(run.slice(0, length)),
  );
}

const longestFigure = 21;

/** As itoaDiv and fmtNSAsMS (runtime/mgc.go) and printuint (runtime/print.go) write them. */
const figures: Readonly<Record<Figure, string>> = {
  count: String.raw`(?:0|[1-9]\d{0,19})`,
  ms: String.raw`(?:0|0\.0(?:0[1-9]|[1-9]\d)|0\.[1-9]\d|[1-9]\.\d|[1-9]\d{1,19})`,
  seconds: String.raw`(?:0|[1-9]\d{0,15})\.\d{3}`,
};

const wholeFigures: Readonly<Record<Figure, RegExp>> = {
  count: new RegExp(`^${figures.count}$`),
  ms: new RegExp(`^${figures.ms}$`),
  seconds: new RegExp(`^${figures.seconds}$`),
};

const text = (value: string): Piece => ({ text: value });
const figure = (kind: Figure): Piece => ({ figure: kind });
const joined = (separators: string): readonly Piece[] =>
  [...separators].flatMap((separator) => [text(separator), figure('ms')]);

interface Variant {
  readonly phases: 3 | 5;
  readonly scan: boolean;
  readonly leaks: boolean;
  readonly forced: boolean;
}

function formatOf({ phases, scan, leaks, forced }: Variant): Format {
  const first = phases === 5 ? '++' : '';
  const pieces = [
    text('gc '),
    figure('count'),
    text(' @'),
    figure('seconds'),
    text('s '),
    figure('count'),
    ...(leaks ? [text('%'), text(' (checking for goroutine leaks)'), text(': ')] : [text('%'), text(': ')]),
    figure('ms'),
    ...joined(`${first}++`),
    text(' ms clock, '),
    figure('ms'),
    ...joined(`${first}+//+`),
    text(' ms cpu, '),
    figure('count'),
    text('->'),
    figure('count'),
    text('->'),
    figure('count'),
    text(' MB, '),
    figure('count'),
    text(' MB goal, '),
    ...(scan ? [figure('count'), text(' MB stacks, '), figure('count'), text(' MB globals, ')] : []),
    figure('count'),
    text(' P'),
    ...(forced ? [text(' (forced)')] : []),
  ];
  const sources = pieces.map((piece) =>
    'text' in piece ? piece.text.replace(/[+()./]/g, '\\$&') : figures[piece.figure],
  );
  const rests = [...sources, ''].map((_, next) => sources.slice(next).join(''));
  return {
    pieces,
    rests: rests.map((rest) => new RegExp(`${rest}$`)),
    wholeRests: rests.map((rest) => new RegExp(`^${rest}$`)),
  };
}

/** What the releases of Go print, each forced or not: 1.6 to 1.17, 1.18 on, 1.26 on, and 1.5. */
export const formats: readonly Format[] = (
  [
    { phases: 3, scan: true, leaks: false },
    { phases: 3, scan: false, leaks: false },
    { phases: 3, scan: true, leaks: true },
    { phases: 5, scan: false, leaks: false },
  ] as const
).flatMap((variant) => [true, false].map((forced) => formatOf({ ...variant, forced })));
