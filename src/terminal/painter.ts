import type { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import type { Action } from '../model/action.js';
import type { Size } from '../model/message.js';
import type { HitArea, ScreenView } from '../view/screen-view.js';
import { createScreen, type Screen } from './blessed.js';
import type { Capabilities } from './capabilities.js';
import { type CellStyles, cellStyles, paintCells } from './cells.js';
import { FrameBuffer } from './frame-buffer.js';
import { themeFor } from './theme.js';

/** What a full-screen terminal is written to. */
export type TerminalOutput = Writable & Size;

export interface PainterOptions {
  readonly capabilities: Capabilities;
  /** Where blessed hears keys and the mouse. */
  readonly keys: EventEmitter;
  readonly output: TerminalOutput;
}

// The terminal shows a frame when it is whole (synchronized output); those that do not know the mode ignore it.
const frameBegin = '\x1b[?2026h';
const frameEnd = '\x1b[?2026l';

/** Sends pictures to a terminal: whole frames of what differs, and while it is slow to take one, none. */
export class Painter<Act = Action> {
  readonly screen: Screen;
  readonly #output: TerminalOutput;
  readonly #frame: FrameBuffer;
  readonly #styles: CellStyles;
  #latest: ScreenView<Act> | undefined;
  /** The latest picture was not sent, for the one before is still on its way. */
  #behind = false;
  /** What the terminal shows is not known any more. */
  #stale = false;

  constructor({ capabilities, keys, output }: PainterOptions) {
    this.#output = output;
    this.#styles = cellStyles(themeFor(capabilities.colors, capabilities.background));
    this.#frame = new FrameBuffer(sizeOf(output));
    this.screen = createScreen(keys, this.#frame, capabilities.glyphs !== 'ascii');
  }

  /** What can be pressed in the latest picture. */
  get hits(): readonly HitArea<Act>[] {
    return this.#latest?.hits ?? [];
  }

  paint(view: ScreenView<Act>): void {
    this.#latest = view;
    this.#behind = this.#output.writableLength > 0;
    if (this.#behind || this.screen.destroyed) return;
    if (this.#stale) this.#frame.resize(sizeOf(this.#output));
    this.#stale = false;
    paintCells(this.screen.lines, view, this.#styles);
    this.screen.draw(0, this.screen.lines.length - 1);
    const bytes = this.take();
    if (bytes !== '') this.#output.write(`${frameBegin}${bytes}${frameEnd}`, () => this.#catchUp());
  }

  /** Has the next picture begin on an empty screen of the size that the output has by then. */
  forget(): void {
    this.#stale = true;
  }

  /** Sends the latest picture once more, every cell of it. */
  repaint(): void {
    this.forget();
    if (this.#latest !== undefined) this.paint(this.#latest);
  }

  /** What blessed wrote on entering and leaving. */
  take(): string {
    this.screen.program.flush();
    return this.#frame.take();
  }

  #catchUp(): void {
    if (this.#behind && this.#latest !== undefined) this.paint(this.#latest);
  }
}

/** A terminal that does not tell its size (a serial line) has the size of most. */
export const sizeOf = ({ columns, rows }: Size): Size => ({ columns: columns || 80, rows: rows || 24 });
