import type { EventEmitter } from 'node:events';
import blessed, { type Row, type Screen } from 'blessed';

export type { Row, Screen };

/**
 * A blessed screen that speaks to `output` and hears `input`, with blessed's habits that harm us switched off.
 * Creating it writes what enters the alternate screen; `destroy` writes what leaves it.
 */
export function createScreen(input: EventEmitter, output: EventEmitter, unicode: boolean): Screen {
  // Without this list blessed takes the description that it brings along. It cannot read the 32-bit format of
  // ncurses 6.1 and later, and prints on the screen what it fails to understand in others.
  blessed.Tput.ipaths.length = 0;
  const screen = outsideTmux(() =>
    blessed.screen({ input, output, terminal: 'xterm-256color', forceUnicode: unicode }),
  );
  // UTF-8 terminals draw lines as characters; the alternate character set would cost two switches a rule.
  screen.tput.brokenACS = true;
  dropProcessHandlers();
  return screen;
}

/** Inside tmux blessed would start `tmux -V` and wait for it, for a mouse mode that gctop never asks for. */
function outsideTmux<T>(create: () => T): T {
  const { TMUX } = process.env;
  delete process.env.TMUX;
  try {
    return create();
  } finally {
    if (TMUX !== undefined) process.env.TMUX = TMUX;
  }
}

/** blessed ends the process on signals with code 0 and misses SIGHUP; app/shutdown.ts is the one way out. */
function dropProcessHandlers(): void {
  process.removeListener('uncaughtException', blessed.Screen._exceptionHandler);
  process.removeListener('SIGTERM', blessed.Screen._sigtermHandler);
  process.removeListener('SIGINT', blessed.Screen._sigintHandler);
  process.removeListener('SIGQUIT', blessed.Screen._sigquitHandler);
  process.removeListener('exit', blessed.Screen._exitHandler);
}
