import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listRecordings } from '../../../src/sources/recording/list-recordings.js';
import { recordingLength } from '../../../src/sources/recording/read-recording.js';
import { run } from '../../../src/system/process.js';
import { folder } from '../../helpers/folder.js';

const recording = fileURLToPath(new URL('../../fixtures/recordings/gc-service.ndjson', import.meta.url));
const opened = (unixMs: number) => `{"type":"opened","atNs":0,"format":1,"originUnixMs":${unixMs}}\n`;

test('a recording is listed with its begin, length, size and program', async (t) => {
  const home = folder(t);
  copyFileSync(recording, join(home, 'gc.ndjson'));
  const [listed, ...more] = await listRecordings(home);
  assert.deepEqual(more, []);
  assert.equal(listed?.file, 'gc.ndjson');
  assert.equal(listed?.lengthNs, await recordingLength(recording));
  assert.equal(listed?.size, statSync(recording).size);
  assert.match(listed?.target ?? '', /^gc-service go1\.\d+\.\d+$/);
});

test('the newest comes first', async (t) => {
  const home = folder(t);
  writeFileSync(join(home, 'a.ndjson'), opened(1_000));
  writeFileSync(join(home, 'b.ndjson'), opened(3_000));
  writeFileSync(join(home, 'c.ndjson'), opened(2_000));
  assert.deepEqual(
    (await listRecordings(home)).map(({ file }) => file),
    ['b.ndjson', 'c.ndjson', 'a.ndjson'],
  );
});

test('one that is still being written, or was cut, counts to its last whole line', async (t) => {
  const home = folder(t);
  const note = '{"type":"note","atNs":5000,"level":"info","code":"x.y","text":"whole"}\n';
  writeFileSync(join(home, 'cut.ndjson'), `${opened(1)}${note}{"type":"note","atNs":90`);
  assert.deepEqual(
    (await listRecordings(home)).map(({ lengthNs }) => lengthNs),
    [5_000],
  );
});

test('what is no recording is left out, whatever it is', async (t) => {
  const home = folder(t);
  writeFileSync(join(home, 'other.ndjson'), '{"type":"event"}\n');
  writeFileSync(join(home, 'text.ndjson'), 'gc 1 @0.1s 0%: ...\n');
  writeFileSync(join(home, 'empty.ndjson'), '');
  writeFileSync(join(home, 'newer.ndjson'), '{"type":"opened","atNs":0,"format":99}\n');
  writeFileSync(join(home, 'zeros.ndjson'), Buffer.alloc(100_000));
  writeFileSync(join(home, 'recording.txt'), opened(1));
  mkdirSync(join(home, 'folder.ndjson'));
  symlinkSync('/nowhere', join(home, 'dangling.ndjson'));
  await run('mkfifo', [join(home, 'pipe.ndjson')]);
  assert.deepEqual(await listRecordings(home), []);
  assert.deepEqual(await listRecordings(join(home, 'no-such-folder')), []);
});
