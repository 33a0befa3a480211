import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { plain } from './failure-text.js';

export interface PickOptions {
  readonly question: string;
  /** One line each, never empty. */
  readonly choices: readonly string[];
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

/**
 * Lets a person choose from a list by its number, before there is a screen; asks again until the answer is one of
 * them. Resolves with its index, undefined when the input ends first. Rejects with the signal's reason.
 */
export async function pick({
  question,
  choices,
  input,
  output,
  signal,
}: PickOptions): Promise<number | undefined> {
  const width = String(choices.length).length;
  for (const [index, choice] of choices.entries()) {
    output.write(`  ${String(index + 1).padStart(width)}  ${plain(choice)}\n`);
  }
  const lines = createInterface({ input, terminal: false, signal });
  const ask = () => output.write(`${question} [1-${choices.length}] `);
  try {
    ask();
    // One reader for all answers: what comes together with another line, or with the end, is heard as well.
    for await (const line of lines) {
      const chosen = Number(line.trim());
      if (line.trim() !== '' && choices[chosen - 1] !== undefined) return chosen - 1;
      ask();
    }
    signal.throwIfAborted();
    return undefined;
  } finally {
    lines.close();
  }
}
