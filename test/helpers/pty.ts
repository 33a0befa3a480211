import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { cacheHome } from './cache.js';
import { flushed } from './screen.js';

/** The folder of package.json. */
export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A program in a pseudo terminal, with the screen that a person would see. */
export interface PtyProgram {
  readonly pid: number;
  /** All bytes that the program wrote. */
  raw(): string;
  /** The screen now, a row a line. */
  screen(): string;
  /** Waits until the screen holds the text, or the predicate is true of it; the failure shows the screen. */
  waitFor(wanted: string | ((screen: string) => boolean), timeoutMs?: number): Promise<string>;
  /** Types keys, as the bytes that a terminal sends for them: `'\x03'`, `'\x1b[A'`. */
  press(keys: string): void;
  /** Presses and lets go the left button on a cell, counted from 0. */
  mouse(x: number, y: number): void;
  resize(columns: number, rows: number): void;
  signal(name: NodeJS.Signals): void;
  /** Waits for its end and gives its exit code as a shell reports it; the failure shows the screen. */
  exit(timeoutMs?: number): Promise<number>;
  /** Ends it if it still runs. */
  kill(): void;
}

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Added to a plain environment: PATH, HOME, a UTF-8 locale, TERM=xterm-256color. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const timeLimitMs = 10_000;

/** The built program. */
export const startGctop = (args: readonly string[], options?: PtyOptions): PtyProgram =>
  startInPty([process.execPath, join(repository, 'dist', 'cli.js'), ...args], options);

/** A TypeScript program under test/fixtures. */
export const startFixture = (name: string, args: readonly string[] = [], options?: PtyOptions): PtyProgram =>
  startInPty(
    [process.execPath, '--import', 'tsx', join(repository, 'test', 'fixtures', name), ...args],
    options,
  );

/** Any command. */
export function startInPty([command = '', ...args]: readonly string[], options: PtyOptions = {}): PtyProgram {
  const { columns = 80, rows = 24, env = {}, cwd = repository } = options;
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const pty = spawn(command, args, { cols: columns, rows, cwd, env: { ...plainEnvironment(), ...env } });
  let raw = '';
  let exitCode: number | undefined;
  let over = false;
  let changed = () => {};
  pty.onData((text) => {
    raw += text;
    emulator.write(text, () => changed());
  });
  pty.onExit(({ exitCode: code, signal }) => {
    exitCode = signal === undefined || signal === 0 ? code : 128 + signal;
    void flushed(emulator).then(() => {
      over = true;
      changed();
    });
  });

  const screen = () => textOf(emulator);
  /** Asks again after each change until the answer is there. */
  const until = async <T>(ask: () => T | undefined, what: string, timeoutMs: number): Promise<T> => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      changed();
    }, timeoutMs);
    try {
      for (;;) {
        const answer = ask();
        if (answer !== undefined) return answer;
        if (late) assert.fail(`waited ${timeoutMs} ms for ${what}; the screen was:\n${screen()}`);
        if (over) assert.fail(`it ended with code ${exitCode} before ${what}; the screen was:\n${screen()}`);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    pid: pty.pid,
    raw: () => raw,
    screen,
    waitFor: (wanted, timeoutMs = timeLimitMs) => {
      const isThere = typeof wanted === 'string' ? (text: string) => text.includes(wanted) : wanted;
      const what = typeof wanted === 'string' ? `'${wanted}'` : String(wanted);
      return until(() => (isThere(screen()) ? screen() : undefined), what, timeoutMs);
    },
    press: (keys) => pty.write(keys),
    mouse: (x, y) => pty.write(`\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`),
    resize: (nextColumns, nextRows) => {
      emulator.resize(nextColumns, nextRows);
      pty.resize(nextColumns, nextRows);
    },
    signal: (name) => pty.kill(name),
    exit: (timeoutMs = timeLimitMs) => until(() => (over ? exitCode : undefined), 'its end', timeoutMs),
    kill: () => {
      if (exitCode === undefined) pty.kill('SIGKILL');
    },
  };
}

/** Asserts that a program left the terminal as it found it. */
export function assertRestored(raw: string): void {
  const lastOf = (mode: string) => (raw.lastIndexOf(`${mode}h`) > raw.lastIndexOf(`${mode}l`) ? 'on' : 'off');
  assert.equal(lastOf('\x1b[?1049'), 'off', 'the alternate screen was not left');
  assert.equal(lastOf('\x1b[?25'), 'on', 'the cursor was not shown again');
  for (const mode of [1000, 1002, 1003, 1005, 1006]) {
    assert.equal(lastOf(`\x1b[?${mode}`), 'off', `mouse mode ${mode} was left on`);
  }
  assert.equal(lastOf('\x1b[?1'), 'off', 'the cursor keys were left in application mode');
  assert.equal(lastOf('\x1b[?2026'), 'off', 'synchronized output was left on');
}

/** What came after the alternate screen was left: what the person finds in the shell. */
export const afterScreen = (raw: string): string =>
  raw.slice(raw.lastIndexOf('\x1b[?1049l') + '\x1b[?1049l'.length);

const plainEnvironment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '/',
  XDG_CACHE_HOME: cacheHome,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
});

function textOf({ buffer: { active }, rows }: xterm.Terminal): string {
  const rowText = (y: number) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '';
  return Array.from({ length: rows }, (_, y) => rowText(y).trimEnd()).join('\n');
}
