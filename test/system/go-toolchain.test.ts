import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type FindGoOptions,
  findGo,
  goEnvironment,
  isAtLeast,
  releaseIn,
} from '../../src/system/go-toolchain.js';
import { folder } from '../helpers/folder.js';

test('the first go of the PATH that works and is new enough is taken', async (t) => {
  const { root, options } = place(t, {
    'broken/go': 'exit 1',
    'other/go': 'echo a game of go',
    'old/go': goThatSays('go1.15.15'),
    'good/go': goThatSays('go1.19.8'),
    'better/go': goThatSays('go1.27.0'),
  });
  const PATH = ['missing', 'broken', 'other', 'old', 'good', 'better']
    .map((name) => join(root, name))
    .join(':');
  assert.deepEqual(await findGo({ ...options, env: { PATH } }), {
    command: join(root, 'good/go'),
    version: 'go1.19.8',
  });
});

test('what is not in the PATH is found where Go is usually put', async (t) => {
  const { root, options } = place(t, { 'usual/go': goThatSays('go1.26.8') });
  const found = await findGo({ ...options, env: { PATH: '' }, directories: [join(root, 'usual')] });
  assert.deepEqual(found, { command: join(root, 'usual/go'), version: 'go1.26.8' });
});

test('GOFLAGS of the user do not reach go, whose old releases would refuse them', async (t) => {
  const { root, options } = place(t, {
    'bin/go': `case "$GOFLAGS" in *buildvcs*) exit 1;; "") exit 1;; esac; ${goThatSays('go1.16.15')}`,
  });
  const env = { PATH: join(root, 'bin'), GOFLAGS: '-buildvcs=false' };
  assert.equal((await findGo({ ...options, env })).version, 'go1.16.15');
});

test('root has the package installed, after an update of the list where it is needed', async (t) => {
  const { root, options, told } = place(t, {
    'bin/apt-get': `
      here=$(/usr/bin/dirname "$0")
      if [ "$1" = update ]; then : >"$here/list"; exit; fi
      [ "$1 $2 $3" = "-o DPkg::Lock::Timeout=300 install" ] || exit 100
      [ -e "$here/list" ] || { echo "E: Unable to locate package golang-go" >&2; exit 100; }
      [ "$DEBIAN_FRONTEND" = noninteractive ] && /bin/cp "$here/../go" "$here/go"`,
    go: goThatSays('go1.19.8'),
  });
  const found = await findGo({ ...options, env: { PATH: join(root, 'bin') }, mayInstall: true });
  assert.deepEqual(found, { command: join(root, 'bin/go'), version: 'go1.19.8' });
  assert.ok(existsSync(join(root, 'bin/list')));
  assert.equal(told.length, 2);
});

test('where nothing can be installed one sentence says what is missing, a hint how to get it', async (t) => {
  const { root, options } = place(t, {
    'failing/apt-get': 'echo "E: no network" >&2; exit 100',
    'useless/apt-get': 'exit 0',
  });
  const refusal = (env: FindGoOptions['env'], mayInstall: boolean, message: RegExp) =>
    assert.rejects(findGo({ ...options, env, mayInstall }), {
      code: 'NO_GO_TOOLCHAIN',
      message,
      hint: /^install Go 1\.16 or newer/,
    });
  await refusal({ PATH: root }, false, /and only root can install it$/);
  await refusal({ PATH: root }, true, /there is no apt-get to install it with$/);
  await refusal({ PATH: join(root, 'failing') }, true, /could not be installed \(.*E: no network\)$/);
  await refusal({ PATH: join(root, 'useless') }, true, /brought no Go 1\.16 or newer$/);
});

test('an abort is an abort, not a missing toolchain', async (t) => {
  const { root, options } = place(t, { 'bin/go': goThatSays('go1.26.8') });
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(findGo({ ...options, env: { PATH: join(root, 'bin') }, signal }), /^Error: enough$/);
});

test('releases are read from what go prints', () => {
  for (const [printed, release] of [
    ['go version go1.26.8 linux/amd64', 'go1.26.8'],
    ['go version go1.18 linux/arm64', 'go1.18'],
    ['go version go1.27rc1 linux/amd64', 'go1.27rc1'],
    ['go version go1.25.0 X:nodwarf5 linux/amd64', 'go1.25.0'],
    ['go version devel go1.28-ab12cd Mon Jun 1 linux/amd64', 'go1.28'],
    ['go version devel +ab12cd linux/amd64', undefined],
  ] as const) {
    assert.equal(releaseIn(printed), release);
  }
  assert.deepEqual(
    ['go1.9', 'go1.16', 'go1.16.15', 'go1.27rc1', 'go2.0'].map((release) => isAtLeast(release, 16)),
    [false, true, true, true, false],
  );
});

test('go runs in the environment of gctop, with the release that was asked for', () => {
  const env = { PATH: '/bin', HOME: '/home/ann', GOPROXY: 'off' };
  const { PATH, HOME, GOPROXY, GOTOOLCHAIN } = goEnvironment(env, 'go1.16.15');
  assert.deepEqual([PATH, HOME, GOPROXY, GOTOOLCHAIN], ['/bin', '/home/ann', 'off', 'go1.16.15']);
  assert.equal(
    goEnvironment({ ...env, GOTOOLCHAIN: 'auto' }).GOTOOLCHAIN,
    'local',
    'nothing is downloaded unasked',
  );
});

test('go builds for this machine, and prints nothing of its own collector', () => {
  const { GOOS, GOARCH, GODEBUG } = goEnvironment({ GOOS: 'plan9', GOARCH: 'wasm', GODEBUG: 'gctrace=1' });
  const { platform, arch } = process;
  assert.deepEqual([GOOS, GOARCH, GODEBUG], [platform, arch === 'x64' ? 'amd64' : arch, undefined]);
  assert.equal(goEnvironment({ GODEBUG: 'gctrace=1' }, 'go1.19.13').GODEBUG, 'goindex=0');
});

const goThatSays = (version: string): string => `echo go version ${version} linux/amd64`;

/** Shell scripts in a directory of their own, and options that find nothing else. */
function place(t: TestContext, scripts: Readonly<Record<string, string>>) {
  const root = folder(t);
  for (const [name, body] of Object.entries(scripts)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }
  const told: string[] = [];
  const onProgress = (sentence: string) => void told.push(sentence);
  return { root, told, options: { onProgress, directories: [], mayInstall: false } };
}
