import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { encodeMessage } from '../gc/recording.js';
import type { SourceMessage } from '../gc/stream.js';

/** Writes the stream as NDJSON, a message a line, no faster than it is read. */
export async function writeJson(messages: AsyncIterable<SourceMessage>, output: Writable): Promise<void> {
  for await (const message of messages) {
    if (!output.write(`${encodeMessage(message)}\n`)) await once(output, 'drain');
  }
}
