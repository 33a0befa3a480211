import { EventEmitter } from 'node:events';
import type { Size } from '../model/message.js';

/**
 * The output that blessed sees: it collects what blessed writes, so that a frame goes out whole or not at all, and
 * blessed learns of a new size when the next frame is drawn and not in between.
 */
export class FrameBuffer extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  #text = '';

  constructor({ columns, rows }: Size) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): boolean {
    this.#text += text;
    return true;
  }

  /** What was written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Tells blessed the size: it begins with an empty screen. */
  resize({ columns, rows }: Size): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}
