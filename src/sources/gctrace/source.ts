import type { SourceMessage } from '../../gc/stream.js';
import type { Source } from '../source.js';
import { Teller, type TellerOptions } from './teller.js';
import type { GctraceText } from './text.js';
import { withTicks } from './with-ticks.js';

export interface GctraceSourceOptions extends TellerOptions {
  readonly text: GctraceText;
  /** What the text's end means. @default 'end' */
  readonly atEnd?: 'end' | 'target-exited';
}

/** Tells what GODEBUG=gctrace=1 prints: a file, a pipe, or the stderr of a program that gctop started. */
export function gctraceSource(options: GctraceSourceOptions): Source {
  return { name: 'gctrace', open: (signal) => watch(options, signal) };
}

const tickMs = 250;

async function* watch(options: GctraceSourceOptions, signal: AbortSignal): AsyncGenerator<SourceMessage> {
  const { text, clock, atEnd = 'end' } = options;
  const teller = new Teller(options);
  const batches = withTicks(text.read(signal), { clock, everyMs: tickMs, signal });
  for await (const batch of batches) {
    if (batch === 'quiet') yield* teller.quiet();
    else if (batch.age === 'new') yield* teller.take(batch.lines);
    else yield* teller.takeOld(batch.lines);
  }
  yield* teller.end(() => (signal.aborted ? 'aborted' : atEnd));
}
