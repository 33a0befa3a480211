import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { abortScope, unlessAborted } from '../../src/system/abort-scope.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

test('a scope is aborted with whichever signal is first, and for its reason', () => {
  for (const which of [0, 1] as const) {
    const outer = [new AbortController(), new AbortController()] as const;
    const { signal } = abortScope(outer[0].signal, outer[1].signal);
    assert.equal(signal.aborted, false);
    outer[which].abort('first');
    outer[1 - which]?.abort('second');
    assert.equal(signal.reason, 'first');
  }
});

test('a scope of a signal that is aborted already is over from the start', () => {
  const { signal } = abortScope(new AbortController().signal, AbortSignal.abort('over'));
  assert.equal(signal.reason, 'over');
});

test('a scope is aborted by itself, and the signals that it follows are not', () => {
  const outer = new AbortController();
  const scope = abortScope(outer.signal);
  scope.abort('enough');
  assert.equal(scope.signal.reason, 'enough');
  assert.equal(outer.signal.aborted, false);
});

test('the end of a scope aborts it, and leaves no listener behind', () => {
  const outer = [new AbortController().signal, new AbortController().signal];
  const scope = abortScope(...outer);
  assert.deepEqual(outer.map(listeners), [1, 1]);
  scope.end();
  assert.deepEqual(outer.map(listeners), [0, 0]);
  assert.equal(scope.signal.aborted, true);
});

test('what is waited for unless aborted leaves no listener behind, however it ends', async () => {
  const abort = new AbortController();
  assert.equal(await unlessAborted(Promise.resolve(1), abort.signal), 1);
  await assert.rejects(unlessAborted(Promise.reject(new Error('no')), abort.signal), /no/);
  assert.equal(listeners(abort.signal), 0);
  const endless = unlessAborted(new Promise(() => {}), abort.signal);
  abort.abort(new Error('over'));
  await assert.rejects(endless, /over/);
  assert.equal(listeners(abort.signal), 0);
});
