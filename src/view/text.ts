/**
 * Text from outside made harmless: no escape sequence, no control character, nothing that is not exactly one column
 * wide. What is left can change no style, move no cursor and break no column.
 */
export function plain(text: string): string {
  if (printableAscii.test(text)) return text;
  return withoutEscapes(text)
    .normalize('NFC')
    .replace(/[\t\n\r]+/gu, ' ')
    .replace(/\p{Cc}/gu, '')
    .replace(notOneColumnWide, '?');
}

/** Cuts to a width; a cut text ends in `~`. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width <= 0 ? '' : `${text.slice(0, width - 1)}~`;
}

/** A text as a terminal without UTF-8 can show it. */
export const asciiOnly = (text: string): string =>
  printableAscii.test(text) ? text : text.replaceAll('µ', 'u').replace(/[^ -~]/gu, '?');

/** Breaks a sentence between words into lines of a width; a longer word is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = cut(line === '' ? word : `${line} ${word}`, width);
  }
  return [...lines, line];
}

/** The first of several wordings that is not wider than the room; the last one if none is. */
export function firstThatFits(texts: readonly string[], width: number): string {
  return texts.find((text) => text.length <= width) ?? texts.at(-1) ?? '';
}

const printableAscii = /^[ -~]*$/;

// Latin, Greek, Cyrillic, punctuation, currencies, arrows, mathematics, box and block drawing. Everything else is
// combining, wide, or has no width that terminals agree on.
const notOneColumnWide = /[^ -~¡-¬®-ʯͰ-ҁҊ-ԯ‐-‧‰-⁞₠-₿℀-⅏←-⇿∀-⋿─-◼⠀-⣿]/gu;

const controlSequence = /^\[[0-?]*[ -/]*[@-~]?/;
/** OSC, DCS, PM, APC and SOS carry a string up to the next control character. */
const stringSequence = /^[\]P^_X]\P{Cc}*/u;
const shortSequence = /^[ -/]*[0-~]?/;

function withoutEscapes(text: string): string {
  const [head = '', ...rest] = text.split('\u001b');
  return head + rest.map(withoutSequence).join('');
}

function withoutSequence(afterEscape: string): string {
  for (const sequence of [controlSequence, stringSequence]) {
    if (sequence.test(afterEscape)) return afterEscape.replace(sequence, '');
  }
  return afterEscape.replace(shortSequence, '');
}
