import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventFormat, readPage } from '../../../src/sources/local/ring-buffer.js';

/** A page of trace_pipe_raw with these 32-bit words behind its header. */
function page(words: readonly number[], commit = words.length * 4): DataView {
  const view = new DataView(new ArrayBuffer(4096));
  view.setBigUint64(0, 1_000n, true);
  view.setUint32(8, commit >>> 0, true);
  for (const [index, word] of words.entries()) view.setUint32(16 + index * 4, word >>> 0, true);
  return view;
}

const records = (bytes: DataView) => readPage(bytes, 0n).records;
const head = (type: number, delta: number): number => (delta << 5) | type;

test('records come one after the other, each dated by what it adds to the time before', () => {
  const read = records(page([head(2, 5), 11, 12, head(1, 7), 13]));
  assert.deepEqual(
    read.map(({ atNs, data }) => [atNs, data.byteLength, data.getUint32(0, true)]),
    [
      [1_005, 8, 11],
      [1_012, 4, 13],
    ],
  );
});

test('a long time between records, and a time of its own, move the clock without being a record', () => {
  const read = records(page([head(30, 3), 2, head(1, 1), 11, head(31, 9), 4, head(1, 1), 12]));
  assert.deepEqual(
    read.map(({ atNs }) => atNs),
    [1_000 + 2 * 2 ** 27 + 3 + 1, 4 * 2 ** 27 + 9 + 1],
  );
});

test('a record of length in a word of its own ends where that says', () => {
  const read = records(page([head(0, 1), 12, 21, 22, head(1, 1), 13]));
  assert.deepEqual(
    read.map(({ data }) => [data.byteLength, data.getUint32(0, true)]),
    [
      [8, 21],
      [4, 13],
    ],
  );
});

test('padding ends a page', () => {
  assert.deepEqual(records(page([head(29, 0), 0, 0])), []);
});

test('a record that a filter withdrew is passed over, and its time counts', () => {
  const read = records(page([head(29, 3), 8, 0, head(1, 2), 11]));
  assert.deepEqual(
    read.map(({ atNs, data }) => [atNs, data.getUint32(0, true)]),
    [[1_005, 11]],
  );
});

test('a page says how many records were lost before it, where the kernel had room for the number', () => {
  assert.equal(readPage(page([head(1, 5), 11], 0x8000_0008), 0n).lost, 1);
  assert.equal(readPage(page([head(1, 5), 11, 27, 0], 0xc000_0008), 0n).lost, 27);
  assert.equal(readPage(page([head(1, 5), 11]), 0n).lost, 0);
});

test('times count from the origin, exactly, however long the machine has been up', () => {
  const late = page([head(1, 5), 11]);
  late.setBigUint64(0, 2n ** 60n + 1n, true);
  assert.equal(readPage(late, 2n ** 60n).records[0]?.atNs, 6);
});

test('the fields of an event are read as its format says', () => {
  const format = new EventFormat(
    [
      'name: sweepone_return0',
      'ID: 1734',
      'format:',
      '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;',
      '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;',
      '',
      '\tfield:unsigned long __probe_ip;\toffset:8;\tsize:8;\tsigned:0;',
      '\tfield:s64 npages;\toffset:16;\tsize:8;\tsigned:1;',
      '\tfield:u8 reason;\toffset:24;\tsize:1;\tsigned:0;',
    ].join('\n'),
  );
  const data = new DataView(new ArrayBuffer(25));
  data.setUint16(0, 1734, true);
  data.setInt32(4, 4711, true);
  data.setBigUint64(8, 2n ** 64n - 1n, true);
  data.setBigInt64(16, -1n, true);
  data.setUint8(24, 7);
  assert.equal(format.id, 1734);
  assert.deepEqual(
    ['common_type', 'common_pid', '__probe_ip', 'npages', 'reason', 'other'].map((name) =>
      format.number(data, name),
    ),
    [1734, 4711, 2 ** 64, -1, 7, undefined],
  );
  assert.equal(format.bits(data, '__probe_ip'), 2n ** 64n - 1n);
  assert.equal(format.bits(data, 'reason'), undefined);
});
