// What it costs a program to be watched: CPU time per unit of work, by the scheduler's account, with gctop beside it and
// without, in turn. As root: npm run build && node --import tsx test/bench/target-cost.ts [rounds, 40 at most]
// Also what the runtime's own means cost, GODEBUG=gctrace=1 and runtime/trace, in the same rounds. The program has a
// processor of its own, so that what is measured is what it is made to do itself.

import { spawn as spawnChild } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { spawn } from '@lydell/node-pty';
import { build } from '../helpers/go-program.js';
import { repository } from '../helpers/pty.js';
import { type Interval, medianWithin } from './interval.js';
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

interface Measured {
  readonly nsPerUnit: number;
  readonly cyclesPerSecond: number;
}

/**
 * The least of several short stretches: what others on the machine take from a stretch only ever adds to it, and often by a
 * fifth and more.
 */
async function measure(worker: Worker): Promise<Measured> {
  const stretches: Measured[] = [];
  for (let i = 0; i < 5; i++) {
    const before = cpuNs(worker.pid);
    const [cycles = 0, ns = 1] = (await worker.ask(String(units))).split(' ').map(Number);
    stretches.push({
      nsPerUnit: (cpuNs(worker.pid) - before) / units,
      cyclesPerSecond: (cycles / ns) * 1e9,
    });
  }
  return stretches.reduce((least, each) => (each.nsPerUnit < least.nsPerUnit ? each : least));
}

/** Of a stretch: some 0.2 s. */
const units = 800;

/** gctop with its screen, whose bytes nobody looks at, until `action` is over. */
async function watched<T>(pid: number, args: readonly string[], action: () => Promise<T>): Promise<T> {
  const argv = [`${repository}/dist/cli.js`, '-p', String(pid), ...args];
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  };
  const pty = spawn('taskset', ['-c', '1', process.execPath, ...argv], { cols: 160, rows: 48, env });
  const exited = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  let drawn = '';
  await new Promise<void>((resolve) => {
    pty.onData((text) => {
      drawn = drawn.length > 200_000 ? drawn : drawn + text;
      if (drawn.includes('LIVE')) resolve();
    });
    void exited.then(() => resolve());
  });
  const result = await action().finally(() => pty.write('q'));
  const code = await exited;
  if (code !== 0) throw new Error(`gctop ended with ${code}`);
  return result;
}

const ways = ['gctop', 'gctop --probes full', 'GODEBUG=gctrace=1', 'runtime/trace', 'nothing'] as const;
type Way = (typeof ways)[number];

async function rate(gogc: string): Promise<void> {
  const args = ['-nodes', '8000'];
  const { path } = await build('worker');
  const plain = await startWorker(path, args, { GOGC: gogc });
  const traced = await startWorker(path, args, { GOGC: gogc, GODEBUG: 'gctrace=1' });
  const how: Readonly<Record<Way, () => Promise<Measured>>> = {
    gctop: () => watched(plain.pid, [], () => measure(plain)),
    'gctop --probes full': () => watched(plain.pid, ['--probes', 'full'], () => measure(plain)),
    'GODEBUG=gctrace=1': () => measure(traced),
    'runtime/trace': async () => {
      await plain.ask('trace');
      const measured = await measure(plain);
      await plain.ask('untrace');
      return measured;
    },
    nothing: () => measure(plain),
  };
  for (const worker of [plain, traced]) await measure(worker); // warms up
  const ratios = new Map<Way, number[]>(ways.map((way) => [way, []]));
  let cycles = 0;
  let round = 0;
  for (; round < mostRounds && !isEnough(round, ratios.get('gctop') ?? []); round++) {
    for (const way of [...ways].sort(() => Math.random() - 0.5)) {
      const before = await measure(plain);
      const { nsPerUnit } = await how[way]();
      const after = await measure(plain);
      ratios.get(way)?.push((2 * nsPerUnit) / (before.nsPerUnit + after.nsPerUnit));
      cycles += before.cyclesPerSecond / ways.length;
    }
    const last = ways.map((way) => `${way} ${ratios.get(way)?.at(-1)?.toFixed(3)}`);
    process.stderr.write(`round ${round + 1}: ${last.join(', ')}\n`);
  }
  plain.end();
  traced.end();
  process.stdout.write(`\n${(cycles / round).toFixed(0)} cycles a second, ${round} rounds\n\n`);
  process.stdout.write(
    '| beside the program | CPU per unit of work, ratio to none | 95 % interval of the median |\n|---|---|---|\n',
  );
  for (const [way, values] of ratios) row(way, medianWithin(values));
}

const row = (what: string, { median, low, high }: Interval): void =>
  void process.stdout.write(`| ${what} | ${median.toFixed(4)} | ${low.toFixed(4)} .. ${high.toFixed(4)} |\n`);

function isEnough(rounds: number, values: readonly number[]): boolean {
  if (rounds < fewestRounds) return false;
  const { median, low, high } = medianWithin(values);
  return Math.max(median - low, high - median) <= wantedWidth;
}

process.stdout.write(`${machine()}\n`);
// About 200 and 500 cycles a second.
await rate('290');
await rate('140');
