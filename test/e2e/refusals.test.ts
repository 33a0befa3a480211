import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageRoot } from '../../src/system/paths.js';
import { run } from '../../src/system/process.js';
import { changedProgram, ofUnknownGo } from '../helpers/changed-program.js';
import { folder } from '../helpers/folder.js';
import { builtProgram, type Ended, gctop } from '../helpers/gctop.js';
import { build } from '../helpers/go-program.js';
import { afterScreen, assertRestored, startGctop } from '../helpers/pty.js';

function running(t: TestContext, file: string, args: readonly string[]): number {
  const child = spawn(file, args, { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  return child.pid ?? assert.fail(`'${file}' did not start`);
}

function refused(ended: Ended, code: number, sentence: RegExp): void {
  assert.match(ended.stderr, sentence);
  assert.equal(ended.stderr.trimEnd().split('\n').length, 1, `one sentence, not:\n${ended.stderr}`);
  assert.equal(ended.code, code);
}

test('a pid that nobody has is refused', async () => {
  refused(await gctop(['-p', '4194303', '--json']), 4, /no running process '4194303'/);
});

test('a process that is no Go program is refused', async (t) => {
  const pid = running(t, 'sleep', ['60']);
  refused(
    await gctop(['-p', String(pid), '--json']),
    4,
    /'\d+' \(sleep\) cannot be watched: it is not a Go program/,
  );
});

test('a Go release that gctop does not know is refused with the releases that it does', async (t) => {
  const { path } = await build('gc-service');
  const changed = changedProgram(t, path, ofUnknownGo);
  const pid = running(t, changed, ['-host', '127.0.0.1', '-port', '0']);
  refused(await gctop(['-p', String(pid), '--json']), 4, /go1\.99\.\d+.*go1\.16 to go1\.27/);
});

test('a command that does not exist, and one that is no Go program, are refused', async () => {
  refused(await gctop(['--json', '--', './no-such-command']), 4, /cannot start '.\/no-such-command'/);
  refused(
    await gctop(['--json', '--', 'sleep', '60']),
    4,
    /'\d+' \(sleep\) cannot be watched: it is not a Go program/,
  );
});

test('a command that ends at once is told with its exit status', async () => {
  refused(
    await gctop(['--json', '--', 'sh', '-c', 'exit 3']),
    4,
    /'sh' ended \(exit status 3\)|not a Go program/,
  );
});

const header = '{"type":"opened","atNs":0,"format":1}';
const note = '{"type":"note","atNs":5,"level":"info","code":"x.y","text":"whole"}';

test('a recording that is cut in the middle shows what is whole and tells of the cut', async (t) => {
  const file = join(folder(t), 'cut.ndjson');
  writeFileSync(file, `${header}\n${note}\n${note.slice(0, 30)}`);
  const ended = await gctop(['replay', file, '--json']);
  assert.equal(ended.code, 0);
  const lines = ended.stdout.trim().split('\n');
  assert.equal(lines.length, 4);
  assert.match(lines[1] ?? '', /"whole"/);
  assert.match(lines[2] ?? '', /the recording stops in the middle of line 3; the 2 lines before are shown/);
  assert.match(lines[3] ?? '', /"closed"/);
});

const unreadable: readonly [string, string, RegExp][] = [
  ['of a newer format', '{"type":"opened","atNs":0,"format":2}\n', /format.*2.*1/],
  ['that is empty', '', /it is empty/],
  ['that is no recording', 'gc 1 @0.1s 0%: ...\n', /line 1/],
  ['with a broken line between whole ones', `${header}\n{"type":\n${note}\n`, /line 2/],
];

for (const [what, text, sentence] of unreadable) {
  test(`a recording ${what} is refused`, async (t) => {
    const file = join(folder(t), 'recording.ndjson');
    writeFileSync(file, text);
    refused(await gctop(['replay', file, '--json']), 2, sentence);
  });
}

test('a recording that is not there is refused', async () => {
  refused(
    await gctop(['replay', '/no/such/file', '--json']),
    2,
    /cannot read the recording '\/no\/such\/file'/,
  );
});

test('a recording cannot be written where there is no folder for it', async (t) => {
  const { path } = await build('gc-service');
  const ended = await gctop(['--json', '--record', join(folder(t), 'no', 'x'), '--', path, '-port', '0']);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /cannot write the recording/);
});

test('without a terminal no screen is drawn, and the sentence names --json', async (t) => {
  const file = join(folder(t), 'short.ndjson');
  writeFileSync(file, `${header}\n`);
  refused(await gctop(['replay', file]), 2, /stdout is not a terminal.*--json/);
});

test('on a dumb terminal no screen is drawn, and nothing is written to it but the sentence', async (t) => {
  const file = join(folder(t), 'short.ndjson');
  writeFileSync(file, `${header}\n`);
  const dumb = startGctop(['replay', file], { env: { TERM: 'dumb' } });
  assert.equal(await dumb.exit(), 2);
  assert.match(dumb.raw(), /^gctop: TERM is 'dumb'/);
});

test('a terminal that is too small gets a sentence that goes away on resize', async (t) => {
  const file = join(folder(t), 'short.ndjson');
  writeFileSync(file, `${header}\n`);
  const small = startGctop(['replay', file], { columns: 38, rows: 9 });
  await small.waitFor('need 40x10, have 38x9');
  small.resize(80, 24);
  await small.waitFor('1 Heap');
  assert.ok(!small.screen().includes('need 40x10'));
  small.press('q');
  assert.equal(await small.exit(), 0);
  assertRestored(small.raw());
  assert.equal(afterScreen(small.raw()).includes('gctop:'), false);
});

test('the end of a stream reaches a reader that is slower than gctop', async () => {
  const recording = join(packageRoot(), 'test/fixtures/recordings/gc-service.ndjson');
  const slowly = '"$0" "$1" replay "$2" --json | (sleep 1; cat)'; // longer than what a pipe holds
  const { stdout } = await run('sh', ['-c', slowly, process.execPath, builtProgram, recording]);
  assert.equal(
    stdout.trimEnd().split('\n').length,
    readFileSync(recording, 'utf8').trimEnd().split('\n').length,
  );
});

test('a reader that has had enough ends gctop quietly', async () => {
  const recording = join(packageRoot(), 'test/fixtures/recordings/gc-service.ndjson');
  const replay = spawn(process.execPath, [builtProgram, 'replay', recording, '--json']);
  let complaint = '';
  replay.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  await once(replay.stdout, 'data');
  replay.stdout.destroy();
  const [code] = await once(replay, 'close');
  assert.deepEqual([code, complaint], [0, '']);
});

test('a watch that fails to begin costs nobody an older recording', async (t) => {
  const file = join(folder(t), 'older.ndjson');
  writeFileSync(file, header);
  refused(await gctop(['-p', '4194303', '--json', '--record', file]), 4, /no running process/);
  assert.equal(readFileSync(file, 'utf8'), header);
});

test('a recording that could not be written to its end is a failure', async () => {
  const { path } = await build('gc-service');
  const args = ['--json', '--seconds', '1', '--record', '/dev/full', '--', path, '-port', '0'];
  const ended = await gctop(args);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /cannot write the recording '\/dev\/full': ENOSPC/);
});
