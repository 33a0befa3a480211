import assert from 'node:assert/strict';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';
import { builtProgram, gctop } from '../helpers/gctop.js';
import { gctraceFixture } from '../helpers/gctrace-scenario.js';
import { assertRestored, startGctop, startInPty } from '../helpers/pty.js';

const wide = { columns: 160, rows: 48 };
const text = readFileSync(gctraceFixture, 'utf8');

/** A file that nobody has written to for a day. */
function finished(t: TestContext, content: string): string {
  const path = join(folder(t), 'gc.txt');
  writeFileSync(path, content);
  const day = new Date('2026-01-01T00:00:00Z');
  utimesSync(path, day, day);
  return path;
}

test('a finished file is written as the lines that are in it, and nothing else', async (t) => {
  const noisy = text.replaceAll('\n', '\nsomething else\n');
  const ended = await gctop(['--gctrace', finished(t, noisy), '--lines']);
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, text.trimEnd(), '']);
});

test('a pipe is read to its end', async () => {
  const piped = '"$0" "$1" --gctrace - --lines < "$2"; cat "$2" | "$0" "$1" --gctrace - --lines';
  const { stdout } = await run('sh', ['-c', piped, process.execPath, builtProgram, gctraceFixture]);
  assert.equal(`${stdout}\n`, text + text);
});

test('what was recorded of a text gives the same lines', async (t) => {
  const path = finished(t, text);
  const recording = join(folder(t), 'gc.ndjson');
  await gctop(['--gctrace', path, '--record', recording, '--json']);
  const replayed = await gctop(['replay', recording, '--lines']);
  assert.equal(`${replayed.stdout}\n`, text);
});

test('a finished file is shown whole at once, dated by when it was written', async (t) => {
  const screen = startGctop(['--gctrace', finished(t, text)], { ...wide, env: { TZ: 'UTC' } });
  t.after(() => screen.kill());
  const words = [
    /gc\.txt .*gctrace {2}rounded .*END/,
    /#26/,
    /missing .*live heap, phases/,
    /00:00:00\.\d+ ● target/,
  ];
  await screen.waitFor((rows) => words.every((word) => word.test(rows)));
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
});

test('with a pipe on stdin keys come from the terminal', async (t) => {
  const piped = '(cat "$2"; sleep 4) | "$0" "$1" --gctrace -; echo ended with $?';
  const screen = startInPty(['sh', '-c', piped, process.execPath, builtProgram, gctraceFixture], wide);
  t.after(() => screen.kill());
  await screen.waitFor((rows) => /stdin .*rounded .*LIVE/.test(rows) && / [12]\.\d\d\/s {2}#26/.test(rows));
  screen.press('?');
  await screen.waitFor('esc ');
  screen.press('?');
  screen.press('q');
  await screen.waitFor('ended with 0');
  assertRestored(screen.raw());
});

test('a terminal on stdin is no text to watch', async () => {
  const screen = startGctop(['--gctrace', '-'], wide);
  assert.equal(await screen.exit(), 2);
  assert.match(screen.raw(), /^gctop: --gctrace - reads stdin, and that is the terminal: pipe into it/);
});

const refused: readonly [string, (t: TestContext) => readonly string[], RegExp][] = [
  [
    'a file that is not there',
    () => ['--gctrace', '/no/such/file', '--json'],
    /cannot read '\/no\/such\/file'/,
  ],
  ['a folder', (t) => ['--gctrace', folder(t), '--json'], /cannot read '/],
  [
    'a text without a gctrace line',
    (t) => ['--gctrace', finished(t, 'hello\nworld\n'), '--lines'],
    /no gctrace line in '.*gc\.txt' \(2 lines\): expected 'gc 1 @.*GODEBUG=gctrace=1/,
  ],
  [
    'two programs',
    () => ['--gctrace', 'x', '-p', '1'],
    /--gctrace FILE and -- CMD name several programs: watch one of them/,
  ],
  ['two outputs', () => ['--gctrace', 'x', '--json', '--lines'], /--json and --lines both write to stdout/],
];
for (const [what, args, sentence] of refused) {
  test(`${what} is refused`, async (t) => {
    const ended = await gctop(args(t));
    assert.match(ended.stderr, sentence);
    assert.equal(ended.stderr.trimEnd().split('\n').length, 1, ended.stderr);
    assert.equal(ended.code, 2);
  });
}
