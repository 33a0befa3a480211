import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from './clock.js';

/** A file that a child writes its output to, so that no reader can slow it down, read again as it grows. */
export interface OutputFile {
  readonly path: string;
  /** For the child's stdout and stderr. */
  readonly descriptor: number;
  /** Reads until the child is gone and its last line is read, closes the file, which stays, and gives its length. */
  follow(options: FollowOptions): Promise<number>;
  /** Takes the file away with its folder. */
  remove(): void;
}

export interface FollowOptions {
  readonly onLine: (line: string) => void;
  readonly clock: Clock;
  /** When nothing more will be written. */
  readonly until: Promise<unknown>;
}

const pollMs = 100;
/** Of what came at once only the last lines are read and told: a flood must not keep gctop from anything else. */
const mostLinesTold = 20;
const mostBytesRead = 64 * 1024;

/** Makes a new file in the folder for temporary files, readable by its owner alone. */
export function openOutputFile(name: string): OutputFile {
  const path = join(mkdtempSync(join(tmpdir(), 'gctop-')), `${basename(name)}.log`);
  const descriptor = openSync(path, 'ax+', 0o600);
  return {
    path,
    descriptor,
    remove: () => rmSync(dirname(path), { recursive: true }),
    async follow({ onLine, clock, until }) {
      const ended = new AbortController();
      void until.finally(() => ended.abort());
      const readNew = lineReader(descriptor);
      const tellNew = () => {
        for (const line of readNew()) onLine(line);
      };
      while (!ended.signal.aborted) {
        tellNew();
        await clock.sleep(pollMs, ended.signal).catch(() => {}); // the end only cuts the wait short
      }
      tellNew();
      const { size } = fstatSync(descriptor);
      closeSync(descriptor);
      return size;
    },
  };
}

/** Gives the last whole lines that were written since the call before. */
function lineReader(descriptor: number): () => readonly string[] {
  const chunk = Buffer.alloc(mostBytesRead);
  let decoder = new StringDecoder('utf8');
  let position = 0;
  let partial = '';
  return () => {
    const skipped = fstatSync(descriptor).size - mostBytesRead - position;
    if (skipped > 0) {
      position += skipped;
      decoder = new StringDecoder('utf8');
      partial = '';
    }
    const length = readSync(descriptor, chunk, 0, mostBytesRead, position);
    position += length;
    const lines = (partial + decoder.write(chunk.subarray(0, length))).split('\n');
    partial = (lines.pop() ?? '').slice(-mostBytesRead);
    const isFlood = skipped > 0 || lines.length > mostLinesTold;
    return isFlood ? ['(more lines are in the file)', ...lines.slice(-mostLinesTold)] : lines;
  };
}
