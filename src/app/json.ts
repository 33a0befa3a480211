import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { encodeMessage } from '../gc/recording.js';
import type { SourceMessage } from '../gc/stream.js';

/**
 * Writes the stream as NDJSON, a message a line, no faster than it is read. Resolves when the last line was taken,
 * or when nobody takes any more.
 */
export async function writeJson(messages: AsyncIterable<SourceMessage>, output: Writable): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    output.once('error', () => resolve());
  });
  for await (const message of messages) {
    if (!output.write(`${encodeMessage(message)}\n`)) await Promise.race([once(output, 'drain'), gone]);
    if (output.errored) return;
  }
  const taken = new Promise<void>((resolve) => {
    output.write('', () => resolve());
  });
  await Promise.race([taken, gone]);
}
