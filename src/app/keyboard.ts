import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { TerminalInput } from '../terminal/screen.js';
import type { Watching } from './prepare.js';

/** Where keys come from. */
export interface Keyboard {
  /** Undefined where there is no terminal to read from. */
  readonly input: (TerminalInput & { readonly isTTY?: boolean }) | undefined;
  close(): void;
}

/** stdin, or where that holds what is to be watched the terminal itself. */
export function openKeyboard(invocation: Watching): Keyboard {
  if (invocation.type !== 'gctrace' || invocation.file !== '-')
    return { input: process.stdin, close: () => {} };
  const { json, lines } = invocation.options;
  const input = json || lines ? undefined : openTerminalDevice();
  return { input, close: () => void input?.destroy() };
}

function openTerminalDevice(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return undefined; // a process without a terminal: said where a screen would be drawn
  }
}
