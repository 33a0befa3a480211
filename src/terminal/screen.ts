import type { Readable, Writable } from 'node:stream';
import type { Action } from '../model/action.js';
import type { Msg, Size } from '../model/message.js';
import type { HitArea, ScreenView } from '../view/screen-view.js';
import type { Screen } from './blessed.js';
import type { Capabilities } from './capabilities.js';
import { InputFeed, keyName } from './input.js';
import { Painter, sizeOf, type TerminalOutput } from './painter.js';

/** A full-screen terminal: takes whole pictures, sends what differs. */
export interface Terminal<Act = Action> {
  /** The size now, in cells. */
  readonly size: Size;
  /** Shows a picture. While the terminal is slow to take the last one, only the newest is kept. */
  paint(view: ScreenView<Act>): void;
  /** Sends every cell of the last picture again. */
  redraw(): void;
  /** Gives the terminal back as it was found; resolves when it has taken it. May be called again. */
  close(): Promise<void>;
}

/** What comes from the terminal. All but `lost` is a message for `update`. */
export type TerminalEvent<Act = Action> =
  | Extract<Msg, { type: 'key' | 'resize' }>
  | { readonly type: 'action'; readonly action: Act }
  /** The terminal is gone: its window was closed, or the connection to it. */
  | { readonly type: 'lost' };

export interface TerminalOptions<Act = Action> {
  readonly capabilities: Capabilities;
  readonly input: TerminalInput;
  readonly output: TerminalOutput;
  readonly onEvent: (event: TerminalEvent<Act>) => void;
}

export type TerminalInput = Readable & { setRawMode?(raw: boolean): unknown };

// Button presses, reported in decimal (SGR), so that columns beyond 223 exist. No motion: that is a packet a cell.
const mouseOn = '\x1b[?1000h\x1b[?1006h';
const mouseOff = '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l';
const defaultStyle = '\x1b[m';

const closeDeadlineMs = 500; // a terminal that is stopped with Ctrl-S must not keep the program

/** Takes over the terminal: alternate screen, raw keys, mouse. */
export function openTerminal<Act = Action>({
  capabilities,
  input,
  output,
  onEvent,
}: TerminalOptions<Act>): Terminal<Act> {
  const keys = new InputFeed();
  const painter = new Painter<Act>({ capabilities, keys, output });
  listenToScreen(painter, onEvent);
  const stopListening = listenToStreams(input, output, {
    data: (bytes) => keys.feed(bytes),
    resize: () => {
      painter.forget();
      onEvent({ type: 'resize', size: sizeOf(output) });
    },
    lost: () => onEvent({ type: 'lost' }),
    exit: () => void close(),
  });
  input.setRawMode?.(true);
  input.resume(); // a screen before this one has paused it
  stopBlocking(output);
  output.write(painter.take() + (capabilities.mouse ? mouseOn : ''));

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= leave();
    return closed;
  };
  const leave = () => {
    stopListening();
    painter.screen.destroy();
    const written = writeWithin(output, `${mouseOff}${defaultStyle}${painter.take()}`, closeDeadlineMs);
    input.setRawMode?.(false);
    input.pause();
    return written;
  };

  return {
    get size() {
      return sizeOf(output);
    },
    paint: (view) => painter.paint(view),
    redraw: () => painter.repaint(),
    close,
  };
}

/** blessed's program is heard, not its screen: a listener there would turn on mouse modes of blessed's choice. */
function listenToScreen<Act>(
  painter: { readonly screen: Screen; readonly hits: readonly HitArea<Act>[] },
  onEvent: TerminalOptions<Act>['onEvent'],
): void {
  const { program } = painter.screen;
  program.on('keypress', (_char, { full }) => {
    const key = keyName(full);
    if (key !== undefined) onEvent({ type: 'key', key });
  });
  program.on('mouse', ({ action, button, x, y }) => {
    if (action !== 'mousedown' || button !== 'left') return;
    const hit = painter.hits.findLast(({ rect }) => isInside(rect, x, y));
    if (hit !== undefined) onEvent({ type: 'action', action: hit.action });
  });
}

const isInside = (rect: HitArea['rect'], x: number, y: number) =>
  x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;

interface StreamListeners {
  readonly data: (bytes: Buffer) => void;
  readonly resize: () => void;
  readonly lost: () => void;
  /** The process ends without having closed the terminal. */
  readonly exit: () => void;
}

/** Listens until the function that is returned is called. */
function listenToStreams(
  input: TerminalInput,
  output: TerminalOutput,
  { data, resize, lost, exit }: StreamListeners,
): () => void {
  let listening = true;
  const onLost = () => {
    if (listening) lost();
  };
  input.on('data', data);
  input.once('end', onLost);
  input.on('error', onLost);
  output.on('error', onLost);
  output.on('resize', resize);
  process.once('exit', exit);
  return () => {
    listening = false;
    input.removeListener('data', data);
    input.removeListener('end', onLost);
    output.removeListener('resize', resize);
    process.removeListener('exit', exit);
    for (const stream of [input, output]) {
      ignoreErrors(stream);
      stream.removeListener('error', onLost);
    }
  };
}

/** A terminal that is gone may say so again later, and an error that nobody hears ends the process. */
function ignoreErrors(stream: TerminalInput | TerminalOutput): void {
  if (!stream.listeners('error').includes(ignored)) stream.on('error', ignored);
}

const ignored = (): void => {};

/** Node writes to a terminal blocking: one that takes nothing (Ctrl-S, a slow link) would stop every timer. */
function stopBlocking(output: object): void {
  if (!('_handle' in output)) return;
  const handle = output._handle;
  if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) return;
  if (typeof handle.setBlocking === 'function') handle.setBlocking(false);
}

/** Writes and waits until it is taken, but no longer than that. */
function writeWithin(output: Writable, text: string, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    output.write(text, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
