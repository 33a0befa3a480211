import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { execa } from 'execa';
import { GctopError } from '../error.js';
import { hasCode } from './errno.js';

/** The environment of a child: the whole of it, nothing is added. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  /** Ends the program, which is killed if it does not go; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  /** @default the environment of gctop */
  readonly env?: Environment;
  readonly timeoutMs?: number;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a program that was asked to end may take before it is killed: an abort is over within a second. */
const abortGraceMs = 500;

/**
 * Runs a program to its end and gives what it printed. Throws `COMMAND_FAILED_TO_START`, and `COMMAND_FAILED` for any
 * end but exit code 0; `file` is looked up in the child's PATH.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const ended = await runToEnd(file, args, options);
  if (ended.exitCode === 0 && !ended.timedOut) return { stdout: ended.stdout, stderr: ended.stderr };
  const lastLine = ended.stderr.trimEnd().split('\n').at(-1);
  const how = ended.timedOut ? `did not end within ${options.timeoutMs} ms` : ending(ended);
  throw new GctopError('COMMAND_FAILED', `'${shown(file, args)}' ${how}${lastLine ? `: ${lastLine}` : ''}`, {
    cause: ended,
  });
}

/** What a program printed, and how it ended. */
export interface Ended extends Output, Exit {
  readonly timedOut: boolean;
}

/**
 * The same for a caller who knows what other exit codes mean. Throws `COMMAND_FAILED_TO_START` only. What the program
 * started in turn is ended with it, and is not waited for once the program has ended.
 */
export async function runToEnd(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const { signal, timeoutMs } = options;
  const out: string[] = [];
  const err: string[] = [];
  const child = await startGroup(file, args, {
    ...options,
    stdout: { stdio: 'pipe', drain: collectInto(out) },
    stderr: { stdio: 'pipe', drain: collectInto(err) },
  });
  const inTime = new AbortController();
  let timedOut = false;
  const tooLate = async (): Promise<void> => {
    if (timeoutMs === undefined) return;
    await delay(timeoutMs, undefined, { signal: inTime.signal });
    timedOut = true;
    await child.terminate(abortGraceMs);
  };
  const watched = tooLate().catch(() => {}); // it ended in time
  const exit = await child.exited;
  inTime.abort();
  await watched;
  if (signal?.aborted) {
    await child.terminate(abortGraceMs); // nothing of it is left behind
    throw signal.reason;
  }
  return { ...exit, stdout: textOf(out), stderr: textOf(err), timedOut };
}

/** Where a stream of a child goes: nowhere, into an open file descriptor, or line by line to a function. */
export type Sink = 'ignore' | number | ((line: string) => void);

export interface StartOptions {
  /** Ends the child as `terminate` does. */
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  /** @default the environment of gctop */
  readonly env?: Environment;
  /** @default 'ignore' */
  readonly stdout?: Sink;
  /** @default 'ignore' */
  readonly stderr?: Sink;
}

/** How a child ended: one of the two is there. */
export interface Exit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** A running program and what it starts in turn: a process group of its own. It is ended when gctop exits. */
export interface Child {
  readonly pid: number;
  /** Resolves when the child is gone and its last line was handed over. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks the group to end (SIGTERM) and kills what is still there of it after the grace. */
  terminate(graceMs: number): Promise<Exit>;
}

