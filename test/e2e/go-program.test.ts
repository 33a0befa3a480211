import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bytesOf } from '../../src/binary/byte-source.js';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import { findGo, goEnvironment } from '../../src/system/go-toolchain.js';
import { run } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';

test('a built program is described, with a place for the probe', async (t) => {
  const program = await built(t, []);
  assert.match(program.goVersion, /^go1\.\d+/);
  assert.equal(program.mainPackage, 'example.com/trivial');
  assert.equal(program.pie, false);
  assert.equal(program.noCycleProbe, undefined);
  assert.ok(program.cycleProbe !== undefined && program.globals.runtimeInitTime !== undefined);
});

test('a built program is described as well when it is position-independent', async (t) => {
  const program = await built(t, ['-buildmode=pie']);
  assert.equal(program.pie, true);
  assert.ok(program.cycleProbe !== undefined);
});

test('a built program is described just as well when it is stripped', async (t) => {
  const [whole, stripped] = [await built(t, []), await built(t, ['-ldflags=-s -w'])];
  assert.equal(stripped.noCycleProbe, undefined);
  assert.deepEqual(Object.keys(stripped.globals), Object.keys(whole.globals));
  assert.ok(stripped.globals.runtimeInitTime !== undefined);
});

async function built(t: TestContext, flags: readonly string[]) {
  const cwd = folder(t);
  writeFileSync(join(cwd, 'go.mod'), 'module example.com/trivial\n\ngo 1.16\n');
  writeFileSync(join(cwd, 'main.go'), 'package main\n\nfunc main() { println("ready") }\n');
  const { env } = process;
  const go = await findGo({ env, onProgress: () => {} });
  const asked = { cwd, env: { ...goEnvironment(env), GOARCH: 'amd64', GOOS: 'linux' } };
  await run(go.command, ['build', '-o', 'program', ...flags, '.'], asked);
  return inspectGoProgram(bytesOf(readFileSync(join(cwd, 'program'))));
}
