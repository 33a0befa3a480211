import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertRestored, repository, startInPty } from '../helpers/pty.js';

const folder = mkdtempSync(join(tmpdir(), 'gctop-bundle-'));
after(() => rmSync(folder, { recursive: true }));

// As it is installed: away from the sources and from every package.
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
const entry = join(repository, 'test', 'fixtures', 'terminal-app.ts');
execFileSync(process.execPath, [join(repository, 'build.mjs'), entry, join(folder, 'dist')]);

const terminals = [
  'xterm-256color',
  'xterm',
  'xterm-kitty',
  'screen-256color',
  'tmux-256color',
  'linux',
  'vt100',
  'never-heard-of',
];

for (const TERM of terminals) {
  test(`the bundle draws on TERM=${TERM} without a word of its own, and gives it back`, async () => {
    const program = startInPty([process.execPath, join(folder, 'dist', 'cli.js')], {
      cwd: folder,
      env: { TERM, TMUX: '/nowhere,1,0' },
    });
    try {
      assert.match(await program.waitFor('heard:'), /^ready at 80x24\n\[help\]\nheard:\n+$/);
      program.press('q');
      assert.equal(await program.exit(), 0);
      assertRestored(program.raw());
    } finally {
      program.kill();
    }
  });
}
