import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { parseGctraceLine, printGctraceLine } from '../../src/gc/gctrace-line.js';
import { decodeLine } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { builtProgram, gctop } from '../helpers/gctop.js';
import { build } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';
import { afterScreen, assertRestored, startGctop, startInPty } from '../helpers/pty.js';

const wide = { columns: 160, rows: 48 };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const messagesIn = (text: string): readonly SourceMessage[] =>
  text
    .trim()
    .split('\n')
    .flatMap((line, index) => decodeLine(line, index + 1) ?? []);

const cyclesIn = (messages: readonly SourceMessage[]): readonly GcCycle[] =>
  messages.flatMap((message) =>
    message.type === 'events'
      ? message.events.flatMap((event) => (event.kind === 'cycle' ? [event.cycle] : []))
      : [],
  );

const withoutSince = (line = ''): string => line.replace(/ @[\d.]+s /, ' ');

liveTest('demo --json tells of just the cycles that the service itself prints', async (t) => {
  const { goMinor } = await build('gc-service');
  const ended = await gctop(['demo', '--json', '--rate', '5', '--seconds', '10'], {
    env: { GODEBUG: 'gctrace=1' },
    timeoutMs: 60_000,
  });
  assert.equal(ended.code, 0, ended.stderr);
  const messages = messagesIn(ended.stdout);
  assert.equal(messages[0]?.type, 'opened');
  assert.deepEqual(messages.at(-1)?.type, 'closed');
  const printed = ended.stderr.split('\n').filter((line) => parseGctraceLine(line) !== undefined);
  const told = cyclesIn(messages).map((cycle) => printGctraceLine(cycle, goMinor));
  assert.deepEqual(told.map(withoutSince), printed.map(withoutSince));
  t.diagnostic(`${told.length} cycles, all equal`);
  assert.ok(told.length >= 20);
});

liveTest('demo draws a live screen, shows what a key did, and leaves nothing behind', async (t) => {
  const screen = startGctop(['demo'], {
    ...wide,
    env: { XDG_CACHE_HOME: join(tmpdir(), 'gctop-test-cache') },
  });
  t.after(() => screen.kill());
  await screen.waitFor('LIVE', 60_000);
  for (let press = 1; press <= 3; press += 1) {
    screen.press('g');
    await screen.waitFor((text) => new RegExp(`forced +${press}`).test(text));
  }
  const shown = await screen.waitFor((text) => / ▼ forced .*#\d/.test(text));
  assert.match(shown, /gc-service {2}pid \d+ {2}go1\.\d+/);
  assert.match(shown, /answer +g: 200 in/);
  assert.match(shown, /#\d+ +▼┃█/, 'a bar in Phases');
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
  assert.match(afterScreen(screen.raw()), /the output of gc-service is in \S+/);
  const pid = Number(/gc-service {2}pid (\d+)/.exec(shown)?.[1]);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  assert.deepEqual(leftoversOfLocal(screen.pid), []);
});

liveTest('an ordinary user sees live data of a program that gctop starts', async (t) => {
  const { path } = await build('gc-service');
  const open = folder(t);
  chmodSync(open, 0o755);
  cpSync(dirname(builtProgram), join(open, 'dist'), { recursive: true });
  copyFileSync(path, join(open, 'gc-service'));
  chmodSync(join(open, 'gc-service'), 0o755);
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const command = [process.execPath, join(open, 'dist', 'cli.js'), '--', './gc-service', '-port', '0'];
  const screen = startInPty([...asNobody, ...command], { ...wide, cwd: open, env: { HOME: open } });
  t.after(() => screen.kill());
  const shown = await screen.waitFor((text) => /memory only/.test(text) && /Heap +\d/.test(text));
  assert.match(shown, /needs root/);
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
});

liveTest('what was recorded is what was told, and replays to a screen', async (t) => {
  const file = join(folder(t), 'gc.ndjson');
  const ended = await gctop(['demo', '--json', '--rate', '10', '--seconds', '3', '--record', file], {
    timeoutMs: 60_000,
  });
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(readFileSync(file, 'utf8').trim(), ended.stdout.trim());
  const replayed = await gctop(['replay', file, '--json']);
  assert.deepEqual(messagesIn(replayed.stdout), messagesIn(ended.stdout));
  const screen = startGctop(['replay', file, '--speed', '20'], wide);
  t.after(() => screen.kill());
  const last = cyclesIn(messagesIn(ended.stdout)).at(-1)?.number;
  await screen.waitFor(`#${last?.toLocaleString('en-US')}`);
  await screen.waitFor('exit status 0');
  screen.press('q');
  assert.equal(await screen.exit(), 0);
});

for (const [signal, code] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  liveTest(`${signal} ends gctop and its program, and leaves a clean terminal and no probe`, async (t) => {
    const { path } = await build('gc-service');
    const screen = startGctop(['--', path, '-port', '0'], wide);
    t.after(() => screen.kill());
    const pid = Number(/pid (\d+)/.exec(await screen.waitFor('LIVE'))?.[1]);
    screen.signal(signal);
    assert.equal(await screen.exit(), code);
    assertRestored(screen.raw());
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.deepEqual(leftoversOfLocal(screen.pid), []);
  });
}
