import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { afterScreen, assertRestored, type PtyProgram, startFixture, startInPty } from '../helpers/pty.js';

type WayOut = readonly [name: string, leave: (program: PtyProgram) => void, code: number, told: RegExp];

const nothing = /^$/;

const waysOut: readonly WayOut[] = [
  ['the key q', (program) => program.press('q'), 0, nothing],
  ['Ctrl-C', (program) => program.press('\x03'), 130, nothing],
  ['SIGHUP', (program) => program.signal('SIGHUP'), 129, nothing],
  ['SIGINT', (program) => program.signal('SIGINT'), 130, nothing],
  ['SIGQUIT', (program) => program.signal('SIGQUIT'), 131, nothing],
  ['SIGTERM', (program) => program.signal('SIGTERM'), 143, nothing],
  ['process.exit', (program) => program.press('x'), 3, nothing],
  ['a throw', (program) => program.press('t'), 1, /^gctop: the probe {2}\[31mfailed: try --probes none\r\n$/],
  [
    'a rejection',
    (program) => program.press('r'),
    1,
    /^gctop: unexpected failure: Error: nobody waits for this\r\n$/,
  ],
];

for (const [name, leave, code, told] of waysOut) {
  test(`${name} leaves a clean terminal, exit code ${code}, and says why after it`, async () => {
    const program = startFixture('terminal-app.ts');
    try {
      await program.waitFor('ready at 80x24');
      leave(program);
      assert.equal(await program.exit(), code);
      assertRestored(program.raw());
      assert.match(afterScreen(program.raw()), told);
    } finally {
      program.kill();
    }
  });
}

test('keys, presses of the mouse and a new size reach the program', async () => {
  const program = startFixture('terminal-app.ts');
  try {
    await program.waitFor('heard:');
    program.press('g');
    program.mouse(2, 1);
    await program.waitFor('heard: g pressed help');
    program.resize(100, 30);
    await program.waitFor('ready at 100x30');
    program.press('q');
    assert.equal(await program.exit(), 0);
  } finally {
    program.kill();
  }
});

test('the shell gets its line editing back', async () => {
  const fixture = `"${process.execPath}" --import tsx test/fixtures/terminal-app.ts`;
  const shell = startInPty(['sh', '-c', `${fixture}; echo code $?; stty -a; echo done`], { columns: 120 });
  try {
    await shell.waitFor('ready at');
    shell.press('q');
    const screen = await shell.waitFor('done');
    assert.match(screen, /code 0/);
    assert.match(screen, /(^|\s)icanon\s/);
    assert.match(screen, /(^|\s)echo\s/);
  } finally {
    shell.kill();
  }
});

test('work that does not stop is left behind in the end', async () => {
  const program = startFixture('terminal-app.ts', ['--never-stops']);
  try {
    await program.waitFor('ready');
    program.signal('SIGTERM');
    assert.equal(await program.exit(15_000), 143);
    assertRestored(program.raw());
  } finally {
    program.kill();
  }
});

test('a second signal does not wait for work that does not stop', async () => {
  const program = startFixture('terminal-app.ts', ['--never-stops']);
  try {
    await program.waitFor('ready');
    program.signal('SIGTERM');
    await program.waitFor((text) => !text.includes('ready'));
    program.signal('SIGINT');
    assert.equal(await program.exit(5_000), 130);
    assertRestored(program.raw());
  } finally {
    program.kill();
  }
});

test('a program whose terminal is closed ends', async () => {
  const fixture = `"${process.execPath}" --import tsx test/fixtures/terminal-app.ts`;
  // script holds the inner terminal; with it goes the terminal, as when a window is closed or a connection drops
  const outer = startInPty(['script', '-qc', `echo $$; exec ${fixture}`, '/dev/null']);
  try {
    await outer.waitFor('ready');
    const pid = Number(/\d+/.exec(outer.raw())?.[0]);
    assert.ok(isRunning(pid));
    outer.signal('SIGKILL');
    await outer.exit();
    const deadline = AbortSignal.timeout(5_000);
    while (isRunning(pid)) {
      assert.ok(!deadline.aborted, 'it still runs');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    outer.kill();
  }
});

test('a reader that has had enough ends the program quietly', async () => {
  const fixture = `"${process.execPath}" --import tsx test/fixtures/endless-output.ts`;
  const shell = startInPty(['bash', '-c', `${fixture} | head -n 1; echo code \${PIPESTATUS[0]}`]);
  try {
    assert.match(await shell.waitFor('code'), /^a line\ncode 0\n+$/);
  } finally {
    shell.kill();
  }
});

/** A process that ended but was not collected by its new parent yet does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // no such process
  }
}
