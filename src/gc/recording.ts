import { GctopError } from '../error.js';
import { Mismatch, objectOf, own } from './check.js';
import { type SourceMessage, streamFormat } from './stream.js';
import { streamMessage } from './stream-check.js';

/** A message as one line of a recording, without the line's end. */
export const encodeMessage = (message: SourceMessage): string => JSON.stringify(message);

/**
 * A line of a recording as a message; undefined where this version does not know its type, or none of its events.
 * Nothing in the line is believed: throws `RECORDING_UNREADABLE` naming the line and what was expected there, or
 * `RECORDING_TOO_NEW`.
 */
export function decodeLine(line: string, lineNumber: number): SourceMessage | undefined {
  try {
    const value = objectOf(parse(line), '');
    if (own(value, 'type') === 'opened') refuseNewer(own(value, 'format'));
    return streamMessage(value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new GctopError('RECORDING_UNREADABLE', `line ${lineNumber} of the recording: ${error.message}`, {
      hint: 'the file must be as --record or --json wrote it',
      cause: error,
    });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Mismatch('', line, 'a JSON object', { cause });
  }
}

function refuseNewer(format: unknown): void {
  if (typeof format !== 'number' || format <= streamFormat) return;
  throw new GctopError(
    'RECORDING_TOO_NEW',
    `the recording has format '${format}', this gctop reads formats up to '${streamFormat}'`,
    { hint: 'replay it with a newer gctop' },
  );
}
