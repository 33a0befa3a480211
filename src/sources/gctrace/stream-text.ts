import type { Readable } from 'node:stream';
import { Channel } from '../../system/channel.js';
import { LineCutter } from '../../system/line-cutter.js';
import { unreadable } from './refusals.js';
import type { Batch, GctraceText } from './text.js';

/** Chunks that wait to be read; a pipe's writer waits when there are more. */
const mostWaiting = 64;

/** What comes through a pipe, such as stdin, to its end. */
export function streamText(stream: Readable): GctraceText {
  return { read: (signal) => readStream(stream, signal) };
}

async function* readStream(stream: Readable, signal: AbortSignal): AsyncGenerator<Batch> {
  const chunks = new Channel<Uint8Array>();
  const cutter = new LineCutter();
  let failure: unknown;
  const onData = (chunk: Buffer) => {
    chunks.push(chunk);
    if (chunks.length > mostWaiting) stream.pause();
  };
  const onError = (error: unknown) => {
    failure = error;
    chunks.close();
  };
  const close = () => chunks.close();
  stream.on('data', onData).once('end', close).once('close', close).on('error', onError);
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const chunk of chunks) {
      if (signal.aborted) break;
      yield { lines: cutter.push(chunk), age: 'new' };
      stream.resume();
    }
    if (failure !== undefined) throw unreadable('stdin', failure);
    yield { lines: cutter.end(), age: 'new' };
  } finally {
    signal.removeEventListener('abort', close);
    stream.removeListener('data', onData).removeListener('end', close).removeListener('close', close);
    stream.destroy();
  }
}
