import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureText } from '../../src/app/failure-text.js';
import { GctopError } from '../../src/error.js';

test('a failure known by name is its message and what to try', () => {
  const error = new GctopError('NOT_GO', "process '4711' is not a Go program", {
    hint: 'pass the pid of the Go binary',
  });
  assert.equal(
    failureText(error),
    "gctop: process '4711' is not a Go program: pass the pid of the Go binary\n",
  );
});

test('any other failure is told as unexpected', () => {
  assert.equal(
    failureText(new TypeError('x is not y')),
    'gctop: unexpected failure: TypeError: x is not y\n',
  );
  assert.equal(failureText('a string'), 'gctop: unexpected failure: a string\n');
});

test('a failure is one line that cannot style the shell', () => {
  assert.equal(failureText(new GctopError('TRACEFS', 'a\n\x1b[31mb\x9b0m')), 'gctop: a [31mb 0m\n');
});
