import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { start } from '../../src/system/process.js';
import { startTraced, type TracedProgram } from './go-program.js';
import { addressIn, sendTraffic } from './send-traffic.js';

/** A program that can be given work. */
export interface BusyProgram extends Omit<TracedProgram, 'printed'> {
  /** Gives it work until the signal. */
  keepBusy(signal: AbortSignal): Promise<void>;
}

/** Starts the demo service. */
export async function startService(t: TestContext, path: string): Promise<BusyProgram> {
  const service = await startTraced(path, ['-host', '127.0.0.1', '-port', '0']);
  t.after(() => service.end());
  const address = addressIn(service.stdout) ?? '';
  return { ...service, keepBusy: (signal) => sendTraffic(address, signal) };
}

export interface Surroundings {
  readonly cwd: string;
  /** GOGC, in percent, so that it collects more often than by itself. */
  readonly gogc: number;
  readonly env?: Readonly<Record<string, string>>;
}

type Command = readonly [file: string, ...args: string[]];

/** Starts a program with GODEBUG=gctrace=1, on two Ps; it ends with the test. */
export async function startCollecting(
  t: TestContext,
  [file, ...args]: Command,
  { cwd, gogc, env = {} }: Surroundings,
): Promise<Omit<TracedProgram, 'printed'>> {
  const stdout: string[] = [];
  const gctrace: string[] = [];
  const child = await start(file, args, {
    cwd,
    env: { ...process.env, ...env, GODEBUG: 'gctrace=1', GOMAXPROCS: '2', GOGC: String(gogc) },
    stdout: (line) => stdout.push(line),
    stderr: (line) => gctrace.push(line),
  });
  const end = () => child.terminate(5_000);
  t.after(end);
  return { pid: child.pid, stdout, gctrace, exited: child.exited, end };
}

export interface ServerOptions extends Surroundings {
  /** What to ask for, once what the server has printed tells; it answers when it listens. */
  readonly urlIn: (stdout: readonly string[]) => string | undefined;
}

/** Starts a server that is asked for one thing again and again. */
export async function startServer(
  t: TestContext,
  command: Command,
  { urlIn, ...surroundings }: ServerOptions,
): Promise<BusyProgram> {
  const server = await startCollecting(t, command, surroundings);
  let isOver = false;
  void server.exited.then(() => {
    isOver = true;
  });
  const ask = async (): Promise<'answered' | 'silent'> => {
    if (isOver) throw new Error(`'${command.join(' ')}' ended: ${server.gctrace.slice(-5).join('\n')}`);
    const url = urlIn(server.stdout);
    if (url !== undefined && (await answers(url))) return 'answered';
    await delay(50); // not listening yet
    return 'silent';
  };
  while ((await ask()) === 'silent');
  const keepBusy = async (signal: AbortSignal) => {
    while (!signal.aborted) await ask();
  };
  return { ...server, keepBusy };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet, or no longer: the caller tries again or gives up
  }
}
