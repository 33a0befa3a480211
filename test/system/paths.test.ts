import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { homeOf, packageRoot, userDirs } from '../../src/system/paths.js';

test('directories lie in the home directory unless the XDG variables say where', () => {
  assert.deepEqual(userDirs({ HOME: '/home/ann' }), {
    cache: '/home/ann/.cache/gctop',
    data: '/home/ann/.local/share/gctop',
    state: '/home/ann/.local/state/gctop',
  });
  const env = { HOME: '/home/ann', XDG_CACHE_HOME: '/c', XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s' };
  assert.deepEqual(userDirs(env), { cache: '/c/gctop', data: '/d/gctop', state: '/s/gctop' });
});

test('empty and relative XDG variables are ignored, as the specification says', () => {
  const env = { HOME: '/home/ann', XDG_CACHE_HOME: '', XDG_STATE_HOME: 'here' };
  const { cache, state } = userDirs(env);
  assert.deepEqual([cache, state], ['/home/ann/.cache/gctop', '/home/ann/.local/state/gctop']);
});

test('without HOME the user database names the home directory', () => {
  assert.equal(homeOf({}), userInfo().homedir);
});

test('the package is found from its sources and from its bundle', (t) => {
  assert.ok(existsSync(join(packageRoot(), 'manifests', 'gc-service', 'go.mod')));
  const root = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'package.json'), '{}');
  for (const file of ['dist/cli.js', 'cli.js', 'src/system/paths.ts']) {
    assert.equal(packageRoot(pathToFileURL(join(root, file)).href), root);
  }
});

test('a module outside every package is refused', () => {
  assert.throws(() => packageRoot('file:///nowhere/gctop/cli.js'), { code: 'INTERNAL' });
});
