import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cycleOfGctrace, gctraceSpanNs } from '../../src/gc/gctrace-cycle.js';
import {
  formatGctraceLine,
  type GctraceLine,
  parseGctraceLine,
  printGctraceLine,
} from '../../src/gc/gctrace-line.js';
import { type GctraceItem, GctraceReader } from '../../src/gc/gctrace-reader.js';
import { nanos } from '../../src/gc/units.js';

const before =
  'gc 7 @2.345s 3%: 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 2 P';
const line =
  'gc 8 @12.345s 3%: 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 2 P';
const log = '2026/01/02 03:04:05 request 12 took 0.3 ms';

function read(text: string): readonly GctraceItem[] {
  const reader = new GctraceReader();
  return [...text.split('\n').flatMap((each) => reader.push(each)), ...reader.settle()];
}

const cyclesIn = (items: readonly GctraceItem[]): readonly string[] =>
  items.flatMap((item) => (item.kind === 'cycle' ? [formatGctraceLine(item.line)] : []));
const othersIn = (items: readonly GctraceItem[]): readonly string[] =>
  items.flatMap((item) => (item.kind === 'other' ? [item.text] : []));

/** The ends of the pieces that the runtime writes one by one. */
const tears = (text: string): readonly number[] =>
  [...text.matchAll(pieces)].map(({ index, 0: piece }) => index + piece.length);

const pieces =
  /gc | @|s |%(?: \(checking for goroutine leaks\))?: | ms clock, | ms cpu, | MB goal, | MB stacks, | MB globals, | MB, | P| \(forced\)|->|[+/]|[\d.]+/g;

describe('what Go printed', () => {
  const printed: Readonly<Record<string, string>> = {
    'Go 1.5':
      'gc 7 @0.444s 9%: 0.12+0.24+0.017+69+0.37 ms clock, 0.49+0.24+0+7.5/68/117+1.4 ms cpu, 74->78->65 MB, 79 MB goal, 4 P',
    'Go 1.9': before,
    'Go 1.16, forced': `${before} (forced)`,
    'Go 1.19': before.replace('2 P', '0 MB stacks, 1 MB globals, 2 P'),
    'Go 1.26': before
      .replace('3%:', '3% (checking for goroutine leaks):')
      .replace('2 P', '0 MB stacks, 1 MB globals, 2 P (forced)'),
  };
  for (const [release, text] of Object.entries(printed)) {
    test(`a line of ${release} is read, and printed the same`, () =>
      assert.deepEqual(cyclesIn(read(text)), [text]));
  }

  test('marking in Go 1.5 is all that lies between the stops', () => {
    const five = parseGctraceLine(printed['Go 1.5'] ?? '') ?? assert.fail();
    const cycle = cycleOfGctrace(five, { beginAtNs: nanos(0), byTimer: false });
    assert.equal(gctraceSpanNs(five), 120e3 + 240e3 + 17e3 + 69e6 + 370e3);
    assert.equal((cycle.markTermAtNs ?? 0) - (cycle.markAtNs ?? 0), 240e3 + 17e3 + 69e6);
    assert.equal(cycle.cpu?.dedicatedNs, 68e6 + 240e3);
  });

  test('every percentage is printed as it was read', () => {
    for (let percent = 0; percent <= 100; percent++) {
      const text = before.replace('3%', `${percent}%`);
      const cycle = cycleOfGctrace(parseGctraceLine(text) ?? assert.fail(), {
        beginAtNs: nanos(0),
        byTimer: false,
      });
      assert.equal(printGctraceLine(cycle, 17), text);
    }
  });
});

describe('among other lines', () => {
  test('foreign lines are handed on, those of the runtime are not', () => {
    const text = [
      'hello',
      'scvg0: inuse: 1, idle: 2, sys: 3, released: 4, consumed: 5 (MB)',
      before,
      'gc sweep',
    ];
    const items = read([...text, log].join('\n'));
    assert.deepEqual(cyclesIn(items), [before]);
    assert.deepEqual(othersIn(items), ['hello', 'gc sweep', log]);
  });

  for (const prefix of [
    '2026-01-02T03:04:05.123456789Z ',
    'Jan 02 03:04:05 host app[12]: ',
    'server-1  | ',
  ]) {
    test(`a line behind '${prefix}' is read`, () => assert.deepEqual(cyclesIn(read(prefix + line)), [line]));
  }

  test('a line that somebody else printed in this manner is none', () => {
    for (const text of [line.replace(' ms cpu', ''), line.replace(' P', ' Q')]) {
      assert.deepEqual(cyclesIn(read(`${text}\n${log}\n${log}`)), []);
    }
  });

  test('the word of the timer marks the next cycle alone', () => {
    const marks = read(`${before}\nGC forced\n${line}\n${line.replace('gc 8', 'gc 9')}`).flatMap((item) =>
      item.kind === 'cycle' ? [item.byTimer] : [],
    );
    assert.deepEqual(marks, [false, true, false]);
  });
});

