import assert from 'node:assert/strict';
import { closeSync, existsSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../src/system/clock.js';
import { type OutputFile, openOutputFile } from '../../src/system/output-file.js';

function outputFile(t: TestContext): OutputFile {
  const output = openOutputFile('./bin/server');
  t.after(() => rmSync(dirname(output.path), { recursive: true, force: true }));
  return output;
}

async function linesOf(output: OutputFile, write: () => void): Promise<string[]> {
  const lines: string[] = [];
  write();
  await output.follow({ onLine: (line) => lines.push(line), clock: systemClock(), until: Promise.resolve() });
  return lines;
}

test('every whole line is told, a half one is not, and the file keeps both', async (t) => {
  const output = outputFile(t);
  const lines = await linesOf(output, () => writeSync(output.descriptor, 'first\nsecond – ünicode\nhalf'));
  assert.deepEqual(lines, ['first', 'second – ünicode']);
  assert.equal(readFileSync(output.path, 'utf8'), 'first\nsecond – ünicode\nhalf');
});

test('of a flood only the last lines are told, and how many were left out', async (t) => {
  const output = outputFile(t);
  const flood = Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join('');
  const lines = await linesOf(output, () => writeSync(output.descriptor, flood));
  assert.equal(lines.length, 21);
  assert.equal(lines[0], '(more lines are in the file)');
  assert.equal(lines.at(-1), 'line 49999');
});

test('a line without an end does not fill the memory', async (t) => {
  const output = outputFile(t);
  const lines = await linesOf(output, () => writeSync(output.descriptor, `${'x'.repeat(1_000_000)}\nend\n`));
  assert.equal(lines.at(-1), 'end');
  assert.ok((lines[0]?.length ?? 0) < 200_000);
});

test('a file that nobody wrote to can be taken away with its folder', () => {
  const output = openOutputFile('server');
  closeSync(output.descriptor);
  output.remove();
  assert.equal(existsSync(dirname(output.path)), false);
});
