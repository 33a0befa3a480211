import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, withoutPrefix } from '../../../../src/sources/pixie/api/grpc-code.js';
import { containsMutation, isStreaming } from '../../../../src/sources/pixie/api/script.js';
import { uuidHalves, uuidText } from '../../../../src/sources/pixie/api/uuid.js';

const mutations: readonly [string, boolean][] = [
  ['import pxtrace\nimport px', true],
  ['import px, pxtrace', true],
  ['import px\n  from pxtrace import PodProcess', true],
  ['import pxconfig', true],
  ['import px\n# import pxtrace', false],
  ["import px\npx.display(px.DataFrame('pxtrace'))", false],
];

for (const [pxl, expected] of mutations) {
  test(`${JSON.stringify(pxl)} is ${expected ? 'a' : 'no'} mutation`, () => {
    assert.equal(containsMutation(pxl), expected);
  });
}

test('a script streams when it says so outside of a comment', () => {
  assert.equal(isStreaming("df = px.DataFrame('x').stream()"), true);
  assert.equal(isStreaming("df = px.DataFrame('x') # .stream()"), false);
});

test('what relays put before a text is taken off, and the innermost code kept', () => {
  const text = 'rpc error: code = Unknown desc = rpc error: code = PermissionDenied desc = no';
  assert.equal(withoutPrefix(text), 'no');
  assert.equal(codeOf(text), 7);
  assert.equal(codeOf('no'), undefined);
  assert.equal(codeOf('rpc error: code = Canceled desc = '), 1);
});

test('an id comes through its halves, all 128 bits', () => {
  for (const id of ['00112233-4455-6677-8899-aabbccddeeff', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) {
    const halves = uuidHalves(id);
    assert.ok(halves);
    assert.equal(uuidText(halves), id);
  }
  assert.equal(uuidHalves('prod'), undefined);
});
