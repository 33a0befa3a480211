import assert from 'node:assert/strict';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ByteSource, bytesOf } from '../../src/binary/byte-source.js';
import { readElf } from '../../src/binary/elf.js';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import { releaseLayoutFor } from '../../src/binary/layouts.js';
import { findPclntab } from '../../src/binary/pclntab.js';
import { functionsInTable } from '../../src/binary/runtime-code.js';
import { findGo, goEnvironment } from '../../src/system/go-toolchain.js';
import { packageRoot } from '../../src/system/paths.js';
import { run } from '../../src/system/process.js';
import { unnoticedDamage } from '../helpers/damaged-layout.js';
import { folder } from '../helpers/folder.js';

const stripped = '-ldflags=-s -w';
const pie = '-buildmode=pie';

test('a built program is described, with a place for the probe', async (t) => {
  const program = await described(t, []);
  assert.match(program.goVersion, /^go1\.\d+/);
  assert.equal(program.mainPackage, 'example.com/trivial');
  assert.equal(program.pie, false);
  assert.equal(program.noCycleProbe, undefined);
  assert.ok(program.cycleProbe !== undefined && program.globals.runtimeInitTime !== undefined);
});

test('a built program is described as well when it is position-independent', async (t) => {
  const program = await described(t, [pie]);
  assert.equal(program.pie, true);
  assert.ok(program.cycleProbe !== undefined);
});

test('stripping a program changes nothing of what is known of it', async (t) => {
  const [known, found] = [await described(t, []), await described(t, [stripped])];
  assert.deepEqual({ ...found.globals, sweep: found.globals.sweep ?? known.globals.sweep }, known.globals);
  assert.deepEqual(found.cycleProbe?.address, known.cycleProbe?.address);
  assert.deepEqual(found.layout, known.layout);
});

for (const flags of [
  [],
  [stripped],
  [pie, stripped],
  ['-gcflags=all=-N -l'],
  ['-gcflags=all=-N -l', stripped],
]) {
  test(`a layout with one shifted field is refused by the code of a program built with '${flags.join(' ')}'`, async (t) => {
    const bytes = readFileSync(await built(t, flags));
    const { version, machine } = inspectGoProgram(bytesOf(bytes));
    const { tried, unnoticed } = unnoticedDamage(
      bytes,
      releaseLayoutFor(version, machine) ?? assert.fail('its layout is not known'),
    );
    assert.deepEqual(unnoticed, []);
    assert.ok(tried > 400);
  });
}

test('the functions of a program for arm64 are found, and the program is refused in words', async (t) => {
  const bytes = bytesOf(readFileSync(await built(t, [stripped], 'arm64')));
  const elf = readElf(bytes);
  const table = findPclntab(elf);
  const names = ['gcStart', 'gcMarkTermination', 'freeStackSpans'];
  const functions = table && functionsInTable({ elf, loaded: undefined }, table, names);
  assert.deepEqual([...(functions?.keys() ?? [])].sort(), [...names].sort());
  assert.throws(() => inspectGoProgram(bytes), {
    code: 'UNSUPPORTED_MACHINE',
    message: /'aarch64' is not supported: nothing was validated there/,
  });
});

test('a large program is looked through with little time, little memory and few reads', (t) => {
  // A stripped Go program of 45 MB that is there to generate code.
  const path = join(packageRoot(), 'node_modules/@bufbuild/buf-linux-x64/bin/buf');
  if (!existsSync(path)) {
    // npm leaves the package out on other machines; where tests decide, that it is absent is a failure.
    if (process.env.CI !== undefined) throw new Error(`${path} is not installed`);
    return t.skip('its package is for linux/amd64 alone');
  }
  const fd = openSync(path, 'r');
  t.after(() => closeSync(fd));
  let read = 0;
  const source: ByteSource = {
    size: fstatSync(fd).size,
    read: (offset, length) => {
      read += length;
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
    },
  };
  const before = process.cpuUsage();
  const program = inspectGoProgram(source);
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1e3;
  t.diagnostic(
    `${source.size >> 20} MB, ${program.goVersion}: ${cpuMs.toFixed(0)} ms of CPU, ${read >> 10} KiB read`,
  );
  assert.ok(program.cycleProbe !== undefined);
  assert.ok(cpuMs <= 300, `${cpuMs} ms`);
  assert.ok(read <= 16 << 20, `${read} bytes`);
});

const described = async (t: TestContext, flags: readonly string[]) =>
  inspectGoProgram(bytesOf(readFileSync(await built(t, flags))));

/** Builds a trivial program and gives its path. */
async function built(t: TestContext, flags: readonly string[], machine = 'amd64'): Promise<string> {
  const cwd = folder(t);
  writeFileSync(join(cwd, 'go.mod'), 'module example.com/trivial\n\ngo 1.16\n');
  writeFileSync(join(cwd, 'main.go'), 'package main\n\nfunc main() { println("ready") }\n');
  const { env } = process;
  const go = await findGo({ env, onProgress: () => {} });
  const asked = { cwd, env: { ...goEnvironment(env), GOARCH: machine, GOOS: 'linux' } };
  await run(go.command, ['build', '-o', 'program', ...flags, '.'], asked);
  return join(cwd, 'program');
}
