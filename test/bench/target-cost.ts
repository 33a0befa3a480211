// What it costs a program to be watched: CPU time per unit of work, by the scheduler's account, with gctop's local source
// beside it and without, in turn. As root: npm run bench:target
// Also what the runtime's own means cost, GODEBUG=gctrace=1 and runtime/trace, in the same run. The program has a
// processor of its own, so that what is measured is what it is made to do itself.

import { spawn as spawnChild } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { build } from '../helpers/go-program.js';
import { watchProcess } from '../helpers/watch.js';
import { medianWithin } from './interval.js';
import { machine } from './service.js';

const mostRounds = Number(process.argv[2] ?? 40);
const fewestRounds = Math.min(8, mostRounds);
/** The interval of the default's ratio is to be so narrow, to either side. */
const wantedWidth = 0.005;

/** A worker, idle until it is asked. */
interface Worker {
  readonly pid: number;
  /** Says a line, and waits for the answer. */
  ask(line: string): Promise<string>;
  end(): void;
}

async function startWorker(path: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Worker> {
  const child = spawnChild('taskset', ['-c', '0', path, ...args], {
    env: { ...process.env, GOMAXPROCS: '1', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  await next();
  return {
    pid: child.pid ?? 0,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return next();
    },
    end: () => child.stdin.end(),
  };
}

/** CPU time of all threads, ns. */
const cpuNs = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, tid) => sum + Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]),
    0,
  );

/** CPU time of a unit in one short stretch, ns. */
async function stretch(worker: Worker): Promise<number> {
  const before = cpuNs(worker.pid);
  await worker.ask(String(units));
  return (cpuNs(worker.pid) - before) / units;
}

/** Of a stretch: some 0.2 s. */
const units = 800;

/** What is beside the program while `action` runs. */
type Beside = <T>(worker: Worker, action: () => Promise<T>) => Promise<T>;

/** gctop's local source, without the screen, which asks nothing of the program. */
const sourceOf =
  (probes: 'light' | 'full'): Beside =>
  async (worker, action) => {
    const watch = watchProcess(worker.pid, { probes });
    await watch.until(({ type }) => type === 'events');
    // What is over the budget goes within two seconds of work.
    for (let i = 0; probes === 'full' && i < 20; i++) await stretch(worker);
    const result = await action();
    await watch.stop();
    return result;
  };

const tracer: Beside = async (worker, action) => {
  await worker.ask('trace');
  const result = await action();
  await worker.ask('untrace');
  return result;
};

const nothing: Beside = (_worker, action) => action();

interface Way {
  readonly name: string;
  readonly beside: Beside;
  /** Stretches in turn, with and without, that make a round. */
  readonly turns: number;
  /** Goes on until its interval is narrow. */
  readonly isNarrowed: boolean;
}

const ways: readonly Way[] = [
  { name: 'gctop, default', beside: sourceOf('light'), turns: 8, isNarrowed: true },
  { name: 'gctop --probes full', beside: sourceOf('full'), turns: 2, isNarrowed: false },
  { name: 'runtime/trace', beside: tracer, turns: 4, isNarrowed: false },
  { name: 'nothing', beside: nothing, turns: 8, isNarrowed: false },
];

/**
 * The least with, over the least without, of several stretches in turn: what others on the machine take from a stretch only
 * ever adds to it, and often by a fifth and more.
 */
async function round({ beside, turns }: Way, [plain, other]: readonly [Worker, Worker]): Promise<number> {
  let [least, leastWith] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < turns; turn++) {
    least = Math.min(least, await stretch(plain));
    leastWith = Math.min(leastWith, await beside(other, () => stretch(other)));
  }
  return leastWith / least;
}

async function rate(gogc: string): Promise<void> {
  const { path } = await build('worker');
  const args = ['-nodes', '8000'];
  const plain = await startWorker(path, args, { GOGC: gogc });
  const traced = await startWorker(path, args, { GOGC: gogc, GODEBUG: 'gctrace=1' });
  for (const worker of [plain, traced]) for (let i = 0; i < 5; i++) await stretch(worker); // warms up
  const [cycles = 0, ns = 1] = (await plain.ask(String(5 * units))).split(' ').map(Number);
  process.stdout.write(`\n${((cycles / ns) * 1e9).toFixed()} cycles a second\n\n`);
  process.stdout.write(
    '| beside the program | CPU per unit of work, ratio to none | 95 % interval of the median | rounds |\n|---|---|---|---|\n',
  );
  for (const way of ways) await tell(way, [plain, plain]);
  const printing = { name: 'GODEBUG=gctrace=1', beside: nothing, turns: 8, isNarrowed: false };
  await tell(printing, [plain, traced]);
  plain.end();
  traced.end();
}

async function tell(way: Way, workers: readonly [Worker, Worker]): Promise<void> {
  const ratios: number[] = [];
  const most = way.isNarrowed ? mostRounds : Math.min(mostRounds, someRounds);
  while (ratios.length < most && !isNarrow(ratios)) ratios.push(await round(way, workers));
  const { median, low, high } = medianWithin(ratios);
  const figures = [median.toFixed(4), `${low.toFixed(4)} .. ${high.toFixed(4)}`, ratios.length];
  process.stdout.write(`| ${way.name} | ${figures.join(' | ')} |\n`);
}

const someRounds = 10;

function isNarrow(ratios: readonly number[]): boolean {
  if (ratios.length < fewestRounds) return false;
  const { median, low, high } = medianWithin(ratios);
  return Math.max(median - low, high - median) <= wantedWidth;
}

process.stdout.write(`${machine()}\n`);
// About 200 and 500 cycles a second.
await rate('290');
await rate('140');
