import type { Command } from '../model/command.js';
import type { Msg } from '../model/message.js';
import type { Model } from '../model/model.js';
import { update } from '../model/update.js';
import { Channel } from '../system/channel.js';
import type { Clock } from '../system/clock.js';
import { selfCostMeter } from '../system/self-cost.js';
import type { Terminal } from '../terminal/screen.js';
import { view } from '../view/view.js';
import type { Session } from './session.js';

export interface LoopOptions {
  readonly model: Model;
  readonly session: Session;
  readonly terminal: Terminal;
  /** Keys, presses of the mouse, sizes. */
  readonly input: AsyncIterable<Msg>;
  /** The session's time. */
  readonly clock: Clock;
  /** The time in which frames are painted. */
  readonly frameClock: Clock;
  /** Runs one effect; true where it ends the loop. */
  readonly execute: (command: Command) => boolean;
  readonly signal: AbortSignal;
}

const framesPerSecond = 10;
/** Between cycles every second frame is painted, and every fifth while there is nothing new but the time. */
const calmFrames = 2;
const idleFrames = 5;

/**
 * Turns everything that happens into `update`, and the model into frames: at most ten a second, half as many between
 * cycles, but at once after a key. Resolves when a command or the signal ends it; rejects with what the source failed with.
 */
export async function runLoop(options: LoopOptions): Promise<void> {
  const { model, session, terminal, input, clock, frameClock, execute, signal } = options;
  const inbox = new Channel<Msg>();
  const ended = new AbortController();
  const running = AbortSignal.any([signal, ended.signal]);
  running.addEventListener('abort', () => inbox.close(), { once: true });
  let news = true;

  const source = forward(session.messages, (message) => inbox.push({ type: 'source', message }));
  const failure = source.then(
    () => undefined,
    (error: unknown) => {
      ended.abort();
      return { error };
    },
  );
  void forward(input, (msg) => inbox.push(msg));
  void tickFrames(frameClock, running, (frame) => {
    if (frame % framesPerSecond === 0) inbox.push({ type: 'observer', ...ownCost(frameClock.nowNs()) });
    const pace = model.running !== undefined ? 1 : calmFrames;
    if (frame % (news ? pace : idleFrames) === 0) inbox.push({ type: 'tick', nowNs: clock.nowNs() });
  });
  const ownCost = selfCostMeter(frameClock.nowNs());

  terminal.paint(view(model));
  for await (const msg of inbox) {
    const commands = update(model, msg);
    if (commands.some(execute)) break;
    if (msg.type === 'source') news = true;
    else if (msg.type !== 'observer') {
      terminal.paint(view(model));
      news = false;
    }
  }
  const failed = ended.signal.aborted ? await failure : undefined;
  ended.abort();
  if (failed !== undefined) throw failed.error;
}

async function forward<T>(from: AsyncIterable<T>, to: (item: T) => void): Promise<void> {
  for await (const item of from) to(item);
}

async function tickFrames(
  clock: Clock,
  signal: AbortSignal,
  onFrame: (frame: number) => void,
): Promise<void> {
  for (let frame = 1; !signal.aborted; frame += 1) {
    // Rejects only when it is aborted, which ends the loop.
    await clock.sleep(1000 / framesPerSecond, signal).catch(() => {});
    if (!signal.aborted) onFrame(frame);
  }
}
