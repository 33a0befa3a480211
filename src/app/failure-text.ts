import { GctopError } from '../error.js';

/** The one line that tells a person what went wrong and what to try, for stderr. */
export function failureText(error: unknown): string {
  if (error instanceof GctopError) {
    return line(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`);
  }
  return line(
    `unexpected failure: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  );
}

// An error's text may quote what came from outside: it must not style the shell or move its cursor.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const line = (text: string) => `gctop: ${text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').trim()}\n`;
