import { PassThrough } from 'node:stream';
import xterm from '@xterm/headless';
import type { Size } from '../../src/model/message.js';
import type { Capabilities } from '../../src/terminal/capabilities.js';
import { openTerminal, type Terminal, type TerminalEvent } from '../../src/terminal/screen.js';
import { type Style, themeFor } from '../../src/terminal/theme.js';
import type { Role, ScreenView } from '../../src/view/screen-view.js';

/** What a person sees: the characters, and under each the letter of its role (a blank for plain text). */
export interface ShownScreen {
  readonly size: Size;
  readonly lines: readonly string[];
  readonly styles: readonly string[];
}

/** The letters of `ShownScreen.styles`. */
export const styleLetters: Readonly<Record<Role, string>> = {
  text: ' ',
  muted: 'm',
  focus: 'F',
  heap: 'h',
  gc: 'g',
  stop: 's',
  limit: 'l',
  bad: 'B',
};

/** A terminal with all it can have; tests take away. */
export const fullCapabilities: Capabilities = {
  colors: 256,
  background: 'dark',
  glyphs: 'braille',
  mouse: true,
};

/** Paints one view through the real terminal room and reads it off the screen. */
export async function showView(view: ScreenView, capabilities = fullCapabilities): Promise<ShownScreen> {
  const test = openTestTerminal(view.size, capabilities);
  test.terminal.paint(view);
  const shown = await test.shown();
  await test.terminal.close();
  return shown;
}

/** The real terminal room, connected to an emulated terminal. */
export interface TestTerminal {
  readonly terminal: Terminal;
  readonly emulator: xterm.Terminal;
  readonly events: readonly TerminalEvent[];
  /** All that was written up to now. */
  bytes(): string;
  /** The screen as soon as all that was written is on it. */
  shown(): Promise<ShownScreen>;
  /** What a person types, as bytes. */
  type(bytes: string): void;
  /** The terminal's window is closed. */
  hangUp(): void;
  resize(size: Size): void;
  /** From now on the terminal takes nothing (Ctrl-S); the function that is returned lets it go on. */
  stall(): () => void;
}

export function openTestTerminal(size: Size, capabilities = fullCapabilities): TestTerminal {
  const emulator = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
  const input = new PassThrough();
  const output = new EmulatedOutput(size, emulator);
  const events: TerminalEvent[] = [];
  const terminal = openTerminal({ capabilities, input, output, onEvent: (event) => events.push(event) });
  return {
    terminal,
    emulator,
    events,
    bytes: () => output.bytes,
    shown: async () => {
      await flushed(emulator);
      return readScreen(emulator, capabilities);
    },
    type: (bytes) => input.write(bytes),
    hangUp: () => input.end(),
    resize: (next) => {
      emulator.resize(next.columns, next.rows);
      output.columns = next.columns;
      output.rows = next.rows;
      output.emit('resize');
    },
    stall: () => output.stall(),
  };
}

/** A stream that looks like a terminal's and feeds the emulator. */
class EmulatedOutput extends PassThrough {
  readonly isTTY = true;
  columns: number;
  rows: number;
  bytes = '';
  readonly #emulator: xterm.Terminal;
  #waiting: (() => void)[] | undefined;

  constructor({ columns, rows }: Size, emulator: xterm.Terminal) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#emulator = emulator;
  }

  stall(): () => void {
    this.#waiting = [];
    return () => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const goOn of waiting) goOn();
    };
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const take = () => {
      this.bytes += chunk.toString();
      this.#emulator.write(chunk);
      done();
    };
    if (this.#waiting === undefined) take();
    else this.#waiting.push(take);
  }
}

/** Resolves when the emulator has worked through what it was given. */
export const flushed = (emulator: xterm.Terminal): Promise<void> =>
  new Promise((resolve) => emulator.write('', resolve));

/** Reads characters and roles off an emulated screen. */
export function readScreen(emulator: xterm.Terminal, capabilities = fullCapabilities): ShownScreen {
  const letters = lettersByLook(capabilities);
  const lines: string[] = [];
  const styles: string[] = [];
  for (let y = 0; y < emulator.rows; y++) {
    const row = emulator.buffer.active.getLine(emulator.buffer.active.viewportY + y);
    let line = '';
    let style = '';
    for (let x = 0; x < emulator.cols; x++) {
      const cell = row?.getCell(x);
      if (cell?.getWidth() === 0) continue;
      line += cell?.getChars() || ' ';
      style += cell === undefined ? ' ' : (letters.get(lookOfCell(cell)) ?? '?');
    }
    lines.push(line.trimEnd());
    styles.push(style.trimEnd());
  }
  return { size: { columns: emulator.cols, rows: emulator.rows }, lines, styles };
}

const lookOfStyle = ({ color, bold, reverse }: Style) =>
  `${color ?? 'own'} ${bold === true} ${reverse === true}`;

function lookOfCell(cell: xterm.IBufferCell): string {
  const color = cell.isFgDefault() ? 'own' : cell.getFgColor();
  const plainBackground = cell.isBgDefault() ? '' : ' with a background';
  return `${color} ${cell.isBold() !== 0} ${cell.isInverse() !== 0}${plainBackground}`;
}

/** With few colours several roles look alike: the first of them gives the letter. */
function lettersByLook({ colors, background }: Capabilities): ReadonlyMap<string, string> {
  const theme = themeFor(colors, background);
  const roles: readonly Role[] = ['bad', 'stop', 'limit', 'gc', 'heap', 'focus', 'muted', 'text'];
  return new Map(roles.map((role) => [lookOfStyle(theme[role]), styleLetters[role]]));
}
