import assert from 'node:assert/strict';
import { decodeLine } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { type Exit, start } from '../../src/system/process.js';
import { cacheHome } from './cache.js';
import { builtProgram } from './gctop.js';
import { Heard } from './heard.js';

/** A `gctop --json` that runs, read line by line. */
export interface StreamedGctop {
  readonly pid: number;
  readonly messages: readonly SourceMessage[];
  readonly stderr: readonly string[];
  /** Looks after each line until there is something to find; fails when gctop ends before. */
  until<T>(find: () => T | undefined): Promise<T>;
  /** Asks it to end (SIGTERM) and waits for that. */
  stop(): Promise<Exit>;
}

export interface StreamOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs gctop in its turn. */
  readonly within?: readonly string[];
}

/** Starts the built program, its output in pipes. */
export async function streamGctop(
  args: readonly string[],
  options: StreamOptions = {},
): Promise<StreamedGctop> {
  const { env, within = [] } = options;
  const [file = '', ...rest] = [...within, process.execPath, builtProgram, ...args];
  const heard = new Heard();
  const stderr: string[] = [];
  let exit: Exit | undefined;
  const child = await start(file, rest, {
    env: { ...process.env, XDG_CACHE_HOME: cacheHome, ...env },
    stdout: (line) => {
      const message = decodeLine(line, heard.messages.length + 1);
      if (message !== undefined) heard.push(message);
    },
    stderr: (line) => {
      stderr.push(line);
      heard.changed();
    },
  });
  void child.exited.then((how) => {
    exit = how;
    heard.changed();
  });
  const ended = () => `gctop ended with ${JSON.stringify(exit)}:\n${stderr.slice(-20).join('\n')}`;
  return {
    pid: child.pid,
    messages: heard.messages,
    stderr,
    until: (find) => heard.until(() => find() ?? (exit === undefined ? undefined : assert.fail(ended()))),
    stop: () => child.terminate(5_000),
  };
}
