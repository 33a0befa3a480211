import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { asciiOnly, cut, plain, wrap } from '../../src/view/text.js';

test('escape sequences and control characters of outside text are gone', () => {
  assert.equal(plain('a\u001b[31mred\u001b[0m b'), 'ared b');
  assert.equal(plain('\u001b]0;title\u0007x'), 'x');
  assert.equal(plain('two\nlines\tand a tab'), 'two lines and a tab');
  assert.equal(plain('\u009b31mC1'), '31mC1');
  assert.equal(plain('\u001b(Bx\u001bcy'), 'xy');
});

test('what is not one column wide becomes a question mark', () => {
  assert.equal(plain('日本'), '??');
  assert.equal(plain('smile 😀'), 'smile ?');
  assert.equal(plain('right\u202eto left'), 'right?to left');
  assert.equal(plain('e\u0301 é Ω я'), 'é é Ω я');
  assert.equal(plain('a\u0332b'), 'a?b');
});

test('no text from outside has a control character or a wide one after it is made plain', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const harmless = plain(text);
      // Signs such as (c) and arrows can be drawn as pictures as well, but are one column wide unless that is asked for.
      assert.doesNotMatch(harmless, /\p{Cc}|\p{Mn}|\p{Me}|\p{Cs}|\p{Emoji_Presentation}/u);
    }),
  );
});

test('text that is cut ends in a tilde and has the width', () => {
  assert.equal(cut('gc-service', 10), 'gc-service');
  assert.equal(cut('gc-service', 5), 'gc-s~');
  assert.equal(cut('gc-service', 0), '');
});

test('a sentence breaks between words and loses none', () => {
  assert.deepEqual(wrap('no cycle since gctop came', 10), ['no cycle', 'since', 'gctop came']);
  assert.deepEqual(wrap('unbreakable', 5), ['unbr~']);
});

test('without UTF-8 a microsecond is us', () => {
  assert.equal(asciiOnly('112 µs'), '112 us');
  assert.equal(asciiOnly('Größe'), 'Gr??e');
});
