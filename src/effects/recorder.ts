import { once } from 'node:events';
import { ftruncateSync, type WriteStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { GctopError } from '../error.js';
import { encodeMessage } from '../gc/recording.js';
import type { SourceMessage } from '../gc/stream.js';
import { hasCode } from '../system/errno.js';

/** Writes a stream to a file as it comes. */
export interface Recorder {
  write(message: SourceMessage): void;
  /** What ended the recording before its time: a full disk. */
  readonly failure: GctopError | undefined;
  /** Waits until all is on its way to the disk; rejects with the failure if there was one. */
  close(): Promise<void>;
}

/**
 * Opens a file for recording. What an existing one holds is replaced by the first message, not before: a watch that
 * fails to begin costs nobody an older recording. Throws `OUTPUT_FAILED` when it cannot be opened; a later failure is
 * told through `failed` and ends the recording, not the watching.
 */
export async function openRecorder(path: string, failed: (error: GctopError) => void): Promise<Recorder> {
  const { handle, isNew } = await openFile(path).catch((cause: unknown) => {
    throw cannotWrite(path, cause);
  });
  const isRegular = (await handle.stat()).isFile();
  const stream = handle.createWriteStream();
  let failure: GctopError | undefined;
  let hasBegun = false;
  stream.on('error', (cause) => {
    failure ??= cannotWrite(path, cause);
    failed(failure);
  });
  return {
    write(message) {
      if (failure !== undefined) return;
      if (!hasBegun && isRegular) ftruncateSync(handle.fd);
      hasBegun = true;
      stream.write(`${encodeMessage(message)}\n`);
    },
    get failure() {
      return failure;
    },
    async close() {
      if (failure === undefined) await end(stream);
      if (isNew && !hasBegun) await rm(path, { force: true });
      if (failure !== undefined) throw failure;
    },
  };
}

/** A file that this run makes belongs, under sudo, to the user who called it. */
async function openFile(path: string): Promise<{ readonly handle: FileHandle; readonly isNew: boolean }> {
  try {
    const handle = await open(path, 'ax');
    await giveToCaller(handle);
    return { handle, isNew: true };
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return { handle: await open(path, 'a'), isNew: false };
  }
}

async function giveToCaller(file: FileHandle): Promise<void> {
  const { SUDO_UID: uid, SUDO_GID: gid } = process.env;
  if (uid === undefined || gid === undefined || process.getuid?.() !== 0) return;
  await file.chown(Number(uid), Number(gid)).catch(() => {}); // a file system without owners: it is readable anyway
}

async function end(stream: WriteStream): Promise<void> {
  stream.end();
  await once(stream, 'close').catch(() => {}); // told by the listener to errors
}

const cannotWrite = (path: string, cause: unknown) =>
  new GctopError('OUTPUT_FAILED', `cannot write the recording '${path}': ${messageOf(cause)}`, {
    hint: 'name a file in a folder that you may write to',
    cause,
  });

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
