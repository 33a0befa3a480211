import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Exit, start } from '../../src/system/process.js';
import { startTraced } from './go-program.js';
import { addressIn, sendTraffic } from './send-traffic.js';

/** A Go program that runs with GODEBUG=gctrace=1, and can be given work. */
export interface BusyProgram {
  readonly pid: number;
  readonly gctrace: readonly string[];
  /** Gives it work until the signal. */
  keepBusy(signal: AbortSignal): Promise<void>;
  end(): Promise<Exit>;
}

/** Starts the demo service. */
export async function startService(t: TestContext, path: string): Promise<BusyProgram> {
  const service = await startTraced(path, ['-host', '127.0.0.1', '-port', '0']);
  t.after(() => service.end());
  const address = addressIn(service.stdout) ?? '';
  return { ...service, keepBusy: (signal) => sendTraffic(address, signal) };
}

export interface TracedServer {
  readonly cwd: string;
  /** Collects more often than by itself: GOGC, in percent. */
  readonly gogc: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What to ask for, once what the server has printed tells; it answers when it listens. */
  readonly urlIn: (stdout: readonly string[]) => string | undefined;
}

/** Starts a server that is to be asked for one thing again and again; it ends with the test. */
export async function startServer(
  t: TestContext,
  [file, ...args]: readonly [string, ...string[]],
  { cwd, gogc, env = {}, urlIn }: TracedServer,
): Promise<BusyProgram> {
  const stdout: string[] = [];
  const gctrace: string[] = [];
  const child = await start(file, args, {
    cwd,
    env: { ...process.env, ...env, ...tracedWith(gogc) },
    stdout: (line) => stdout.push(line),
    stderr: (line) => gctrace.push(line),
  });
  const end = () => child.terminate(5_000);
  t.after(end);
  let over = false;
  void child.exited.then(() => {
    over = true;
  });
  const ask = async () => {
    const url = urlIn(stdout);
    if (over) throw new Error(`'${file}' has ended: ${gctrace.slice(-5).join('\n')}`);
    if (url === undefined || !(await answers(url)))
      await delay(50); // not listening yet
    else return true;
    return false;
  };
  while (!(await ask())) {}
  return {
    pid: child.pid,
    gctrace,
    end,
    keepBusy: async (signal) => {
      while (!signal.aborted) await ask();
    },
  };
}

/** What has a Go program print its collections, on two Ps. */
export const tracedWith = (gogc: number): Readonly<Record<string, string>> => ({
  GODEBUG: 'gctrace=1',
  GOMAXPROCS: '2',
  GOGC: String(gogc),
});

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet, or no longer: the caller tries again or gives up
  }
}
