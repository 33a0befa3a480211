import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../system/clock.js';

/** A file that a child writes its output to, so that no reader can slow it down, read again as it grows. */
export interface OutputFile {
  readonly path: string;
  /** For the child's stdout and stderr. */
  readonly descriptor: number;
  /** Reads until the child is gone and its last line is read; closes the file, which stays. */
  follow(options: FollowOptions): Promise<void>;
  remove(): void;
}

export interface FollowOptions {
  readonly onLine: (line: string) => void;
  readonly clock: Clock;
  /** When nothing more will be written. */
  readonly until: Promise<unknown>;
}

const pollMs = 100;
/** Of what came at once only the last lines are told: the rest stands in the file. */
const mostLinesTold = 20;
const chunkBytes = 64 * 1024;

/** Makes a new file in the folder for temporary files, readable by its owner alone. */
export function openOutputFile(name: string): OutputFile {
  const path = join(mkdtempSync(join(tmpdir(), 'gctop-')), `${basename(name)}.log`);
  const descriptor = openSync(path, 'ax+', 0o600);
  return {
    path,
    descriptor,
    remove() {
      closeSync(descriptor);
      rmSync(dirname(path), { recursive: true });
    },
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
      closeSync(descriptor);
    },
  };
}

/** Gives the last whole lines that were written since the call before. */
function lineReader(descriptor: number): () => readonly string[] {
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(chunkBytes);
  let position = 0;
  let partial = '';
  return () => {
    let lines: string[] = [];
    let left = 0;
    for (;;) {
      const length = readSync(descriptor, chunk, 0, chunkBytes, position);
      if (length === 0) break;
      position += length;
      const [first = '', ...rest] = decoder.write(chunk.subarray(0, length)).split('\n');
      const whole = [partial + first, ...rest];
      partial = (whole.pop() ?? '').slice(0, chunkBytes);
      left += Math.max(0, lines.length + whole.length - mostLinesTold);
      lines = [...lines, ...whole].slice(-mostLinesTold);
    }
    return left === 0 ? lines : [`(${left} lines more in the file)`, ...lines];
  };
}
