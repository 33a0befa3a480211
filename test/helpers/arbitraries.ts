import fc from 'fast-check';
import type { CycleCpu, GcCycle } from '../../src/gc/cycle.js';
import { type GcEvent, type HeapReading, pauseReasons } from '../../src/gc/event.js';
import type { Phase } from '../../src/gc/phase.js';
import { probeNames } from '../../src/gc/probe.js';
import { type SourceMessage, type StepState, stepNames, type TrafficReport } from '../../src/gc/stream.js';
import { bytes, durationNs, nanos, pages, workUnits } from '../../src/gc/units.js';

/** Values that a source may legally say, for property tests. */

const text = fc.string({ maxLength: 20, unit: 'grapheme' });
/** Text that would move a cursor, change a style or break a column if it reached the screen as it is. */
export const hostileText = fc.oneof(
  fc.string({ maxLength: 60, unit: 'grapheme' }),
  fc.string({ maxLength: 30, unit: 'binary' }),
  fc.constantFrom(
    '\u001b[31m\u001b[2J',
    '{red-fg}x{/}',
    'a\r\nb\tc',
    '\u202eabc',
    '漢字'.repeat(40),
    '\ud800',
    '',
  ),
);
const count = fc.nat({ max: 1e9 });
const figure = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const time = fc.integer({ min: -1e12, max: 1e15 }).map(nanos);
const duration = fc.integer({ min: 0, max: 1e12 }).map(durationNs);
const someBytes = fc.integer({ min: 0, max: 2 ** 45 }).map(bytes);
const somePages = fc.integer({ min: 0, max: 2 ** 32 }).map(pages);

/** Records as a source makes them: with the usual prototype. */
export const plain = <Value extends object>(fields: { [Key in keyof Value]: fc.Arbitrary<Value[Key]> }) =>
  fc.record(fields, { noNullPrototype: true });

/** A record of which any of the optional fields may be missing, never undefined. */
const partly = <Required extends object, Optional extends object>(
  required: { [Key in keyof Required]: fc.Arbitrary<Required[Key]> },
  optional: { [Key in keyof Optional]: fc.Arbitrary<Optional[Key]> },
) =>
  fc
    .tuple(plain(required), fc.record(optional, { requiredKeys: [], noNullPrototype: true }))
    .map(([given, more]) => ({ ...given, ...more }));

const phase = fc.constantFrom<Phase>('sweep-termination', 'mark', 'mark-termination', 'sweep', 'off');

const cpu: fc.Arbitrary<CycleCpu> = plain({
  sweepTermNs: duration,
  assistNs: duration,
  dedicatedNs: duration,
  fractionalNs: duration,
  idleNs: duration,
  markTermNs: duration,
});

const cycleFigures = partly(
  {
    trigger: fc.constantFrom<GcCycle['trigger']>('heap', 'time', 'forced', 'unknown'),
    evidence: fc.constantFrom<GcCycle['evidence']>('exact', 'rounded', 'derived', 'partial'),
  },
  {
    forcedBy: count,
    pauseNs: duration,
    heapAtStart: someBytes,
    heapAtEnd: someBytes,
    heapMarked: someBytes,
    heapGoal: fc.oneof(someBytes, fc.constant<'none'>('none')),
    stackScan: someBytes,
    globalsScan: someBytes,
    cpu,
    cpuFraction: figure,
    procs: count,
    stwProcs: count,
    sinceStartNs: duration,
  },
);

/** Any finished cycle: its times are in order, any of its figures may be unknown. */
export const arbitraryCycle: fc.Arbitrary<GcCycle> = fc
  .tuple(
    cycleFigures,
    time,
    fc.tuple(duration, duration, duration),
    fc.option(count, { nil: undefined }),
    fc.boolean(),
  )
  .map(([figures, sweepTermAtNs, [stop, mark, lastStop], number, isWhole]) => ({
    ...figures,
    ...(number === undefined ? {} : { number }),
    ...(isWhole
      ? {
          sweepTermAtNs,
          markAtNs: nanos(sweepTermAtNs + stop),
          markTermAtNs: nanos(sweepTermAtNs + stop + mark),
        }
      : {}),
    endAtNs: nanos(sweepTermAtNs + stop + mark + lastStop),
  }));

const timed = { atNs: time };
const lasting = { durationNs: duration };

const heapReading: fc.Arbitrary<HeapReading> = partly(
  { kind: fc.constant('heap'), live: someBytes, ...timed },
  {
    ...lasting,
    marked: someBytes,
    goal: fc.oneof(someBytes, fc.constant<'none'>('none')),
    trigger: someBytes,
    limit: fc.oneof(someBytes, fc.constant<'none'>('none')),
    gcPercent: fc.oneof(count, fc.constant<'off'>('off')),
    inUse: someBytes,
    free: someBytes,
    released: someBytes,
    totalAlloc: someBytes,
    pagesInUse: somePages,
    pagesSwept: somePages,
    cycles: count,
    forcedCycles: count,
  },
);