/** Starts a program that runs beside gctop, with nothing to read on its stdin. Throws `COMMAND_FAILED_TO_START`. */
export async function start(
  file: string,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Child> {
  const { stdout = 'ignore', stderr = 'ignore' } = options;
  return await startGroup(file, args, { ...options, stdout: outletOf(stdout), stderr: outletOf(stderr) });
}

/** Where a stream of a child goes, and how a pipe is read to its end. */
interface Outlet {
  readonly stdio: 'pipe' | 'ignore' | 3;
  readonly drain?: (stream: Readable) => Promise<unknown>;
}

interface GroupOptions extends Pick<RunOptions, 'signal' | 'cwd' | 'env'> {
  readonly stdout: Outlet;
  readonly stderr: Outlet;
}

/** Starts a program that leads a process group, so that what it starts in turn can be ended with it. */
async function startGroup(file: string, args: readonly string[], options: GroupOptions): Promise<Child> {
  const { signal, stdout, stderr } = options;
  signal?.throwIfAborted();
  const subprocess = execa(file, args, {
    ...inherited(options),
    reject: false,
    stdin: 'ignore',
    stdout: stdout.stdio,
    stderr: stderr.stdio,
    buffer: false,
    detached: true, // leads a process group
  });
  const { pid } = subprocess;
  if (pid === undefined) throw failedToStart(file, await subprocess);

  const streams = [
    { stream: subprocess.stdout, drain: stdout.drain },
    { stream: subprocess.stderr, drain: stderr.drain },
  ];
  const drained = Promise.all(streams.map(({ stream, drain }) => stream && drain?.(stream)));
  const exited = new Promise<Exit>((resolve) => {
    subprocess.once('exit', async (exitCode, killedBy) => {
      // A grandchild may hold the pipe open for ever: what it says later is not waited for.
      await Promise.race([drained, drainTime()]);
      for (const { stream } of streams) stream?.destroy();
      resolve({ exitCode: exitCode ?? undefined, signal: killedBy ?? undefined });
    });
  });
  const terminate = async (graceMs: number): Promise<Exit> => {
    signalGroup(pid, 'SIGTERM');
    for (let waitedMs = 0; waitedMs < graceMs && signalGroup(pid, 0); waitedMs += groupPollMs) {
      await delay(Math.min(groupPollMs, graceMs - waitedMs));
    }
    signalGroup(pid, 'SIGKILL');
    return exited;
  };
  const abort = () => void terminate(abortGraceMs);
  const endWithGctop = () => void signalGroup(pid, 'SIGTERM');
  signal?.addEventListener('abort', abort, { once: true });
  process.once('exit', endWithGctop);
  void exited.then(() => {
    signal?.removeEventListener('abort', abort);
    process.removeListener('exit', endWithGctop);
  });
  return { pid, exited, terminate };
}

const groupPollMs = 10;

/** Sends a signal to a process group; false when nobody is left in it, or nobody that may be signalled. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if (hasCode(error, 'ESRCH', 'EPERM')) return false;
    throw error;
  }
}

/** How long what a child left in its pipe may take to arrive after its end. */
const drainMs = 200;

async function drainTime(): Promise<void> {
  await delay(drainMs, undefined, { ref: false });
  await nextTurn(); // timers come first in a turn: where gctop was held up, what lies in the pipe is read only now
  await nextTurn();
}

function outletOf(sink: Sink): Outlet {
  // execa takes every file descriptor, its types only those below ten.
  if (typeof sink === 'number') return { stdio: sink as 3 };
  if (sink === 'ignore') return { stdio: 'ignore' };
  return { stdio: 'pipe', drain: (stream) => handLines(stream, sink) };
}

/** Resolves after the last line. */
async function handLines(stream: Readable, sink: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: stream });
  lines.on('line', sink);
  await once(lines, 'close');
}

const collectInto =
  (parts: string[]) =>
  async (stream: Readable): Promise<void> => {
    stream.setEncoding('utf8').on('data', (part: string) => parts.push(part));
    await once(stream, 'close');
  };

/** What a program printed, without the newline that ends its last line. */
const textOf = (parts: readonly string[]): string => parts.join('').replace(/\r?\n$/, '');

function inherited({ cwd, env }: Pick<RunOptions, 'cwd' | 'env'>) {
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...env }, extendEnv: false }),
  };
}

function failedToStart(file: string, result: { readonly originalMessage?: string | undefined }): GctopError {
  const why = result.originalMessage ?? 'unknown reason';
  return new GctopError('COMMAND_FAILED_TO_START', `cannot start '${file}': ${why}`, {
    hint: 'is it installed, in the PATH and executable?',
    cause: result,
  });
}

function ending({
  exitCode,
  signal,
}: {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}): string {
  return signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
}

/** A command as it could be typed again. */
export const shown = (file: string, args: readonly string[]): string =>
  [file, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word}"`)).join(' ');
