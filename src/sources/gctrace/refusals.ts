import { GctopError } from '../../error.js';

/** A text that cannot be read. */
export function unreadable(path: string, cause: unknown): GctopError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GctopError('GCTRACE_UNREADABLE', `cannot read '${path}': ${why}`, {
    hint: howToMake,
    cause,
  });
}

/** How a text with gctrace lines comes to be. */
export const howToMake =
  'start the program with GODEBUG=gctrace=1 and name the file that its stderr goes to: GODEBUG=gctrace=1 ./server 2>gc.txt';

/** A text without a gctrace line. */
export function noGctraceIn(what: string, lines: number): GctopError {
  const message = `there is no gctrace line in ${what} (${lines} lines): expected 'gc 1 @0.012s 2%: ... ms clock, ...'`;
  return new GctopError('GCTRACE_UNREADABLE', message, { hint: howToMake });
}

export const tooLong = (): GctopError =>
  new GctopError('GCTRACE_UNREADABLE', 'the gctrace lines span more than 104 days', {
    hint: 'give it the last of them: `tail -n 100000 FILE | gctop --gctrace -`',
  });
