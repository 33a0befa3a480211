import { basename } from 'node:path';
import { GctopError } from '../error.js';
import { fileText } from '../sources/gctrace/file-text.js';
import { beginOfFile } from '../sources/gctrace/look-into.js';
import { gctraceSource } from '../sources/gctrace/source.js';
import { streamText } from '../sources/gctrace/stream-text.js';
import { type TextClock, textClock } from '../sources/gctrace/text-clock.js';
import type { Source } from '../sources/source.js';
import type { Clock } from '../system/clock.js';
import type { Program } from './program.js';

/** A source of gctrace text, and the session's time, which is the text's. */
export interface Trace {
  readonly source: Source;
  readonly clock: TextClock;
}

/** What the lines of ended cycles do not hold. */
export const notInTrace = 'live heap, phases: only ended cycles are told';

/** A file that a program's stderr goes to, or went to. Throws `GCTRACE_UNREADABLE`. */
export async function traceOfFile(path: string, real: Clock): Promise<Trace> {
  const clock = textClock(real, { originUnixMs: await beginOfFile(path, real) });
  const text = fileText({ path, clock: real });
  const name = basename(path);
  return { clock, source: gctraceSource({ name, missing: [notInTrace], clock, text, announceAfterMs: 0 }) };
}

/** How long the first lines of a remote log may take. */
const pipeAnswersMs = 2_000;

/** What comes through stdin. Throws `USAGE` where that is the terminal. */
export function traceOfStdin(real: Clock): Trace {
  if (process.stdin.isTTY) {
    throw new GctopError('USAGE', '--gctrace - reads stdin, and that is the terminal', {
      hint: 'pipe into it: kubectl logs -f deploy/server | gctop --gctrace -',
    });
  }
  const clock = textClock(real);
  const text = streamText(process.stdin);
  const source = gctraceSource({
    name: 'stdin',
    missing: [notInTrace],
    clock,
    text,
    announceAfterMs: pipeAnswersMs,
  });
  return { clock, source };
}

export interface ProgramTraceOptions {
  /** What its stderr goes to. */
  readonly path: string;
  /** Why its memory is not read instead. */
  readonly obstacle: string | undefined;
  readonly real: Clock;
  /** Passes on what it prints beside gctrace lines. */
  readonly outputToStderr: boolean;
}

/** A program that gctop has started with gctrace on. */
export function traceOfProgram(
  { name, pid, exited }: Program,
  { path, obstacle, real, outputToStderr }: ProgramTraceOptions,
): Trace {
  const clock = textClock(real);
  const passOn = (lines: readonly string[]) => void process.stderr.write(`${lines.join('\n')}\n`);
  const source = gctraceSource({
    name,
    pid,
    missing: [`live heap, phases: ${obstacle ?? 'memory is not read'}`],
    clock,
    text: fileText({ path, clock: real, isNew: true, until: exited }),
    announceAfterMs: 0,
    atEnd: 'target-exited',
    ...(outputToStderr ? { onOther: passOn } : {}),
  });
  return { clock, source };
}
