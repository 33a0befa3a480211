import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openRecorder } from '../../src/effects/recorder.js';
import { encodeMessage } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { nanos } from '../../src/gc/units.js';

const opened: SourceMessage = { type: 'opened', atNs: nanos(0), format: 1 };
const unexpected = (error: Error): never => assert.fail(error.message);

function file(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'gc.ndjson');
}

test('the first message replaces what the file held, and all are in it after the close', async (t) => {
  const path = file(t);
  writeFileSync(path, 'an older recording that is longer than the new one\n'.repeat(10));
  const recorder = await openRecorder(path, unexpected);
  recorder.write(opened);
  recorder.write(opened);
  await recorder.close();
  assert.equal(readFileSync(path, 'utf8'), `${encodeMessage(opened)}\n`.repeat(2));
});

test('without a message an older recording stays, and no empty file is left', async (t) => {
  const path = file(t);
  await (await openRecorder(path, unexpected)).close();
  assert.equal(existsSync(path), false);
  writeFileSync(path, 'older');
  await (await openRecorder(path, unexpected)).close();
  assert.equal(readFileSync(path, 'utf8'), 'older');
});

test('a file that cannot be opened is refused by its name', async (t) => {
  await assert.rejects(openRecorder(join(file(t), 'below-a-file'), unexpected), {
    code: 'OUTPUT_FAILED',
    message: /cannot write the recording '.*below-a-file'/,
  });
});

test('a disk that is full is told once, and again at the close', async () => {
  let told = 0;
  const recorder = await openRecorder('/dev/full', () => {
    told += 1;
  });
  recorder.write(opened);
  recorder.write(opened);
  await assert.rejects(recorder.close(), { code: 'OUTPUT_FAILED', message: /ENOSPC/ });
  assert.equal(told, 1);
  assert.equal(recorder.failure?.code, 'OUTPUT_FAILED');
});
