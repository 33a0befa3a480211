import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lengthText } from '../../../../src/gc/length-text.js';
import { ttlText } from '../../../../src/sources/pixie/deployment/options.js';
import {
  isHopeless,
  isProvisional,
  type RefusalKind,
  refusalOf,
  refusalWords,
} from '../../../../src/sources/pixie/deployment/verdicts.js';
import { listText } from '../../../../src/sources/pixie/deployment/words.js';

/** What PEMs say, and what it means. */
const sayings: readonly (readonly [string, RefusalKind])[] = [
  [
    "Target binary/UPID not found, error message: Not Found : Could not find Pod for name 'default/x'",
    'not-here',
  ],
  ["Target binary/UPID not found, error message: Not Found : Pod 'default/x' has died", 'not-here'],
  ['Target binary/UPID not found, error message: internal error, chat with us on Intercom', 'not-here'],
  ["Target binary/UPID not found, error message: Not Found : Found no UPIDs in Container: 'app'", 'not-here'],
  ["Target binary/UPID not found, error message: There is no live container in Pod 'x'", 'not-here'],
  ['Failed to get K8s metadata; cannot resolve K8s entity to UPID', 'not-here'],
  ["Target binary/UPID not found, error message: Pod name 'a' matches multiple Pods: 'b,c'", 'wrong-target'],
  [
    "Target binary/UPID not found, error message: Container name not specified, but Pod 'a' has multiple containers 'b,c'",
    'wrong-target',
  ],
  [
    "Target binary/UPID not found, error message: Process name regexp not specified, but Container 'a' has multiple processes",
    'wrong-target',
  ],
  ['Could not find symbol', 'no-symbol'],
  ['Internal : Could not find valid symbol match', 'no-symbol'],
  ['Symbol is ambiguous. Found at least 2 possible matches: a.b -> c.b', 'ambiguous'],
  ['Could not find debug symbols for /proc/1/exe', 'no-debug-info'],
  ['Could not find debug symbols, but symbols required to evaluate variable n', 'no-debug-info'],
  ['Tracepoint is not compatible with the schema of the specified output table. [table_name=x]', 'other'],
  ['Unsupported argument LocationType kRegisterFP', 'other-arguments'],
  ['Could not find argument trigger', 'other-arguments'],
  ['Argument=n type is not supported yet', 'other-arguments'],
  ['', 'not-here'],
];

describe('a refusal', () => {
  for (const [text, kind] of sayings) {
    test(`'${text.slice(0, 90)}' is ${kind}`, () => assert.equal(refusalOf([text]).kind, kind));
  }

  test('may only be followed by a success when the PEM does not know the pod', () => {
    const provisional = sayings.filter(([text]) => isProvisional(refusalOf([text]))).map(([, kind]) => kind);
    assert.deepEqual(new Set(provisional), new Set(['not-here']));
  });

  test('will be said again when the program or the target is what is wrong', () => {
    const hopeless = sayings.filter(([text]) => isHopeless(refusalOf([text]))).map(([, kind]) => kind);
    assert.deepEqual(
      new Set(hopeless),
      new Set(['wrong-target', 'no-symbol', 'ambiguous', 'no-debug-info', 'other-arguments']),
    );
  });

  test('of a PEM that knows the program outweighs those of the others, in any order', () => {
    const texts = [sayings[0]?.[0] ?? '', 'Could not find symbol', 'something else'];
    assert.equal(refusalOf(texts).kind, 'no-symbol');
    assert.equal(refusalOf(texts.toReversed()).kind, 'no-symbol');
  });

  test('without words is that of a PEM that does not know the pod', () => {
    assert.deepEqual(refusalOf([]), { kind: 'not-here', text: '' });
    assert.equal(refusalWords(refusalOf([])), 'no PEM knew the pod');
  });

  test('is worded with the words of the PEM, on one line', () => {
    assert.equal(refusalWords(refusalOf(['Internal :\n  it broke'])), 'Internal : it broke');
    assert.equal(
      refusalWords(refusalOf(['Could not find symbol'])),
      'the program has no such function (Could not find symbol)',
    );
  });
});

test('a time-to-live has one unit, which pxtrace knows', () => {
  assert.deepEqual([600_000, 90_000, 1500].map(ttlText), ['10m', '90s', '1500ms']);
});

test('lengths of time and lists are short', () => {
  assert.deepEqual([825e6, 2e9, 30.06e9, 99.96e9, 600e9].map(lengthText), [
    '825 ms',
    '2 s',
    '30.1 s',
    '1m40s',
    '10m00s',
  ]);
  assert.deepEqual(listText(['a', 'b', 'c']), 'a, b, c');
  assert.deepEqual(listText(['a', 'b', 'c', 'd']), 'a, b and 2 more');
});
