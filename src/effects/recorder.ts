import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { chown } from 'node:fs/promises';
import { GctopError } from '../error.js';
import { encodeMessage } from '../gc/recording.js';
import type { SourceMessage } from '../gc/stream.js';

/** Writes a stream to a file as it comes. */
export interface Recorder {
  write(message: SourceMessage): void;
  /** Waits until all is on its way to the disk. */
  close(): Promise<void>;
}

/**
 * Opens a file for recording; an existing one is replaced. Throws `OUTPUT_FAILED` when it cannot be opened;
 * a later failure (a full disk) is told once through `failed` and ends the recording, not the watching.
 */
export async function openRecorder(path: string, failed: (error: GctopError) => void): Promise<Recorder> {
  const stream = createWriteStream(path, { flags: 'w', mode: 0o644 });
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
  await giveToCaller(path);
  let broken = false;
  stream.on('error', (cause) => {
    broken = true;
    failed(cannotWrite(path, cause));
  });
  return {
    write(message) {
      if (!broken) stream.write(`${encodeMessage(message)}\n`);
    },
    close: () => (broken ? Promise.resolve() : end(stream)),
  };
}

function end(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.on('close', resolve);
    stream.end();
  });
}

/** Under sudo the file belongs to the user who called it. */
async function giveToCaller(path: string): Promise<void> {
  const { SUDO_UID: uid, SUDO_GID: gid } = process.env;
  if (uid === undefined || gid === undefined || process.getuid?.() !== 0) return;
  await chown(path, Number(uid), Number(gid));
}

const cannotWrite = (path: string, cause: unknown) =>
  new GctopError('OUTPUT_FAILED', `cannot write the recording '${path}': ${messageOf(cause)}`, {
    hint: 'name a file in a folder that you may write to',
    cause,
  });

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
