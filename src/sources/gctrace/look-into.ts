import { stat } from 'node:fs/promises';
import { GctraceReader } from '../../gc/gctrace-reader.js';
import { type Clock, nowUnixMs } from '../../system/clock.js';
import { fileText, finishedAfterMs } from './file-text.js';
import { Narrator } from './narrator.js';
import { noGctraceIn } from './refusals.js';

/**
 * When the first cycle in a file began, ms since 1970: its last line was printed when it was last written to. Reads the
 * file once, so that what cannot be shown is told before a screen is drawn. Throws `GCTRACE_UNREADABLE`.
 */
export async function beginOfFile(path: string, clock: Clock): Promise<number> {
  const reader = new GctraceReader();
  const narrator = new Narrator({ name: path, missing: [] });
  const enough = new AbortController();
  let lines = 0;
  for await (const batch of fileText({ path, clock }).read(enough.signal)) {
    lines += batch.lines.length;
    for (const item of batch.lines.flatMap((line) => reader.push(line))) {
      if (item.kind === 'cycle') narrator.tell(item, undefined);
    }
    if (batch.age !== 'old') enough.abort();
  }
  const { mtimeMs } = await stat(path);
  const ageMs = nowUnixMs(clock) - mtimeMs;
  // A program that has just been started may still have to print its first line.
  if (!narrator.hasTold && (ageMs > finishedAfterMs || lines > fewLines))
    throw noGctraceIn(`'${path}'`, lines);
  return mtimeMs - (narrator.timeline.lastEndNs ?? 0) / 1e6;
}

/** In a file of so many lines there would be one. */
const fewLines = 1000;
