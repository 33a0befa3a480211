import assert from 'node:assert/strict';
import { eventAtNs, type GcEvent } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { byTarget } from '../contract/source.js';
import { startTraced, type TracedProgram } from './go-program.js';

/** What the program `causes` told that it did. */
export interface Act {
  readonly Act: string;
  readonly Goid: number;
  /** How many cycles had ended before and after. */
  readonly Before: number;
  readonly After: number;
  /** What it took at most. */
  readonly Ns: number;
}

/** The program `causes`, running. */
export interface Causes extends TracedProgram {
  /** Has it force cycles and stop the world, once, and gives what it did. */
  act(): Promise<readonly Act[]>;
}

export async function startCauses(path: string, args: readonly string[] = []): Promise<Causes> {
  const program = await startTraced(path, args);
  return {
    ...program,
    act: async () => {
      const from = program.stdout.length;
      process.kill(program.pid, 'SIGUSR1');
      await program.printed((line, index) => index >= from && line === 'done');
      return program.stdout
        .slice(from)
        .filter((line) => line.startsWith('{'))
        .map((line): Act => JSON.parse(line));
    },
  };
}

/** All events of one kind in a stream with one target, in the order of time. */
export const eventsOf = <Kind extends GcEvent['kind']>(
  stream: readonly SourceMessage[],
  kind: Kind,
): readonly Extract<GcEvent, { kind: Kind }>[] =>
  [...byTarget(stream).values()]
    .flat()
    .filter((event): event is Extract<GcEvent, { kind: Kind }> => event.kind === kind)
    .toSorted((a, b) => eventAtNs(a) - eventAtNs(b));

/** How the probes stand, by what was said of each last. */
export function probesIn(stream: readonly SourceMessage[]) {
  const found = new Map<string, Extract<SourceMessage, { type: 'probe' }>>();
  for (const message of stream) if (message.type === 'probe') found.set(message.probe, message);
  return found;
}

/** What was said of records that did not come, and of what went wrong. */
export const complaintsIn = (stream: readonly SourceMessage[]): readonly string[] =>
  stream.flatMap((message) =>
    message.type === 'gap' || (message.type === 'note' && /^probe\.(lost|missed|failed)$/.test(message.code))
      ? [JSON.stringify(message)]
      : [],
  );

/** The only one. */
export function only<T>(found: readonly T[], what: string): T {
  assert.equal(found.length, 1, `${what}: ${JSON.stringify(found)}`);
  return found[0] ?? assert.fail(what);
}
