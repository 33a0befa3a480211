import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { pick } from '../../src/app/pick.js';

const pods = ['web-1  Running', 'worker-1  Running'];

function asked(signal = new AbortController().signal, choices = pods) {
  const input = new PassThrough();
  const output = new PassThrough();
  const picked = pick({ question: 'which pod?', choices, input, output, signal });
  return { input, output, picked };
}

test('a number chooses, and anything else is asked again', async () => {
  const { input, output, picked } = asked();
  for (const line of ['', 'web-1', '3', '0', ' 2 ']) {
    input.write(`${line}\n`);
    await turn();
    await turn();
  }
  assert.equal(await picked, 1);
  output.end();
  const told = await text(output);
  assert.match(told, /^ {2}1 {2}web-1 {2}Running\n {2}2 {2}worker-1 {2}Running\nwhich pod\? \[1-2\] /);
  assert.equal(told.split('which pod?').length - 1, 5);
});

test('a choice that came from outside cannot style the shell', async () => {
  const { input, output, picked } = asked(undefined, ['web\x1b[31m-1\r\n', 'web-2']);
  input.end();
  await picked;
  output.end();
  assert.match(await text(output), /^ {2}1 {2}web \[31m-1\n {2}2 {2}web-2\n/);
});

test('the end of the input chooses nothing', async () => {
  const { input, picked } = asked();
  input.end();
  assert.equal(await picked, undefined);
});

test('an answer that is none and the end of the input come together', { timeout: 5_000 }, async () => {
  for (const choices of [['web-1'], ['web-1', 'worker-1']]) {
    const input = new PassThrough();
    const { signal } = new AbortController();
    input.end('9\n');
    const picked = pick({ question: 'which pod?', choices, input, output: new PassThrough(), signal });
    assert.equal(await picked, undefined);
  }
});

test('of lines that come together the first that is a choice counts', { timeout: 5_000 }, async () => {
  const { input, picked } = asked();
  input.write('9\nweb-1\n2\n1\n');
  assert.equal(await picked, 1);
});

test('the input can be read on by another, and nothing of the question is left on it', async () => {
  const { input, picked } = asked();
  const before = new PassThrough().eventNames();
  input.write('1\n');
  assert.equal(await picked, 0);
  assert.deepEqual(input.eventNames(), before);
  input.resume();
  input.write('q');
  const [bytes] = await once(input, 'data');
  assert.equal(String(bytes), 'q');
});

test('an abort ends the question', async () => {
  const abort = new AbortController();
  const { picked } = asked(abort.signal);
  abort.abort();
  await assert.rejects(picked, { name: 'AbortError' });
  await assert.rejects(asked(AbortSignal.abort()).picked, { name: 'AbortError' });
});
