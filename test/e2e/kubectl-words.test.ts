import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder } from '../helpers/folder.js';
import { gctop } from '../helpers/gctop.js';

test('what kubectl says while the demo is applied cannot style the shell', async (t) => {
  const { stderr } = await withKubectl(t, ['demo', '--kubernetes', '--json']);
  assert.match(stderr, /^gctop: deployment\.apps\/ \[31mgc-service \]0;title {2}created$/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  assert.doesNotMatch(stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});

test('the context is read once, and named in every call that follows', async (t) => {
  for (const args of [
    ['demo', '--kubernetes', '--json'],
    ['--pod', 'default/web', '--json', '--pixie-direct', '127.0.0.1:9'],
  ]) {
    const { calls } = await withKubectl(t, args);
    const [first, ...others] = calls;
    assert.equal(first, 'config current-context');
    assert.ok(others.length > 0, calls.join('\n'));
    for (const call of others) assert.match(call, /^--context=my-cluster /);
  }
});

test('a context that is asked for is not looked up', async (t) => {
  const { calls } = await withKubectl(t, ['demo', '--kubernetes', '--json', '--context', 'mine']);
  assert.ok(calls.length > 0);
  for (const call of calls) assert.match(call, /^--context=mine /);
});

/** Runs gctop with a kubectl that writes down how it is called. */
async function withKubectl(t: TestContext, args: readonly string[]) {
  const home = folder(t);
  symlinkSync(kubectl, join(home, 'kubectl'));
  const log = join(home, 'calls');
  const env = { PATH: `${home}:${process.env.PATH}`, CALLS: log };
  const { stderr } = await gctop(args, { env });
  return { stderr, calls: readFileSync(log, 'utf8').trimEnd().split('\n') };
}

const kubectl = fileURLToPath(new URL('../fixtures/kubectl/speaks-in-colors.sh', import.meta.url));
