import { createReadStream } from 'node:fs';
import { GctopError } from '../../error.js';
import { decodeLine } from '../../gc/recording.js';
import type { SourceMessage } from '../../gc/stream.js';
import { type Nanos, nanos } from '../../gc/units.js';
import { LineCutter } from '../../system/line-cutter.js';

/** What a recording holds, in order; `cut` comes last where it has no end of its own. */
export type RecordedItem = { readonly type: 'message'; readonly message: SourceMessage } | RecordingCut;

export interface RecordingCut {
  readonly type: 'cut';
  /** The last line that is whole. */
  readonly line: number;
  /** The line after it is there in part. */
  readonly torn: boolean;
}

/**
 * Reads a recording as a stream. Throws `RECORDING_UNREADABLE` for what is no recording or has a broken line
 * between whole ones, `RECORDING_TOO_NEW` for a format of a later gctop.
 */
export async function* readRecording(path: string): AsyncGenerator<RecordedItem, void, undefined> {
  let line = 0;
  let closed = false;
  let held: unknown;
  for await (const text of linesOf(path)) {
    // A line that cannot be read is a cut only when nothing follows it.
    if (held !== undefined) throw held;
    line += 1;
    try {
      const message = decode(text, line);
      if (message === undefined) continue;
      closed = message.type === 'closed';
      yield { type: 'message', message };
    } catch (error) {
      if (line === 1 || !isUnreadable(error)) throw error;
      held = error;
    }
  }
  if (line === 0) throw unreadable(path, 'it is empty');
  if (!closed) yield { type: 'cut', line: held === undefined ? line : line - 1, torn: held !== undefined };
}

/**
 * When the last message of a recording was handed over, since its origin. Reads the file once, so that what cannot
 * be replayed is told before a screen is drawn. Throws as `readRecording` does.
 */
export async function recordingLength(path: string): Promise<Nanos> {
  let lengthNs = nanos(0);
  for await (const item of readRecording(path)) {
    if (item.type === 'message') lengthNs = item.message.atNs;
  }
  return lengthNs;
}

/**
 * The stream has at most 1,000 events in a message (sources/order.ts), which are some 700 KB. What is parsed takes up to
 * forty times its length of memory.
 */
const longestLine = 2 << 20;

function decode(text: string, line: number): SourceMessage | undefined {
  if (text.length > longestLine) {
    throw new GctopError('RECORDING_UNREADABLE', `line ${line} of the recording is longer than 2 MiB`, {
      hint: 'the file must be as --record or --json wrote it',
    });
  }
  const message = decodeLine(text, line);
  if (line === 1 && message?.type !== 'opened') {
    throw new GctopError('RECORDING_UNREADABLE', "line 1 is not the header of a recording ('opened')", {
      hint: 'name a file that gctop --record wrote',
    });
  }
  return message;
}

async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  const input: AsyncIterable<Buffer> & { destroy(): void } = createReadStream(path);
  const cutter = new LineCutter(longestLine + 1);
  try {
    for await (const chunk of input) yield* cutter.push(chunk);
    yield* cutter.end();
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  } finally {
    input.destroy();
  }
}

const isUnreadable = (error: unknown): boolean =>
  error instanceof GctopError && error.code === 'RECORDING_UNREADABLE';

const unreadable = (path: string, why: string, cause?: unknown) =>
  new GctopError('RECORDING_UNREADABLE', `cannot read the recording '${path}': ${why}`, {
    hint: 'name a file that gctop --record wrote',
    cause,
  });
