import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildGoProgram } from '../../src/system/go-build.js';
import { findGo, type GoToolchain } from '../../src/system/go-toolchain.js';
import { packageRoot } from '../../src/system/paths.js';
import { run, start } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';

test('a program is built once, and again when its sources change, whatever GOFLAGS says', async (t) => {
  const { sourceDir, outputDir, go, env, told, options } = await place(t);
  const first = await buildGoProgram(sourceDir, { ...options, env: { ...env, GOFLAGS: '-no-such-flag' } });
  assert.equal((await run(first.path, [])).stdout, 'one');
  assert.equal(first.goVersion, go.version);
  assert.deepEqual(told, [`building hello with ${go.version}`]);

  const builtMs = statSync(first.path).mtimeMs;
  writeFileSync(join(sourceDir, 'main_test.go'), 'package main');
  const offline = { ...options, env: { ...env, GOPROXY: 'off' } };
  assert.deepEqual(await buildGoProgram(sourceDir, offline), first);
  assert.deepEqual([told.length, statSync(first.path).mtimeMs], [1, builtMs]);

  writeFileSync(join(sourceDir, 'main.go'), programThatPrints('two'));
  const second = await buildGoProgram(sourceDir, options);
  assert.equal((await run(second.path, [])).stdout, 'two');
  assert.equal(
    readdirSync(outputDir).length,
    2,
    'the older program stays, and nothing is left of the builds',
  );
});

test('another architecture level or experiment makes another program', async (t) => {
  const { sourceDir, options, env } = await place(t);
  const build = (variant: Readonly<Record<string, string>>) =>
    buildGoProgram(sourceDir, { ...options, env: { ...env, GOAMD64: '', GOEXPERIMENT: '', ...variant } });
  const plain = await build({});
  assert.notEqual((await build({ GOAMD64: 'v1' })).path, plain.path);
  await assert.rejects(build({ GOEXPERIMENT: 'unheardof' }), {
    code: 'BUILD_FAILED',
    message: /unheardof/,
  });
});

test('other flags make another program, that is built as they say', async (t) => {
  const { sourceDir, options } = await place(t);
  const plain = await buildGoProgram(sourceDir, options);
  const stripped = await buildGoProgram(sourceDir, { ...options, flags: ['-ldflags=-s -w'] });
  assert.ok(statSync(stripped.path).size < statSync(plain.path).size);
  const linkedWithC = await buildGoProgram(sourceDir, { ...options, cgo: true });
  assert.equal(new Set([plain.path, stripped.path, linkedWithC.path]).size, 3);
});

test('a program is built for this machine, whatever the user builds for', async (t) => {
  const { root, sourceDir, options, env } = await place(t);
  const GOENV = join(root, 'go.env');
  writeFileSync(GOENV, 'GOOS=windows\nGOARCH=386\n');
  const { path } = await buildGoProgram(sourceDir, { ...options, env: { ...env, GOENV, GOARCH: 'arm' } });
  assert.equal((await run(path, [])).stdout, 'one');
});

test('what the compiler says is in the error', async (t) => {
  const { sourceDir, outputDir, options } = await place(t);
  writeFileSync(join(sourceDir, 'main.go'), 'package main\nfunc main() { nonsense() }\n');
  await assert.rejects(buildGoProgram(sourceDir, options), {
    code: 'BUILD_FAILED',
    message: /^cannot build 'hello' with go1\..*main\.go:2:15: undefined: nonsense/,
  });
  assert.deepEqual(readdirSync(outputDir), []);
});

test('a directory that cannot be written to is named', async (t) => {
  const { sourceDir, options } = await place(t);
  const outputDir = join(sourceDir, 'main.go');
  await assert.rejects(buildGoProgram(sourceDir, { ...options, outputDir }), {
    code: 'BUILD_FAILED',
    hint: `is '${outputDir}' writable, and is there room?`,
  });
});

test('a release that cannot be had is a missing toolchain', async (t) => {
  const { sourceDir, options, env } = await place(t);
  const offline = { ...options, env: { ...env, GOPROXY: 'off' }, goVersion: 'go1.16.99' };
  await assert.rejects(buildGoProgram(sourceDir, offline), {
    code: 'NO_GO_TOOLCHAIN',
    message: /go1\.16\.99/,
  });
});

test('the demo service builds, tells its address, and ends when asked', async (t) => {
  const { options } = await place(t);
  const { path } = await buildGoProgram(join(packageRoot(), 'manifests', 'gc-service'), options);
  const lines = new EventEmitter();
  const ready = once(lines, 'line');
  const service = await start(path, ['-host', '127.0.0.1', '-port', '0'], {
    stdout: (line) => lines.emit('line', line),
  });
  const [line] = await ready;
  const [, address] = /^listening on (127\.0\.0\.1:\d+)$/.exec(line) ?? [];
  const answer = await fetch(`http://${address}/allocate-memory-and-run-gc?arrayLength=2&bytesPerElement=3`);
  assert.equal(await answer.text(), 'Generated string array with 6 bytes of data\nRan garbage collector\n');
  assert.deepEqual(await service.terminate(5000), { exitCode: 0, signal: undefined });
});

const programThatPrints = (text: string): string =>
  `package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("${text}") }\n`;

/** A program to build, with nothing built so far. */
async function place(t: TestContext) {
  const root = folder(t);
  const sourceDir = join(root, 'hello');
  const outputDir = join(root, 'out');
  mkdirSync(sourceDir);
  mkdirSync(outputDir);
  writeFileSync(join(sourceDir, 'go.mod'), 'module hello\n\ngo 1.16\n');
  writeFileSync(join(sourceDir, 'main.go'), programThatPrints('one'));
  const env = { ...process.env, GOTOOLCHAIN: undefined };
  const told: string[] = [];
  const onProgress = (sentence: string) => void told.push(sentence);
  const go: GoToolchain = await findGo({ env, onProgress: () => {} });
  return { root, sourceDir, outputDir, go, env, told, options: { go, env, onProgress, outputDir } };
}
