import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { GcCycle } from '../../src/gc/cycle.js';
import type { GcEvent } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { bytes, durationNs, nanos, pages } from '../../src/gc/units.js';
import { paneIds } from '../../src/model/action.js';
import { createModel } from '../../src/model/create.js';
import { windowStepsNs } from '../../src/model/series.js';
import { update } from '../../src/model/update.js';
import { view } from '../../src/view/view.js';
import { arbitraryEvent, arbitraryProbe, arbitraryStep, hostileText } from '../helpers/arbitraries.js';

const hourNs = 3600e9;
const instant = fc.integer({ min: 0, max: hourNs }).map(nanos);
const size = fc.integer({ min: 0, max: 2 ** 44 }).map(bytes);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

/** Leaves out what is undefined: an absent figure is one that is not known. */
function known<T extends object>(record: T): T {
  const copy = { ...record };
  for (const key of Object.keys(copy))
    if (Reflect.get(copy, key) === undefined) Reflect.deleteProperty(copy, key);
  return copy;
}

const cycle: fc.Arbitrary<GcEvent> = fc
  .record({
    number: fc.integer({ min: 1, max: 2 ** 31 }),
    trigger: fc.constantFrom<GcCycle['trigger']>('heap', 'forced', 'time', 'unknown'),
    beginNs: fc.integer({ min: 0, max: hourNs }),
    lengths: fc.tuple(
      fc.integer({ min: 0, max: 2e9 }),
      fc.integer({ min: 0, max: 5e9 }),
      fc.integer({ min: 0, max: 2e9 }),
    ),
    isWhole: fc.boolean(),
    heap: fc.tuple(maybe(size), maybe(size), maybe(size)),
    goal: maybe(fc.oneof(size, fc.constant('none' as const))),
  })
  .map(({ number, trigger, beginNs, lengths: [first, mark, second], isWhole, heap, goal }) => {
    const endAtNs = nanos(beginNs + first + mark + second);
    const phases = {
      sweepTermAtNs: nanos(beginNs),
      markAtNs: nanos(beginNs + first),
      markTermAtNs: nanos(beginNs + first + mark),
    };
    const figures = { heapAtStart: heap[0], heapAtEnd: heap[1], heapMarked: heap[2], heapGoal: goal };
    const pauseNs = durationNs(first + second);
    const whole = { number, trigger, endAtNs, pauseNs, ...(isWhole ? phases : {}), ...figures };
    return { kind: 'cycle', cycle: known({ ...whole, evidence: 'exact' }) as GcCycle };
  });

const heapReading: fc.Arbitrary<GcEvent> = fc
  .record({
    atNs: instant,
    live: size,
    marked: maybe(size),
    goal: maybe(size),
    trigger: maybe(size),
    swept: size,
  })
  .map(({ swept, ...reading }) => {
    const rest = { totalAlloc: swept, pagesSwept: pages(swept % 1000), pagesInUse: pages(swept % 7) };
    return known({ kind: 'heap', ...reading, ...rest }) as GcEvent;
  });

const other: fc.Arbitrary<GcEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('phase' as const),
    phase: fc.constantFrom('mark', 'sweep', 'off', 'sweep-termination', 'mark-termination'),
    atNs: instant,
  }),
  fc.record({
    kind: fc.constant('pause' as const),
    reason: fc.constantFrom('read-mem-stats', 'gomaxprocs', 'other'),
    atNs: instant,
    durationNs: fc.integer({ min: 0, max: 100e9 }).map(durationNs),
  }),
);

