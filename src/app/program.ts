import { GctopError } from '../error.js';
import { GctraceReader } from '../gc/gctrace-reader.js';
import type { Note } from '../gc/stream.js';
import type { Source } from '../sources/source.js';
import type { Clock } from '../system/clock.js';
import { openOutputFile } from '../system/output-file.js';
import { type Environment, type Exit, type Sink, start } from '../system/process.js';

/** A program that gctop started and ends again. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Where its output is kept; absent where it goes to stderr, or when there was none to keep. */
  readonly outputPath: string | undefined;
  /** Where its stderr can be read, with the gctrace lines that were asked for. */
  readonly tracePath: string | undefined;
  /** Asks it to end, and kills it after 5 s. */
  stop(): Promise<Exit>;
}

export interface LaunchOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Lets its output through to stderr, instead of keeping it in a file and telling its last lines. */
  readonly outputToStderr: boolean;
  /** Keeps the file also when the program ended as it should. */
  readonly keepOutput: boolean;
  readonly tell: (note: Note) => void;
  /** Sees every line of stdout. */
  readonly onLine?: (line: string) => void;
  /** Has it print gctrace lines. */
  readonly isTraced: boolean;
}

/** GODEBUG with gctrace on, beside what it holds already: of a name that comes twice the last counts. */
export function tracedEnvironment(env: Environment): Environment {
  const own = env.GODEBUG ?? '';
  if (/(^|,)gctrace=[1-9]\d*$/.test(own)) return env;
  return { ...env, GODEBUG: own === '' ? 'gctrace=1' : `${own},gctrace=1` };
}

const stopGraceMs = 5_000;

/** Starts a program with nothing on its stdin. Throws `COMMAND_FAILED_TO_START`. */
export async function launch(
  file: string,
  args: readonly string[],
  options: LaunchOptions,
): Promise<Program> {
  return options.outputToStderr ? launchLoud(file, args, options) : launchQuiet(file, args, options);
}

async function launchLoud(file: string, args: readonly string[], options: LaunchOptions): Promise<Program> {
  const { name, onLine, isTraced } = options;
  const ours = 2;
  const stdout: Sink =
    onLine === undefined
      ? ours
      : (line) => {
          process.stderr.write(`${line}\n`);
          onLine(line);
        };
  // What it prints beside gctrace lines is passed on by who reads them.
  const trace = isTraced ? openOutputFile(name) : undefined;
  const child = await start(file, args, {
    stdout,
    stderr: trace?.descriptor ?? ours,
    ...environmentOf(options),
  }).catch((error: unknown) => {
    trace?.remove();
    throw error;
  });
  if (trace !== undefined) process.once('exit', trace.remove);
  return {
    ...child,
    name,
    outputPath: undefined,
    tracePath: trace?.path,
    stop: () => child.terminate(stopGraceMs),
  };
}

const environmentOf = ({ isTraced }: LaunchOptions): { readonly env?: Environment } =>
  isTraced ? { env: tracedEnvironment(process.env) } : {};

async function launchQuiet(file: string, args: readonly string[], options: LaunchOptions): Promise<Program> {
  const { name, clock, tell, onLine, keepOutput, isTraced } = options;
  const output = openOutputFile(name);
  const reader = new GctraceReader();
  const tellLine = (text: string) => {
    if (isTraced && !reader.push(text).some(({ kind }) => kind === 'other')) return;
    tell({ type: 'note', level: 'info', code: 'target.output', text });
    onLine?.(text);
  };
  const stdio = { stdout: output.descriptor, stderr: output.descriptor, ...environmentOf(options) };
  const child = await start(file, args, stdio).catch((error: unknown) => {
    output.remove();
    throw error;
  });
  let outputPath: string | undefined = output.path;
  const read = output.follow({ onLine: tellLine, clock, until: child.exited });
  const exited = Promise.all([child.exited, read]).then(([exit, readBytes]) => {
    const isWanted = readBytes > 0 && (keepOutput || exit.exitCode !== 0);
    if (!isWanted) {
      output.remove();
      outputPath = undefined;
    }
    return exit;
  });
  return {
    name,
    pid: child.pid,
    exited,
    tracePath: isTraced ? output.path : undefined,
    get outputPath() {
      return outputPath;
    },
    stop: () => child.terminate(stopGraceMs).then(() => exited),
  };
}

/**
 * The source of a program that gctop started: its end says how the program ended. Throws `COMMAND_FAILED_TO_START`
 * for a program that was gone before it could be watched.
 */
export function withExit(source: Source, program: Program, clock: Clock): Source {
  const exitSoon = (): Promise<Exit | undefined> =>
    Promise.race([program.exited, clock.sleep(exitWithinMs, neverAborted).then(() => undefined)]);
  return {
    name: source.name,
    async *open(signal, controls) {
      try {
        for await (const message of source.open(signal, controls)) {
          const isExit = message.type === 'closed' && message.reason === 'target-exited';
          const exit = isExit ? await exitSoon() : undefined;
          yield isExit && exit !== undefined ? { ...message, detail: exitText(exit) } : message;
        }
      } catch (error) {
        if (!(error instanceof GctopError && error.code === 'NO_SUCH_PROCESS')) throw error;
        const exit = await exitSoon();
        throw exit === undefined ? error : endedTooSoon(program, exit, error);
      }
    },
  };
}

/** How long after a program is gone its exit status may take to arrive. */
const exitWithinMs = 1_000;
const neverAborted = new AbortController().signal;

function endedTooSoon({ name, outputPath }: Program, exit: Exit, cause: unknown): GctopError {
  const message = `'${name}' ended (${exitText(exit)}) before it could be watched`;
  const hint = outputPath === undefined ? 'see its output above' : `see its output in '${outputPath}'`;
  return new GctopError('COMMAND_FAILED_TO_START', message, { hint, cause });
}

const exitText = ({ exitCode, signal }: Exit): string =>
  signal === undefined ? `exit status ${exitCode}` : `killed by ${signal}`;
