import {
  arrayOf,
  byteCount,
  type Check,
  count,
  dictionaryOf,
  duration,
  figure,
  hasKey,
  isSafeSpan,
  Mismatch,
  objectOf,
  oneOf,
  optional,
  own,
  pageCount,
  record,
  text,
  time,
  wordOr,
  workCount,
} from './check.js';
import type { CycleCpu, GcCycle } from './cycle.js';
import { type GcEvent, type HeapReading, pauseReasons } from './event.js';

type Event<Kind extends GcEvent['kind']> = Extract<GcEvent, { kind: Kind }>;

const timed = { atNs: time, durationNs: optional(duration) };

/** Nothing in a recording may make the arithmetic on it go wrong: a cycle's times are in order and its span is safe. */
const cycle: Check<GcCycle> = (value, path) => {
  const checked = cycleFields(value, path);
  const times = [checked.sweepTermAtNs, checked.markAtNs, checked.markTermAtNs, checked.endAtNs].filter(
    (atNs) => atNs !== undefined,
  );
  const span = { fromNs: times[0] ?? checked.endAtNs, toNs: checked.endAtNs };
  const inOrder = times.every((atNs, index) => index === 0 || atNs >= (times[index - 1] ?? atNs));
  if (!inOrder || !isSafeSpan(span)) throw new Mismatch(path, value, 'its times in order');
  return checked;
};

const cycleCpu = record<CycleCpu>({
  sweepTermNs: duration,
  assistNs: duration,
  dedicatedNs: duration,
  fractionalNs: optional(duration),
  idleNs: duration,
  markTermNs: duration,
});

const cycleFields = record<GcCycle>({
  number: optional(count),
  trigger: oneOf('heap', 'time', 'forced', 'unknown'),
  forcedBy: optional(count),
  sweepTermAtNs: optional(time),
  markAtNs: optional(time),
  markTermAtNs: optional(time),
  endAtNs: time,
  pauseNs: optional(duration),
  heapAtStart: optional(byteCount),
  heapAtEnd: optional(byteCount),
  heapMarked: optional(byteCount),
  heapGoal: optional(wordOr('none', byteCount)),
  stackScan: optional(byteCount),
  globalsScan: optional(byteCount),
  cpu: optional(cycleCpu),
  cpuFraction: optional(figure),
  procs: optional(count),
  stwProcs: optional(count),
  sinceStartNs: optional(duration),
  evidence: oneOf('exact', 'rounded', 'derived', 'partial'),
});

const heapReading = record<HeapReading>({
  kind: oneOf('heap'),
  ...timed,
  live: byteCount,
  marked: optional(byteCount),
  goal: optional(wordOr('none', byteCount)),
  trigger: optional(byteCount),
  limit: optional(wordOr('none', byteCount)),
  gcPercent: optional(wordOr('off', figure)),
  inUse: optional(byteCount),
  free: optional(byteCount),
  released: optional(byteCount),
  totalAlloc: optional(byteCount),
  pagesInUse: optional(pageCount),
  pagesSwept: optional(pageCount),
  cycles: optional(count),
  forcedCycles: optional(count),
});

const markCall = record<Event<'mark' | 'assist'>>({
  kind: oneOf('mark', 'assist'),
  ...timed,
  calls: count,
  work: workCount,
});

const pageCall = record<Event<'sweep' | 'alloc'>>({
  kind: oneOf('sweep', 'alloc'),
  ...timed,
  calls: count,
  pages: pageCount,
});

const events: Readonly<Record<GcEvent['kind'], Check<GcEvent>>> = {
  cycle: record<Event<'cycle'>>({ kind: oneOf('cycle'), cycle }),
  phase: record<Event<'phase'>>({
    kind: oneOf('phase'),
    ...timed,
    phase: oneOf('sweep-termination', 'mark', 'mark-termination', 'sweep', 'off'),
    cycle: optional(count),
  }),
  pause: record<Event<'pause'>>({
    kind: oneOf('pause'),
    ...timed,
    reason: oneOf(...pauseReasons),
    stoppingNs: optional(duration),
  }),
  mark: markCall,
  assist: markCall,
  sweep: pageCall,
  alloc: pageCall,
  call: record<Event<'call'>>({
    kind: oneOf('call'),
    ...timed,
    probe: text,
    args: dictionaryOf(figure),
    result: optional(figure),
    goid: optional(figure),
  }),
  calls: record<Event<'calls'>>({
    kind: oneOf('calls'),
    ...timed,
    probe: text,
    calls: count,
    args: dictionaryOf(figure),
    result: optional(figure),
    longestNs: optional(duration),
  }),
  pace: record<Event<'pace'>>({
    kind: oneOf('pace'),
    ...timed,
    triggerBytes: optional(byteCount),
    triggerRatio: optional(figure),
    goalBytes: optional(byteCount),
    markedBytes: optional(byteCount),
  }),
  heap: heapReading,
};

/** Events of a kind that this version does not know are left out. */
export const eventList: Check<readonly GcEvent[]> = (value, path) =>
  arrayOf((item, itemPath) => {
    const kind = text(own(objectOf(item, itemPath), 'kind'), `${itemPath}.kind`);
    return hasKey(events, kind) ? events[kind](item, itemPath) : undefined;
  })(value, path).filter((event) => event !== undefined);