test('whatever a source says, the view has whole lines and does not throw', () => {
  const screen = fc.record({
    columns: fc.integer({ min: 1, max: 200 }),
    rows: fc.integer({ min: 1, max: 60 }),
    step: fc.nat({ max: windowStepsNs.length - 1 }),
    zoom: fc.constantFrom(undefined, ...paneIds),
    nowNs: instant,
    frozenAtNs: maybe(instant),
    /** After how many events the program ends, and whether it runs again after as many more. */
    exit: maybe(fc.record({ after: fc.nat({ max: 30 }), again: maybe(fc.nat({ max: 30 })) })),
  });
  const events = fc.array(fc.oneof(cycle, heapReading, other), { maxLength: 60 });
  fc.assert(
    fc.property(events, screen, (said, { columns, rows, step, zoom, nowNs, frozenAtNs, exit }) => {
      const model = createModel({
        size: { columns, rows },
        look: { glyphs: 'braille' },
        state: { kind: 'live' },
        utcOffsetMinutes: 330,
        originUnixMs: 1_767_623_460_000,
      });
      const opened = { id: 't', target: { name: 'x', source: 'local' }, latenessNs: durationNs(0) } as const;
      const capabilities = {
        evidence: 'exact',
        everyCycleWhole: false,
        heap: true,
        calls: false,
        missing: [],
      } as const;
      update(model, { type: 'source', message: { atNs: nanos(0), type: 'target', ...opened, capabilities } });
      const say = (message: SourceMessage) => update(model, { type: 'source', message });
      let target = 't';
      for (const [index, event] of said.entries()) {
        if (index === exit?.after) {
          say({ atNs: model.nowNs, type: 'note', level: 'warning', code: 'target.exited', text: 'exited' });
        }
        if (exit?.again !== undefined && index === exit.after + exit.again) {
          target = 'u';
          say({ atNs: model.nowNs, type: 'target', ...opened, id: target, capabilities });
        }
        say({ atNs: nanos(0), type: 'events', target, events: [event] });
      }
      update(model, { type: 'tick', nowNs });
      Object.assign(model.screen, { windowStep: step, zoom, frozenAtNs });
      for (const { rect, lines } of view(model).boxes) {
        assert.equal(lines.length, rect.height);
        for (const line of lines)
          assert.equal(
            line.reduce((sum, { text }) => sum + text.length, 0),
            rect.width,
          );
      }
    }),
    { numRuns: 200 },
  );
});

/** What a watch with probes can say, in any order: how they stand, and what they tell; of a pod also its steps. */
const probedMessage: fc.Arbitrary<SourceMessage> = fc.oneof(
  arbitraryStep,
  arbitraryProbe,
  arbitraryEvent.map(
    (event): SourceMessage => ({ atNs: nanos(0), type: 'events', target: 't', events: [event] }),
  ),
  fc.record({
    atNs: instant,
    type: fc.constant('note' as const),
    level: fc.constantFrom('info' as const, 'warning' as const, 'error' as const),
    code: fc.constantFrom('pixie.x', 'canary.x', 'forward.x', 'probe.x', 'target.x'),
    text: hostileText,
  }),
);

const sources = ['Pixie', 'local'] as const;

for (const source of sources) {
  test(`whatever is said by ${source}, no line is too wide, and no text from outside reaches the terminal as it is`, () =>
    anyProbedStream(source));
}

function anyProbedStream(source: (typeof sources)[number]): void {
  const isLocal = source === 'local';
  const screen = fc.record({
    columns: fc.integer({ min: 1, max: 200 }),
    rows: fc.integer({ min: 1, max: 60 }),
    zoom: fc.constantFrom(undefined, ...paneIds),
    glyphs: fc.constantFrom('braille' as const, 'block' as const, 'ascii' as const),
    nowNs: instant,
    isFrozen: fc.boolean(),
    probeBudget: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    pressesP: fc.boolean(),
  });
  const target = fc.record({
    name: hostileText,
    goVersion: hostileText,
    missing: fc.array(hostileText, { maxLength: 3 }),
    isTold: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(isLocal ? probedMessage.filter(({ type }) => type !== 'step') : probedMessage, {
        maxLength: 40,
      }),
      screen,
      target,
      (
        said,
        { columns, rows, zoom, glyphs, nowNs, isFrozen, probeBudget, pressesP },
        { name, goVersion, missing, isTold },
      ) => {
        const model = createModel({
          size: { columns, rows },
          look: { glyphs },
          state: { kind: 'opening' },
          utcOffsetMinutes: 330,
          ...(probeBudget === undefined ? {} : { probeBudget }),
        });
        const say = (message: SourceMessage) => update(model, { type: 'source', message });
        if (isTold) {
          say({
            atNs: nanos(0),
            type: 'target',
            id: 't',
            target: { name, goVersion, source },
            latenessNs: durationNs(3e9),
            capabilities: {
              evidence: isLocal ? 'exact' : 'derived',
              everyCycleWhole: true,
              heap: isLocal,
              calls: true,
              missing,
            },
          });
        }
        for (const message of said) say(message);
        update(model, { type: 'tick', nowNs });
        if (pressesP) update(model, { type: 'key', key: 'p' });
        if (isFrozen) update(model, { type: 'key', key: 'space' });
        model.screen.zoom = zoom;
        for (const { rect, lines } of view(model).boxes) {
          assert.equal(lines.length, rect.height);
          for (const line of lines) {
            const text = line.map((span) => span.text).join('');
            assert.equal(text.length, rect.width);
            assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\p{Script=Han}]/u);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
}
