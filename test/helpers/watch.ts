import assert from 'node:assert/strict';
import type { GcCycle } from '../../src/gc/cycle.js';
import type { SourceControl } from '../../src/gc/source-control.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { type LocalSourceOptions, localSource } from '../../src/sources/local/source.js';
import { Channel } from '../../src/system/channel.js';
import { systemClock } from '../../src/system/clock.js';
import { byTarget, collect } from '../contract/source.js';
import { Heard } from './heard.js';

/** A watch in the background. */
export interface Watch {
  /** What was said so far. */
  readonly messages: readonly SourceMessage[];
  /** Resolves with the first message that fits, at once if it came before; also when the watch ends without one. */
  until(fits: (message: SourceMessage) => boolean): Promise<void>;
  /** The number of the first cycle that is told of. */
  firstCycle(): Promise<number>;
  /** Asks the source for something, as the screen does. */
  ask(control: SourceControl): void;
  /** Ends the watch and gives all that was said. */
  stop(): Promise<readonly SourceMessage[]>;
  /** All that was said, once the watch has ended by itself. */
  readonly ended: Promise<readonly SourceMessage[]>;
}

/** Watches a process with the local source. */
export function watchProcess(
  pid: number,
  options: Pick<LocalSourceOptions, 'probes' | 'probeBudget' | 'follow'> = {},
): Watch {
  const abort = new AbortController();
  const heard = new Heard();
  const source = localSource({ pid, clock: systemClock(), ...options });
  const controls = new Channel<SourceControl>();
  const onMessage = (message: SourceMessage) => heard.push(message);
  const ended = collect(source, abort.signal, { onMessage, controls }).finally(() => controls.close());
  const until = async (fits: (message: SourceMessage) => boolean) => {
    await Promise.race([ended, heard.until(() => heard.messages.find(fits))]);
  };
  return {
    messages: heard.messages,
    ended,
    until,
    firstCycle: async () => {
      await until(tellsOfCycle(1));
      return cyclesOf(heard.messages)[0]?.number ?? assert.fail('no cycle was told of');
    },
    ask: (control) => controls.push(control),
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}

/** All cycles of a stream with one target. */
export const cyclesOf = (stream: readonly SourceMessage[]): readonly GcCycle[] =>
  [...byTarget(stream).values()].flat().flatMap((event) => (event.kind === 'cycle' ? [event.cycle] : []));

/** Whether a message tells of the cycle of this number or of a later one. */
export const tellsOfCycle =
  (number: number) =>
  (message: SourceMessage): boolean =>
    message.type === 'events' &&
    message.events.some((event) => event.kind === 'cycle' && (event.cycle.number ?? 0) >= number);
