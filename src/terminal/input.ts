import { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';

/**
 * The input that blessed hears. blessed reads at most one report of the mouse from a chunk and no key beside it, while
 * a terminal sends what has piled up at once: so each report, and each stretch of keys between, is a chunk of its own.
 */
export class InputFeed extends EventEmitter {
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  feed(bytes: Buffer): void {
    const { pieces, unfinished } = splitInput(this.#held + this.#decoder.write(bytes));
    this.#held = unfinished;
    for (const piece of pieces) this.emit('data', Buffer.from(piece));
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: reports of the mouse begin with ESC
const mouseReport = /(\x1b\[<\d+;\d+;\d+[Mm]|\x1b\[M[\s\S]{3})/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const unfinishedReport = /\x1b\[<[\d;]*$/;

/** Divides input into mouse reports and what stands between; a report cut at the end waits for its rest. */
export function splitInput(text: string): {
  readonly pieces: readonly string[];
  readonly unfinished: string;
} {
  const unfinished = unfinishedReport.exec(text)?.[0] ?? '';
  const whole = text.slice(0, text.length - unfinished.length);
  return { pieces: whole.split(mouseReport).filter((piece) => piece !== ''), unfinished };
}

/** The key table's name for a key that blessed reports, or nothing where it reports the same key a second time. */
export function keyName(full: string | undefined): string | undefined {
  // The enter key comes as 'enter' and again as 'return'; with ICRNL, or as Ctrl-J, it is 'linefeed'.
  if (full === undefined || full === '' || full === 'return') return undefined;
  if (full === 'linefeed') return 'enter';
  if (full === 'M-escape') return 'escape';
  return full < ' ' ? undefined : full;
}
