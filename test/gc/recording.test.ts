import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GctopError } from '../../src/error.js';
import { decodeLine, encodeMessage } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { nanos } from '../../src/gc/units.js';
import { arbitraryMessage, arbitraryStep } from '../helpers/arbitraries.js';
import { legalStream } from '../helpers/legal-stream.js';

test('a message that was written and read back is the same message', () => {
  fc.assert(
    fc.property(arbitraryMessage, (message) => {
      const line = encodeMessage(message);
      assert.doesNotMatch(line, /[\r\n]/);
      assert.deepEqual(decodeLine(line, 1), message);
    }),
    { numRuns: 1_000 },
  );
});

test('a step that was recorded has all its tries again', () => {
  fc.assert(
    fc.property(arbitraryStep, (step) => {
      assert.deepEqual(decodeLine(encodeMessage(step), 1), step);
    }),
    { numRuns: 500 },
  );
});

test('a whole legal stream survives being recorded', () => {
  fc.assert(
    fc.property(legalStream, (stream) => {
      assert.deepEqual(
        stream.map((message, index) => decodeLine(encodeMessage(message), index + 1)),
        stream,
      );
    }),
  );
});

test('whatever a line holds, it is a message, skipped, or refused by name', () => {
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(arbitraryMessage, fc.jsonValue(), fc.nat())
      .map(([message, value, place]) => spoil(message, value, place)),
  );
  fc.assert(
    fc.property(line, (text) => {
      try {
        decodeLine(text, 7);
      } catch (error) {
        assert.ok(error instanceof GctopError, String(error));
        assert.match(error.code, /^RECORDING_(UNREADABLE|TOO_NEW)$/);
        if (error.code === 'RECORDING_UNREADABLE')
          assert.match(error.message, /^line 7 of the recording: .*expected /s);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('fields that this version does not know are left out', () => {
  const line = '{"atNs":5,"type":"closed","reason":"end","mood":"fine"}';
  assert.deepEqual(decodeLine(line, 1), { atNs: nanos(5), type: 'closed', reason: 'end' });
});

test('a message of an unknown type is skipped, and so are events of an unknown kind', () => {
  assert.equal(decodeLine('{"atNs":5,"type":"weather"}', 1), undefined);
  assert.equal(decodeLine('{"atNs":5,"type":"toString"}', 1), undefined);
  const pace = '{"kind":"pace","atNs":4}';
  const events = (list: string) => `{"atNs":5,"type":"events","target":"a","events":[${list}]}`;
  assert.equal(decodeLine(events('{"kind":"rain"}'), 1), undefined);
  assert.deepEqual(decodeLine(events(`{"kind":"rain"},${pace}`), 1), {
    atNs: nanos(5),
    type: 'events',
    target: 'a',
    events: [{ kind: 'pace', atNs: nanos(4) }],
  });
});

test('a newer format is refused with both formats named', () => {
  assert.throws(() => decodeLine('{"atNs":0,"type":"opened","format":2,"clock":{}}', 1), {
    code: 'RECORDING_TOO_NEW',
    message: "the recording has format '2', this gctop reads formats up to '1'",
  });
});

const cycle = (fields: string) =>
  `{"atNs":9,"type":"events","target":"a","events":[{"kind":"cycle","cycle":{"trigger":"heap","evidence":"exact",${fields}}}]}`;

for (const { what, line, message } of [
  {
    what: 'no JSON',
    line: '{"atNs":5,"ty',
    message: /^line 3 of the recording: it is '.*', expected a JSON object$/,
  },
  { what: 'a list', line: '[]', message: /it is '\[\]', expected an object$/ },
  { what: 'no type', line: '{"atNs":5}', message: /'type' is missing, expected a text$/ },
  {
    what: 'a time that is no integer',
    line: '{"atNs":5.5,"type":"closed","reason":"end"}',
    message: /'atNs' is '5.5', expected a time in whole nanoseconds$/,
  },
  {
    what: 'an integer beyond 2^53',
    line: '{"atNs":9007199254740993,"type":"closed","reason":"end"}',
    message: /expected a time in whole nanoseconds$/,
  },
  {
    what: 'a format of the past',
    line: '{"atNs":0,"type":"opened","format":0}',
    message: /'format' is '0', expected one of '1'$/,
  },
  {
    what: 'a word of no known choice',
    line: cycle('"endAtNs":4').replace('"heap"', '"mood"'),
    message: /'events\[0\].cycle.trigger' is '"mood"', expected one of 'heap', /,
  },
  {
    what: 'a negative size',
    line: cycle('"endAtNs":4,"heapMarked":-1'),
    message: /'events\[0\].cycle.heapMarked' is '-1', expected a count of bytes$/,
  },
  {
    what: 'a null where a figure may be missing',
    line: cycle('"endAtNs":4,"number":null'),
    message: /'events\[0\].cycle.number' is 'null', expected a count$/,
  },
  {
    what: 'a cycle that ends before it begins',
    line: cycle('"sweepTermAtNs":5,"endAtNs":4'),
    message: /'events\[0\].cycle' is .*, expected its times in order$/,
  },
  {
    what: 'a step that nobody knows',
    line: '{"atNs":5,"type":"step","step":"moon","state":"up","word":""}',
    message: /'step' is '"moon"', expected one of 'cloud', 'cluster', /,
  },
  {
    what: "a step's try without its begin",
    line: '{"atNs":5,"type":"step","step":"canary","state":"up","word":"","tries":[{"state":"up","remark":""}]}',
    message: /'tries\[0\].startedAtNs' is missing, expected a time in whole nanoseconds$/,
  },
  {
    what: 'a gap that ends before it begins',
    line: '{"atNs":5,"type":"gap","target":"a","fromNs":4,"toNs":3,"reason":"r"}',
    message: /expected its end after its begin$/,
  },
]) {
  test(`${what} is refused with the line and what was expected there`, () => {
    assert.throws(() => decodeLine(line, 3), { code: 'RECORDING_UNREADABLE', message });
  });
}

test('nesting of any depth is refused like anything else that does not belong there', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  assert.throws(() => decodeLine(`{"atNs":5,"type":"closed","reason":${deep}}`, 3), {
    code: 'RECORDING_UNREADABLE',
    message: /'reason' is '\[{39}~', expected one of 'end', /,
  });
});

/** Puts a value of any kind somewhere into a message. */
function spoil(message: SourceMessage, value: unknown, place: number): string {
  let seen = 0;
  return JSON.stringify(message, (_, field: unknown) => (seen++ === place % 12 ? value : field));
}
