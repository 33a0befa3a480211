import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { start } from '../../src/system/process.js';
import type { Report } from './run-cases.js';

/** How the cases of a kind ended: with a report, or with what is to be told of it. */
export type Ending = { readonly report: Report } | { readonly failure: string };

export interface WatchedRun {
  /** A program of Node, and what it is told; it counts what it has done in the file that is its last argument. */
  readonly script: string;
  readonly args: readonly string[];
  /** A case that takes longer hangs; the machine may be busy. */
  readonly longestCaseMs: number;
}

/** The heap of V8 may take this much; what lies outside of it counts in the report's memory. */
const heapMiB = 200;

/** Runs cases in a process of their own, which is killed when nothing has ended for so long. */
export async function watchedRun({ script, args, longestCaseMs }: WatchedRun): Promise<Ending> {
  const folder = mkdtempSync(join(tmpdir(), 'gctop-fuzz-'));
  const progress = join(folder, 'progress');
  const [stdout, stderr]: [string[], string[]] = [[], []];
  try {
    const flags = [`--max-old-space-size=${heapMiB}`, '--import', 'tsx'];
    const child = await start(process.execPath, [...flags, script, ...args, progress], {
      stdout: (line) => stdout.push(line),
      stderr: (line) => stderr.push(line),
    });
    const over = new AbortController();
    void child.exited.then(() => over.abort());
    const hung = await hangs(progress, longestCaseMs, over.signal);
    const exit = hung ? await child.terminate(0) : await child.exited;
    const told = `${args.join(' ')}: ${doneIn(progress)} cases ended`;
    if (hung) return { failure: `${told}, the next one hangs` };
    if (exit.exitCode !== 0)
      return { failure: `${told}, then ${exit.signal ?? exit.exitCode}\n${stderr.slice(-80).join('\n')}` };
    const report: Report = JSON.parse(stdout.at(-1) ?? '');
    return { report };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** True as soon as the count has stood still for so long; false when the signal says that all is over. */
async function hangs(progress: string, longestMs: number, over: AbortSignal): Promise<boolean> {
  let [done, since] = [doneIn(progress), performance.now()];
  while (!over.aborted) {
    await delay(500, undefined, { signal: over }).catch(() => {}); // the end only cuts the wait short
    const now = doneIn(progress);
    if (now !== done) [done, since] = [now, performance.now()];
    else if (performance.now() - since > longestMs) return !over.aborted;
  }
  return false;
}

function doneIn(progress: string): number {
  try {
    return Number(readFileSync(progress, 'utf8'));
  } catch {
    return 0; // it has not begun to count
  }
}
