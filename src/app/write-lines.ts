import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { encodeMessage } from '../gc/recording.js';
import type { SourceMessage } from '../gc/stream.js';

/** A message as the lines that are written of it. */
export type Encode = (message: SourceMessage) => readonly string[];

/** The message itself, as a line of NDJSON. */
export const asJson: Encode = (message) => [encodeMessage(message)];

/**
 * Writes the stream as lines, no faster than they are read. Resolves when the last line was taken, or when nobody takes
 * any more.
 */
export async function writeLines(
  messages: AsyncIterable<SourceMessage>,
  { output, encode }: { readonly output: Writable; readonly encode: Encode },
): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    output.once('error', () => resolve());
  });
  for await (const message of messages) {
    const text = encode(message)
      .map((line) => `${line}\n`)
      .join('');
    if (text !== '' && !output.write(text)) await Promise.race([once(output, 'drain'), gone]);
    if (output.errored) return;
  }
  const taken = new Promise<void>((resolve) => {
    output.write('', () => resolve());
  });
  await Promise.race([taken, gone]);
}
