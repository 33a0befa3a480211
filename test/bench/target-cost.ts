// What it costs a program to be watched: CPU time per unit of work, by the scheduler's account, with gctop beside it and
// without, in turn. As root: npm run build && node --import tsx test/bench/target-cost.ts [rounds, 40 at most]
// Also what the runtime's own means cost, GODEBUG=gctrace=1 and runtime/trace, in the same rounds.

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
  const child = spawnChild(path, args, {
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

async function measure(worker: Worker, units: number): Promise<Measured> {
  const before = cpuNs(worker.pid);
  const [cycles = 0, ns = 1] = (await worker.ask(String(units))).split(' ').map(Number);
  return { nsPerUnit: (cpuNs(worker.pid) - before) / units, cyclesPerSecond: (cycles / ns) * 1e9 };
}

/** gctop with its screen, whose bytes nobody looks at, until `action` is over. */
async function watched<T>(pid: number, args: readonly string[], action: () => Promise<T>): Promise<T> {
  const argv = [`${repository}/dist/cli.js`, '-p', String(pid), ...args];
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  };
  const pty = spawn(process.execPath, argv, { cols: 160, rows: 48, env });
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

const ways = ['gctop', 'gctop --probes full', 'GODEBUG=gctrace=1', 'runtime/trace'] as const;
type Way = (typeof ways)[number];

async function rate(label: string, args: readonly string[], gogc: string): Promise<void> {
  const { path } = await build('worker');
  const plain = await startWorker(path, args, { GOGC: gogc });
  const traced = await startWorker(path, args, { GOGC: gogc, GODEBUG: 'gctrace=1' });
  const units = Number(args[args.indexOf('-rate') + 1]) * 2; // two seconds
  const how: Readonly<Record<Way, () => Promise<Measured>>> = {
    gctop: () => watched(plain.pid, [], () => measure(plain, units)),
    'gctop --probes full': () => watched(plain.pid, ['--probes', 'full'], () => measure(plain, units)),
    'GODEBUG=gctrace=1': () => measure(traced, units),
    'runtime/trace': async () => {
      await plain.ask('trace');
      const measured = await measure(plain, units);
      await plain.ask('untrace');
      return measured;
    },
  };
  await measure(plain, units); // warms up
  await measure(traced, units);
  const ratios: Record<Way, number[]> = {
    gctop: [],
    'gctop --probes full': [],
    'GODEBUG=gctrace=1': [],
    'runtime/trace': [],
  };
  const noise: number[] = [];
  let cycles = 0;
  let round = 0;
  for (; round < mostRounds && !isEnough(round, ratios.gctop); round++) {
    const order = [...ways].sort(() => Math.random() - 0.5);
    const before = await measure(plain, units);
    for (const way of order) ratios[way].push((await how[way]()).nsPerUnit);
    const after = await measure(plain, units);
    const base = (before.nsPerUnit + after.nsPerUnit) / 2;
    for (const way of ways) {
      const last = ratios[way].pop() ?? Number.NaN;
      ratios[way].push(last / base);
    }
    noise.push(after.nsPerUnit / before.nsPerUnit);
    cycles += before.cyclesPerSecond;
    process.stderr.write(
      `round ${round + 1}: ${ways.map((way) => `${way} ${ratios[way].at(-1)?.toFixed(3)}`).join(', ')}\n`,
    );
  }
  plain.end();
  traced.end();
  process.stdout.write(`\n${label}: ${(cycles / round).toFixed(0)} cycles a second, ${round} rounds\n\n`);
  process.stdout.write(
    '| beside the program | CPU per unit of work, ratio to none | 95 % interval of the median |\n|---|---|---|\n',
  );
  for (const [way, values] of [...Object.entries(ratios), ['none, against none', noise] as const])
    row(way, medianWithin(values));
}

const row = (what: string, { median, low, high }: Interval): void =>
  void process.stdout.write(`| ${what} | ${median.toFixed(4)} | ${low.toFixed(4)} .. ${high.toFixed(4)} |\n`);

function isEnough(rounds: number, values: readonly number[]): boolean {
  if (rounds < fewestRounds) return false;
  const { median, low, high } = medianWithin(values);
  return Math.max(median - low, high - median) <= wantedWidth;
}

process.stdout.write(`${machine()}\n`);
await rate('200', ['-rate', '1000', '-nodes', '8000'], '92');
await rate('500', ['-rate', '1000', '-nodes', '8000'], '33');
