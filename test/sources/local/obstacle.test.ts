import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Host, memoryObstacle } from '../../../src/sources/local/obstacle.js';
import { folder } from '../../helpers/folder.js';

const host: Host = { platform: 'linux', arch: 'x64', uid: 1000, path: '' };

test('elsewhere than on Linux, and on other processors, memory is not read', () => {
  assert.equal(
    memoryObstacle('/no/such/file', { ...host, platform: 'darwin' }),
    'memory is read on Linux only',
  );
  assert.match(memoryObstacle('/no/such/file', { ...host, arch: 'arm64' }) ?? '', /arm64/);
});

test('what is not there, and what is no Go program, is no obstacle: it is refused for that', (t) => {
  const script = join(folder(t), 'script');
  writeFileSync(script, '#!/bin/sh\n');
  chmodSync(script, 0o755);
  assert.equal(memoryObstacle('/no/such/file', host), undefined);
  assert.equal(memoryObstacle(script, host), undefined);
  assert.equal(memoryObstacle('script', { ...host, path: join(script, '..') }), undefined);
});

test('a set-user-ID program is shielded from all but root', (t) => {
  const program = join(folder(t), 'program');
  writeFileSync(program, 'x');
  chmodSync(program, 0o4755);
  assert.match(memoryObstacle(program, host) ?? '', /set-user-ID/);
  assert.match(
    memoryObstacle('program', { ...host, path: `/nowhere:${join(program, '..')}` }) ?? '',
    /set-user/,
  );
  assert.equal(memoryObstacle(program, { ...host, uid: 0 }), undefined);
});