describe('a torn line', () => {
  const scan = line.replace('2 P', '0 MB stacks, 1 MB globals, 2 P (forced)');
  for (const [what, foreign] of [
    ['a log line that begins with digits', log],
    ['a line of JSON', '{"level":"info","n":12}'],
    ['two lines', `worker 3 says\nsomething`],
  ] as const) {
    for (const whole of [line, scan]) {
      for (const prefix of ['', 'pod/a 2026-01-02T03:04:05Z ']) {
        test(`${what} in it, at each piece's end, behind '${prefix}', ${whole.length} long`, () => {
          for (const at of tears(whole)) {
            const torn = `${before}\n${foreign}\n${whole.slice(0, at)}${foreign}\n${whole.slice(at)}\n${log}`;
            const items = read(
              torn
                .split('\n')
                .map((each) => prefix + each)
                .join('\n'),
            );
            assert.deepEqual(cyclesIn(items), [before, whole], `at ${at}`);
            assert.equal(othersIn(items).length, 2 * foreign.split('\n').length + 1, `at ${at}`);
          }
        });
      }
    }
  }

  test('text without a line end that leaves two readings makes it lost, not wrong', () => {
    const items = read(`${before}\n${line.replace(' 2 P', ' .22 P')}\n${log}`);
    for (const found of cyclesIn(items)) assert.ok([before, line].includes(found), found);
  });

  test('one that does not go on is given up at the next', () => {
    const items = read(`${line.slice(0, 20)}\n${line}`);
    assert.deepEqual(cyclesIn(items), [line]);
    assert.ok(items.some(({ kind }) => kind === 'torn'));
  });
});

describe('whatever is read', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      line,
      before,
      log,
      'gc ',
      'gc 1 @',
      'GC forced',
      ' ms clock, ',
      ' MB goal, ',
      ' P',
      ' (forced)',
    ),
    fc.constantFrom('\n', '\n', '.', '0', '12', '0.014', '+', '/', '->', ' ', '%: '),
    fc.string({ maxLength: 30 }),
  );

  test('ends in items, and no cycle that was not printed as one', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        for (const text of cyclesIn(read(pieces.join('')))) {
          assert.notEqual(parseGctraceLine(text), undefined);
        }
      }),
      { numRuns: 15_000 },
    );
  });

  const anyLine: fc.Arbitrary<GctraceLine> = fc.constantFrom(line, before).map((text) => {
    return parseGctraceLine(text) ?? assert.fail();
  });

  test('a torn line is itself again or is lost', () => {
    const cut = fc.nat(line.length);
    fc.assert(
      fc.property(
        anyLine,
        fc.array(fc.tuple(cut, fc.string({ maxLength: 20 })), { maxLength: 3 }),
        (it, into) => {
          const whole = formatGctraceLine(it);
          const ends = tears(whole);
          let text = whole;
          for (const [at, foreign] of into.toSorted(([a], [b]) => b - a)) {
            const end = ends.findLast((each) => each <= at) ?? 0;
            if (end > 0)
              text = `${text.slice(0, end)}${foreign.replace(/[\n\r]/g, '')}~x\n${text.slice(end)}`;
          }
          for (const found of cyclesIn(read(text))) assert.equal(found, whole);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test('a long line of digits, and many beginnings, take no time', { timeout: 10_000 }, () => {
    const digits = '1'.repeat(8_000);
    read(Array.from({ length: 50 }, () => `gc 1 @${digits} P`).join('\n'));
    read(`gc 1 @1.000s 1%: ${Array.from({ length: 500 }, () => '0.014+10 P').join('\n')}`);
    read(`gc 1 @1.000s ${'1+'.repeat(200)} P\n`.repeat(200));
  });
});
