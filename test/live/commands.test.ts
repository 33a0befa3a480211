import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLine } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { folder } from '../helpers/folder.js';
import { gctop } from '../helpers/gctop.js';
import { compareWithTrace, forcedIn, numbersIn } from '../helpers/gctrace-lines.js';
import { build } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';
import { ordinaryUser } from '../helpers/ordinary-user.js';
import { afterScreen, assertRestored, startGctop, startInPty } from '../helpers/pty.js';
import { addressIn, sendTraffic } from '../helpers/send-traffic.js';
import { streamGctop } from '../helpers/stream-gctop.js';
import { cyclesOf } from '../helpers/watch.js';

const wide = { columns: 160, rows: 48 };

const messagesIn = (text: string): readonly SourceMessage[] =>
  text
    .trim()
    .split('\n')
    .flatMap((line, index) => decodeLine(line, index + 1) ?? []);

/** How many cycles the command has to tell of at least. */
const wanted = 250;

liveTest('demo --json tells of just the cycles that the service itself prints', async (t) => {
  const { goMinor } = await build('gc-service');
  const demo = await streamGctop(['demo', '--json'], { env: { GODEBUG: 'gctrace=1' } });
  t.after(() => demo.stop());
  const address = await demo.until(() => addressIn(demo.stderr));
  await demo.until(() => demo.messages.find(({ type }) => type === 'events'));
  const toldUpTo = () => cyclesOf(demo.messages).at(-1)?.number ?? 0;
  const traffic = new AbortController();
  const sent = sendTraffic(address, traffic.signal);
  await demo.until(() => toldUpTo() >= wanted || undefined);
  traffic.abort();
  await sent;
  await fetch(`http://${address}/run-gc`); // whatever ran before has ended and is printed after it
  await demo.until(() => toldUpTo() >= (numbersIn(demo.stderr).at(-1) ?? wanted) || undefined);
  assert.deepEqual(await demo.stop(), { exitCode: 143, signal: undefined }, demo.stderr.slice(-5).join('\n'));

  assert.equal(demo.messages[0]?.type, 'opened');
  assert.equal(demo.messages.at(-1)?.type, 'closed');
  const cycles = cyclesOf(demo.messages);
  compareWithTrace(t, cycles, { trace: demo.stderr, goMinor });
  assert.deepEqual(
    cycles.map(({ number }) => number),
    numbersIn(demo.stderr),
  );
  assert.ok(cycles.length >= wanted);
  assert.ok(forcedIn(cycles) > 0 && forcedIn(cycles) < cycles.length, 'both kinds of cycles');
});

liveTest('demo draws a live screen, shows what a key did, and leaves nothing behind', async (t) => {
  const screen = startGctop(['demo'], wide);
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
  assert.doesNotMatch(afterScreen(screen.raw()), /output/, 'nobody wants to know what a demo printed');
  const pid = Number(/gc-service {2}pid (\d+)/.exec(shown)?.[1]);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  assert.deepEqual(leftoversOfLocal(screen.pid), []);
});

liveTest('an ordinary user sees live data of a program that gctop starts', async (t) => {
  const { path } = await build('gc-service');
  const user = ordinaryUser(t);
  user.program(path, 'gc-service');
  const command = [...user.as, ...user.gctop, '--', './gc-service', '-port', '0'];
  const screen = startInPty(command, { ...wide, cwd: user.home, env: { HOME: user.home } });
  t.after(() => screen.kill());
  const words = [/memory only/, /Heap +\d/, /needs root/];
  await screen.waitFor((text) => words.every((word) => word.test(text)));
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
  const last = cyclesOf(messagesIn(ended.stdout)).at(-1)?.number;
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
