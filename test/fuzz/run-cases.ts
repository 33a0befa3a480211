// Runs the cases of one kind: node --import tsx test/fuzz/run-cases.ts KIND SEED [TIMES] [PROGRESS]
// Its last line is a Report; a failure is told by fast-check, with the seed and the path to the case. To see one case again:
// FUZZ_PATH=PATH. PROGRESS is a file in which it counts.
import { openSync, writeSync } from 'node:fs';
import { kinds } from './kinds.js';

/** What is told when all cases have ended well. */
export interface Report {
  readonly cases: number;
  readonly ends: Readonly<Record<string, number>>;
  /** How far the memory rose above what the program took before the first case, MiB. */
  readonly memoryMiB: number;
}

const [name = '', seed = '', times = '1', progress] = process.argv.slice(2);
const kind = kinds[name];
if (kind === undefined) throw new Error(`there is no kind '${name}': ${Object.keys(kinds).join(', ')}`);
const numRuns = Math.round(kind.cases * Number(times));
const path = process.env.FUZZ_PATH;
const ends: Record<string, number> = {};
const count = counter(progress);

const beforeMiB = process.memoryUsage().rss / 2 ** 20;
const runs = { numRuns, seed: Number(seed), ...(path === undefined ? {} : { path, endOnFailure: true }) };
await kind.run(runs, (end) => {
  ends[end] = (ends[end] ?? 0) + 1;
  count();
});
const memoryMiB = Math.round(process.resourceUsage().maxRSS / 1024 - beforeMiB);
const report: Report = { cases: numRuns, ends, memoryMiB };
process.stdout.write(`${JSON.stringify(report)}\n`);

/** Counts the cases that have ended in a file, so that another process can tell which one hangs. */
function counter(file: string | undefined): () => void {
  if (file === undefined) return () => {};
  const fd = openSync(file, 'w');
  let ended = 0;
  return () => void writeSync(fd, String(++ended).padStart(8), 0);
}
