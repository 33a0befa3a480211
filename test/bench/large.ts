import { fileURLToPath } from 'node:url';
import { run, start } from '../../src/system/process.js';
import type { InspectCost } from '../helpers/inspect-cost.js';
import { largeProgram } from '../helpers/large-program.js';
import { startGctop } from '../helpers/pty.js';
import { spread } from './process-cost.js';

const script = fileURLToPath(new URL('../helpers/inspect-cost.ts', import.meta.url));
const runs = 11;

/** What it takes to read the file of a program of more than 100 MB, and to show its first cycle. */
export async function largeProgramCost(
  row: (what: string, figure: string) => void,
  size: { readonly columns: number; readonly rows: number },
): Promise<void> {
  for (const [what, flags] of [
    ['stripped', ['-ldflags=-s -w']],
    ['with symbols', []],
  ] as const) {
    const path = await largeProgram(flags);
    const costs: InspectCost[] = [];
    for (let i = 0; i < runs; i += 1) costs.push(await inspectCost(path));
    const [{ sizeMB, readKiB } = { sizeMB: 0, readKiB: 0 }] = costs;
    const name = `a Go program of ${sizeMB.toFixed(0)} MB, ${what}`;
    row(`reading ${name}, ms (${(readKiB / 1024).toFixed(1)} MiB are read)`, of(costs, 'wallMs'));
    row('the same, memory, MiB', of(costs, 'memoryMiB'));
    row(
      `start to its first cycle on the screen, ms (${runs} runs)`,
      spread(await firstCycles(path, size), 0),
    );
  }
}

const of = (costs: readonly InspectCost[], figure: 'wallMs' | 'memoryMiB'): string =>
  spread(
    costs.map((cost) => cost[figure]),
    0,
  );

async function inspectCost(path: string): Promise<InspectCost> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, path]);
  return JSON.parse(stdout);
}

/** From gctop's start to a cycle among the events on its screen; the program collects fifty times a second. */
async function firstCycles(
  path: string,
  size: { readonly columns: number; readonly rows: number },
): Promise<number[]> {
  let ready = () => {};
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const program = await start(path, [], { stdout: () => ready() });
  await isReady;
  const found: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const startedAt = performance.now();
    const gctop = startGctop(['-p', String(program.pid)], size);
    await gctop.waitFor((screen) => /forced +#\d+/.test(screen));
    found.push(performance.now() - startedAt);
    gctop.press('q');
    await gctop.exit();
  }
  await program.terminate(1_000);
  return found;
}
