import { GctopError } from '../error.js';

/** The one line that tells a person what went wrong and what to try, for stderr. */
export function failureText(error: unknown): string {
  if (error instanceof GctopError) {
    return told(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`);
  }
  return told(
    `unexpected failure: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  );
}

/** A sentence of gctop's on stderr. */
export const told = (sentence: string): string => `gctop: ${plain(sentence)}\n`;

/** One line of text from outside that cannot style the shell or move its cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
export const plain = (text: string): string => text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').trim();
