import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../../system/clock.js';
import { LineCutter } from '../../system/line-cutter.js';
import { unreadable } from './refusals.js';
import type { Batch, GctraceText } from './text.js';

export interface FileTextOptions {
  readonly path: string;
  readonly clock: Clock;
  /** What is in the file already is new: it was begun for this watch. @default false */
  readonly isNew?: boolean;
  /** When nothing more will be written; absent: when nothing has been written for two minutes. */
  readonly until?: Promise<unknown>;
}

const pollMs = 100;
const chunkBytes = 256 * 1024;

/**
 * A program that allocates at all has a cycle every two minutes (forcegcperiod, runtime/proc.go): a file that has not
 * been written to for longer is finished.
 */
export const finishedAfterMs = 130_000;

/** A file, read to its end and then as it grows, until it is finished. One that became shorter is read anew. */
export function fileText(options: FileTextOptions): GctraceText {
  return { read: (signal) => readFile(options, signal) };
}

async function* readFile(
  { path, clock, isNew = false, until }: FileTextOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  let isOver = false;
  const over = new AbortController();
  void until?.finally(() => {
    isOver = true;
    over.abort();
  });
  const wake = AbortSignal.any([signal, over.signal]);
  const file = await openFile(path);
  try {
    const growing = new GrowingFile(file);
    let cutter = new LineCutter();
    let isOld = !isNew;
    while (!signal.aborted) {
      const wasOver = isOver;
      const chunk = await growing.next().catch((error: unknown) => {
        throw unreadable(path, error);
      });
      if (chunk === 'shrunk') cutter = new LineCutter();
      else if (chunk !== undefined) yield { lines: cutter.push(chunk), age: isOld ? 'old' : 'new' };
      else {
        if (isOld) yield { lines: [], age: 'last-old' };
        isOld = false;
        const isFinished = until === undefined && (await growing.idleMs(clock)) > finishedAfterMs;
        if (wasOver || isFinished) break;
        await clock.sleep(pollMs, wake).catch(() => {}); // the end only cuts the wait short
      }
    }
    yield { lines: cutter.end(), age: 'new' };
  } finally {
    await file.close();
  }
}

class GrowingFile {
  readonly #file: FileHandle;
  readonly #chunk = Buffer.alloc(chunkBytes);
  #position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** What comes next; undefined at the end as it is now. */
  async next(): Promise<Uint8Array | 'shrunk' | undefined> {
    const { bytesRead } = await this.#file.read(this.#chunk, 0, chunkBytes, this.#position);
    this.#position += bytesRead;
    if (bytesRead > 0) return this.#chunk.subarray(0, bytesRead);
    const { size } = await this.#file.stat();
    if (size >= this.#position) return undefined;
    this.#position = 0;
    return 'shrunk';
  }

  /** How long ago it was written to. */
  async idleMs({ originUnixMs, nowNs }: Clock): Promise<number> {
    const { mtimeMs } = await this.#file.stat();
    return originUnixMs + nowNs() / 1e6 - mtimeMs;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
}
