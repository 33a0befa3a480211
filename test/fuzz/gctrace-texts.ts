import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeLine, encodeMessage } from '../../src/gc/recording.js';
import { Teller } from '../../src/sources/gctrace/teller.js';
import { textClock } from '../../src/sources/gctrace/text-clock.js';
import { systemClock } from '../../src/system/clock.js';
import { LineCutter } from '../../src/system/line-cutter.js';
import { endOf } from './inspect.js';
import type { Kind } from './kind.js';

const lines = [
  'gc 7 @2.345s 3%: 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 2 P',
  'gc 8 @12.345s 3%: 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 0 MB stacks, 1 MB globals, 2 P (forced)',
  'gc 7 @0.444s 9%: 0.12+0.24+0.017+69+0.37 ms clock, 0.49+0.24+0+7.5/68/117+1.4 ms cpu, 74->78->65 MB, 79 MB goal, 4 P',
  'gc 1 @0.001s 0% (checking for goroutine leaks): 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 2 P',
  'GC forced',
  'scvg0: inuse: 1, idle: 2, sys: 3, released: 4, consumed: 5 (MB)',
  '2026/01/02 03:04:05 request 12 took 0.3 ms',
  '{"level":"info","n":12}',
];
const pieces = [
  'gc ',
  'gc 1 @',
  ' ms clock, ',
  ' MB goal, ',
  ' P',
  ' (forced)',
  '.',
  '0',
  '12',
  '0.014',
  '+',
  '/',
  '->',
  '%: ',
];
const prefixes = ['', '2026-01-02T03:04:05.123456789Z ', 'server-1  | ', 'gc 3 @'];

const foreign = fc.oneof(
  fc.constantFrom(...pieces),
  fc.string({ maxLength: 20 }),
  fc.string({ maxLength: 10, unit: 'binary' }),
  fc.constantFrom('9'.repeat(400), '1+'.repeat(300), '\u0000', '\r', 'gc 1 @1.000s 1%: 0.014'),
);

/** A line, whole or damaged: figures that are others, text in it, its end missing. */
const damagedLine = fc
  .record({
    prefix: fc.constantFrom(...prefixes, '', ''),
    line: fc.constantFrom(...lines),
    figure: fc.option(fc.constantFrom('0', '99999999999999999999', '4294967296', '0.001', '', '-1'), {
      freq: 4,
    }),
    which: fc.nat(20),
    inserts: fc.array(fc.tuple(fc.nat(150), foreign), { maxLength: 2 }),
    end: fc.constantFrom('\n', '\n', '\n', '\r\n', ''),
  })
  .map(({ prefix, line, figure, which, inserts, end }) => {
    let seen = 0;
    let text = figure === null ? line : line.replace(/[\d.]+/g, (each) => (seen++ === which ? figure : each));
    for (const [at, into] of inserts) text = text.slice(0, at) + into + text.slice(at);
    return prefix + text + end;
  });

const cases = fc.record({
  parts: fc.array(fc.oneof({ weight: 4, arbitrary: damagedLine }, { weight: 1, arbitrary: foreign }), {
    maxLength: 12,
  }),
  /** A part that comes very often. */
  times: fc.oneof(
    { weight: 50, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.constantFrom(80, 600) },
  ),
  chunk: fc.constantFrom(7, 64, 1 << 16),
  isOld: fc.boolean(),
});

/** Texts with gctrace lines in them, cut into chunks anywhere: what is told of them are messages. */
export const gctraceTexts: Kind = {
  cases: 20_000,
  ends: ['read', 'GCTRACE_UNREADABLE'],
  run: (runs, ended) =>
    fc.assert(
      fc.property(cases, ({ parts: [first = '', ...others], times, chunk, isOld }) => {
        const bytes = Buffer.from(first.repeat(times) + others.join(''));
        const cutter = new LineCutter();
        const teller = new Teller({
          name: 'text',
          missing: [],
          clock: textClock(systemClock(), isOld ? { originUnixMs: 1e12 } : undefined),
          announceAfterMs: 0,
        });
        const check = (messages: Iterable<Parameters<typeof encodeMessage>[0]>) => {
          for (const message of messages) assert.deepEqual(decodeLine(encodeMessage(message), 1), message);
        };
        const end = endOf(() => {
          for (let at = 0; at < bytes.length; at += chunk) {
            const cut = cutter.push(bytes.subarray(at, at + chunk));
            check(isOld ? teller.takeOld(cut) : teller.take(cut));
          }
          check(teller.take(cutter.end()));
          check(teller.quiet());
          check(teller.end(() => 'end'));
        });
        ended(end);
      }),
      runs,
    ),
};
