import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteSource } from '../../../../src/binary/byte-source.js';
import { GctopError } from '../../../../src/error.js';
import { Executables } from '../../../../src/sources/local/scan/executables.js';

/** A file of these bytes that counts how often it is read. */
function fileOf(text: string) {
  const bytes = Buffer.from(text);
  const file = { size: bytes.length, reads: 0 };
  const source: ByteSource = {
    size: file.size,
    read: (offset, length) => {
      file.reads += 1;
      return bytes.subarray(offset, offset + length);
    },
  };
  return { file, source };
}

const noMemory = () => assert.fail('the memory of what is no program was asked for');
const isNotGo = { code: 'NOT_GO' } satisfies Partial<GctopError>;

test('a file that is no Go program is read once, and again when nothing ran from it meanwhile', () => {
  const executables = new Executables();
  const { file, source } = fileOf('#!/bin/sh\necho hello\n'.repeat(20));
  assert.throws(() => executables.inspect(source, noMemory, 'a'), isNotGo);
  const readOnce = file.reads;
  assert.ok(readOnce > 0);
  assert.throws(() => executables.inspect(source, noMemory, 'a'), isNotGo);
  assert.equal(file.reads, readOnce);
  assert.equal(executables.get('a')?.kind, 'other');
  executables.keep(new Set(['a']));
  assert.equal(executables.get('a')?.kind, 'other');
  executables.keep(new Set());
  assert.equal(executables.get('a'), undefined);
  assert.throws(() => executables.inspect(source, noMemory, 'a'), isNotGo);
  assert.ok(file.reads > readOnce);
});

test('that a process may not be read says nothing of its file', () => {
  const executables = new Executables();
  const closed: ByteSource = {
    size: 1_000,
    read: () => {
      throw new GctopError('NO_RIGHTS', 'closed');
    },
  };
  assert.throws(() => executables.inspect(closed, noMemory, 'a'), { code: 'NO_RIGHTS' });
  assert.equal(executables.get('a'), undefined);
});