/** Any event. */
export const arbitraryEvent: fc.Arbitrary<GcEvent> = fc.oneof(
  arbitraryCycle.map((cycle) => ({ kind: 'cycle' as const, cycle })),
  partly({ kind: fc.constant('phase'), phase, ...timed }, { ...lasting, cycle: count }),
  partly(
    {
      kind: fc.constant('pause'),
      reason: fc.constantFrom(...pauseReasons),
      ...timed,
    },
    { ...lasting, stoppingNs: duration },
  ),
  partly(
    { kind: fc.constantFrom('mark', 'assist'), calls: count, work: count.map(workUnits), ...timed },
    lasting,
  ),
  partly({ kind: fc.constantFrom('sweep', 'alloc'), calls: count, pages: somePages, ...timed }, lasting),
  partly(
    {
      kind: fc.constant('call'),
      probe: text,
      args: fc.dictionary(text, figure, { noNullPrototype: true }),
      ...timed,
    },
    { ...lasting, result: figure, goid: count },
  ),
  partly(
    {
      kind: fc.constant('calls'),
      probe: text,
      calls: count,
      args: fc.dictionary(text, figure, { noNullPrototype: true }),
      ...timed,
    },
    { ...lasting, result: figure, longestNs: duration },
  ),
  partly(
    { kind: fc.constant('pace'), ...timed },
    {
      ...lasting,
      triggerBytes: someBytes,
      triggerRatio: figure,
      goalBytes: someBytes,
      markedBytes: someBytes,
    },
  ),
  heapReading,
);

const stepState = fc.constantFrom<StepState>('waiting', 'up', 'failed');

/** Any step of a pod's watch. */
export const arbitraryStep: fc.Arbitrary<Extract<SourceMessage, { type: 'step' }>> = partly(
  {
    atNs: time,
    type: fc.constant('step'),
    step: fc.constantFrom(...stepNames),
    state: stepState,
    word: hostileText,
  },
  {
    remark: hostileText,
    sinceNs: time,
    untilNs: time,
    tries: fc.array(
      partly({ state: stepState, remark: hostileText, startedAtNs: time }, { endedAtNs: time }),
      { maxLength: 9 },
    ),
    address: hostileText,
  },
);

/** Any news of a probe of the catalogue, or of one that nobody knows. */
export const arbitraryProbe: fc.Arbitrary<Extract<SourceMessage, { type: 'probe' }>> = partly(
  {
    atNs: time,
    type: fc.constant('probe'),
    target: text,
    probe: fc.oneof(fc.constantFrom(...probeNames), hostileText),
    state: fc.constantFrom('pending', 'running', 'failed', 'missing', 'dropped', 'expired', 'removed'),
    attempt: count,
  },
  { nextTryAtNs: time, hits: count, costNs: figure, returns: fc.boolean(), detail: hostileText },
);

const trafficReport: fc.Arbitrary<TrafficReport> = fc
  .tuple(
    partly(
      {
        button: fc.constantFrom('g', 'a', 'c', 'b', 'rate'),
        path: text,
        requests: count,
        failed: count,
        startedAtNs: time,
        slowestNs: duration,
      },
      { status: count, answer: text },
    ),
    duration,
  )
  .map(([report, lastedNs]) => ({ ...report, endedAtNs: nanos(report.startedAtNs + lastedNs) }));

const targetMessage: fc.Arbitrary<Extract<SourceMessage, { type: 'target' }>> = plain({
  atNs: time,
  type: fc.constant('target'),
  id: text,
  latenessNs: duration,
  target: partly(
    { name: text, source: fc.constantFrom('local', 'Pixie', 'gctrace') },
    { pid: count, goVersion: text, procs: count, startedAtNs: time },
  ),
  capabilities: plain({
    evidence: fc.constantFrom('exact', 'rounded', 'derived'),
    everyCycleWhole: fc.boolean(),
    heap: fc.boolean(),
    calls: fc.boolean(),
    missing: fc.array(text, { maxLength: 3 }),
  }),
});

/** Any single message. */
export const arbitraryMessage: fc.Arbitrary<SourceMessage> = fc.oneof(
  partly({ atNs: time, type: fc.constant('opened'), format: fc.constant(1) }, { originUnixMs: count }),
  targetMessage,
  plain({
    atNs: time,
    type: fc.constant('events'),
    target: text,
    events: fc.array(arbitraryEvent, { minLength: 1, maxLength: 5 }),
  }),
  fc
    .tuple(
      partly(
        { atNs: time, type: fc.constant('gap'), target: text, fromNs: time, reason: text },
        { lost: count },
      ),
      duration,
    )
    .map(([gap, lastedNs]) => ({ ...gap, toNs: nanos(gap.fromNs + lastedNs) })),
  arbitraryProbe,
  arbitraryStep,
  partly(
    {
      atNs: time,
      type: fc.constant('note'),
      level: fc.constantFrom('info', 'warning', 'error'),
      code: text,
      text,
    },
    { traffic: trafficReport },
  ),
  partly(
    { atNs: time, type: fc.constant('closed'), reason: fc.constantFrom('end', 'aborted', 'target-exited') },
    { detail: text },
  ),
);
