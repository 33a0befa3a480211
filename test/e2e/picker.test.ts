import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { folder } from '../helpers/folder.js';
import { builtProgram, gctop } from '../helpers/gctop.js';
import { newKubectl } from '../helpers/kubectls.js';
import { startKubernetes } from '../helpers/kubernetes.js';
import { afterScreen, assertRestored, type PtyOptions, type PtyProgram, startGctop } from '../helpers/pty.js';

const recording = fileURLToPath(new URL('../fixtures/recordings/gc-service.ndjson', import.meta.url));

/** The picker in a folder with one recording. */
function startPicker(t: TestContext, args: readonly string[] = [], options: PtyOptions = {}): PtyProgram {
  const cwd = folder(t);
  copyFileSync(recording, join(cwd, 'yesterday.ndjson'));
  const screen = startGctop(args, { columns: 120, rows: 40, cwd, ...options });
  t.after(() => screen.kill());
  return screen;
}

/** Chooses the row that holds these words, as a person would. */
async function choose(screen: PtyProgram, words: string): Promise<void> {
  screen.press(`/${words}`);
  await screen.waitFor((text) => new RegExp(`^> .*${words}`, 'm').test(text), 20_000);
  screen.press('\r');
}

test('a recording is found by typing, and replayed', async (t) => {
  const screen = startPicker(t);
  await screen.waitFor('yesterday.ndjson');
  await choose(screen, 'yesterday');
  await screen.waitFor('REPLAY');
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
});

test('what does not go with the options that were given is refused in the list', async (t) => {
  const screen = startPicker(t, ['--record', 'new.ndjson']);
  await screen.waitFor('yesterday.ndjson');
  await choose(screen, 'yesterday');
  await screen.waitFor('--record does not go with replay');
  screen.press('\x03');
  assert.equal(await screen.exit(), 130);
  assertRestored(screen.raw());
});

test('after the end of what was watched enter leads back to the list', async (t) => {
  const cwd = folder(t);
  const note = '{"type":"note","atNs":1000000,"level":"info","code":"x.y","text":"whole"}';
  const lines = [
    '{"type":"opened","atNs":0,"format":1}',
    note,
    '{"type":"closed","atNs":2000000,"reason":"end"}',
  ];
  writeFileSync(join(cwd, 'short.ndjson'), `${lines.join('\n')}\n`);
  const screen = startGctop(['replay', 'short.ndjson'], { columns: 120, rows: 40, cwd });
  t.after(() => screen.kill());
  // More often than a stream has listeners before Node warns of them.
  for (let time = 0; time < 12; time++) {
    await screen.waitFor('enter another');
    screen.press('\r');
    await screen.waitFor('what shall be watched?');
    await choose(screen, 'short');
  }
  await screen.waitFor('enter another');
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
  assert.equal(afterScreen(screen.raw()), '');
});

const waysOut: readonly [string, (screen: PtyProgram) => void, number][] = [
  ['q', (screen) => screen.press('q'), 0],
  ['Ctrl-C', (screen) => screen.press('\x03'), 130],
  ['SIGTERM', (screen) => screen.signal('SIGTERM'), 143],
  ['SIGHUP', (screen) => screen.signal('SIGHUP'), 129],
];

for (const [name, leave, code] of waysOut) {
  test(`${name} leaves the list with a clean terminal and exit code ${code}`, async (t) => {
    const screen = startPicker(t);
    await screen.waitFor('yesterday.ndjson');
    leave(screen);
    assert.equal(await screen.exit(), code);
    assertRestored(screen.raw());
    assert.equal(afterScreen(screen.raw()), '');
  });
}

test('the mouse selects a row, and a second press watches it', async (t) => {
  const screen = startPicker(t);
  const shown = await screen.waitFor('yesterday.ndjson');
  const y = shown.split('\n').findIndex((line) => line.includes('yesterday.ndjson'));
  screen.mouse(10, y);
  await screen.waitFor((text) => /^> yesterday\.ndjson/m.test(text));
  screen.mouse(10, y);
  await screen.waitFor('REPLAY');
  screen.press('q');
  assert.equal(await screen.exit(), 0);
});

test('a command that is typed is started, and where it cannot be the list says why', async (t) => {
  const screen = startPicker(t);
  await screen.waitFor('yesterday.ndjson');
  screen.press('n');
  await screen.waitFor('start  [');
  screen.press("./no-such-command 'a b'\r");
  await screen.waitFor("! cannot start './no-such-command'");
  assert.match(screen.screen(), /Go processes on this host/);
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
});

test('a pod is listed, and choosing it without a key for Pixie ends in the sentence of --pod', async (t) => {
  const kubectl = await newKubectl();
  const standIn = await startKubernetes(t, { kubectl });
  await standIn.addPod({ name: 'webshop-1' });
  const { PATH = '', KUBECONFIG = '', HOME = '' } = standIn.env;
  const screen = startPicker(t, [], { env: { PATH, KUBECONFIG, HOME, PX_API_KEY: '' } });
  await screen.waitFor('default/webshop-1', 20_000);
  assert.match(screen.screen(), /Pods of context stand-in, namespace default/);
  await choose(screen, 'webshop');
  assert.equal(await screen.exit(20_000), 4);
  assertRestored(screen.raw());
  assert.match(afterScreen(screen.raw()), /no credentials for Pixie.*PX_API_KEY/);
});

test('a kubectl that hangs delays nothing: the list is there, the pods are left out in the end', async (t) => {
  const bin = folder(t);
  const config = JSON.stringify({
    contexts: [{ name: 'far', context: { cluster: 'far', namespace: 'shop' } }],
    clusters: [{ name: 'far', cluster: { server: 'https://10.0.0.1' } }],
  });
  const script = `#!/bin/sh\ncase "$*" in *current-context*) echo far;; *config*) echo '${config}';; *) exec sleep 600;; esac\n`;
  writeFileSync(join(bin, 'kubectl'), script);
  chmodSync(join(bin, 'kubectl'), 0o755);
  const screen = startPicker(t, [], { env: { PATH: `${bin}:${process.env.PATH}` } });
  const asking = await screen.waitFor('asking kubectl');
  assert.match(asking, /Pods of context far/);
  await screen.waitFor('yesterday.ndjson');
  await screen.waitFor('left out: no answer in 5 s', 20_000);
  screen.press('q');
  assert.equal(await screen.exit(), 0);
});

test('without a terminal the list is printed once', async (t) => {
  const cwd = folder(t);
  copyFileSync(recording, join(cwd, 'yesterday.ndjson'));
  const ended = await execa(process.execPath, [builtProgram], { cwd, reject: false, stdin: 'ignore' });
  assert.equal(ended.exitCode, 0);
  assert.match(
    ended.stdout,
    /^FILE +BEGUN +LENGTH +SIZE +PROGRAM\nyesterday\.ndjson .* gc-service go1\.\d+\.\d+$/m,
  );
  assert.equal((await gctop(['--json'])).code, 2);
  const recorded = await gctop(['--record', join(cwd, 'x')]);
  assert.deepEqual([recorded.code, recorded.stdout], [2, '']);
  assert.match(recorded.stderr, /nothing to watch/);
});

test('on a dumb terminal the list is printed as well, without an escape sequence', async (t) => {
  const screen = startPicker(t, [], { env: { TERM: 'dumb' } });
  assert.equal(await screen.exit(), 0);
  assert.match(screen.raw(), /FILE +BEGUN/);
  assert.ok(!screen.raw().includes('\x1b'));
});
