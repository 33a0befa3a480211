import { GctopError } from '../error.js';
import { failureText } from './failure-text.js';

/** What the way out does, in this order. Both are called once. */
export interface ShutdownSteps {
  /** Gives the terminal back, so that what is printed after it stays. */
  readonly restore: () => Promise<void>;
  /** Stops what runs: children, probes, recordings. It gets a moment, not longer. */
  readonly stop: () => Promise<void>;
}

/** Why the program ends. */
export interface Departure {
  readonly code: number;
  /** Told in one line on stderr. */
  readonly error?: unknown;
}

/** The one way out: every end of the program goes through `leave`. */
export interface Shutdown {
  /** Ends the process; a call while it is ending already does nothing. */
  leave(departure: Departure): void;
}

/** What a shell reports for a program that a signal ended. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

const stopDeadlineMs = 6_500; // a program that gctop started has 5 s to end before it is killed

/** Takes over every way in which the process can end: signals, errors that nobody caught, output that is gone. */
export function installShutdown({ restore, stop }: ShutdownSteps): Shutdown {
  let leaving = false;

  const leave = (departure: Departure) => {
    if (leaving) return;
    leaving = true;
    void goOut(departure);
  };
  /** A second signal comes from somebody who does not want to wait; a second hang-up comes with a closed window. */
  const obey = (code: number) => {
    if (!leaving) leave({ code });
    else if (code !== exitCodes.SIGHUP) exit(code);
  };
  const fail = (error: unknown) => {
    if (leaving) process.stderr.write(failureText(error));
    else leave({ code: 1, error });
  };
  const goOut = async (departure: Departure) => {
    await attempt(restore);
    if (departure.error !== undefined) process.stderr.write(failureText(departure.error));
    await within(stopDeadlineMs, attempt(stop));
    exit(departure.code);
  };

  for (const [signal, code] of Object.entries(exitCodes)) process.on(signal, () => obey(code));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.stdout.on('error', (error) => leave(outputGone(error)));
  process.stderr.on('error', () => {}); // where nobody reads what went wrong, nothing is left to tell it to
  return { leave };
}

/**
 * A hang-up ends by the signal itself, which a shell reports as 129 as well: on exit Node sets the terminal's modes
 * back and aborts where the terminal is gone (ResetStdio in src/node.cc, Node 20).
 */
function exit(code: number): void {
  if (code !== exitCodes.SIGHUP) process.exit(code);
  process.emit('exit', code);
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}

/** A reader that has had enough (`gctop --json | head`) is no failure; a terminal that is gone is a hang-up. */
function outputGone(error: NodeJS.ErrnoException): Departure {
  if (error.code === 'EPIPE') return { code: 0 };
  if (error.code === 'EIO') return { code: exitCodes.SIGHUP };
  return {
    code: 1,
    error: new GctopError('OUTPUT_FAILED', `cannot write to stdout: ${error.message}`, { cause: error }),
  };
}

/** Runs one step of the way out; the way goes on where a step fails, which is told. */
async function attempt(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    process.stderr.write(failureText(error));
  }
}

function within(deadlineMs: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
