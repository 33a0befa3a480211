import {
  arrayOf,
  byteCount,
  type Check,
  count,
  dictionaryOf,
  duration,
  figure,
  flag,
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
import {
  type Capabilities,
  type SourceMessage,
  type StepTry,
  stepNames,
  streamFormat,
  type Target,
  type TrafficReport,
} from './stream.js';

/** A message that was checked field by field; undefined where its type, or every event in it, is unknown. */
export function streamMessage(value: unknown): SourceMessage | undefined {
  const type = text(own(objectOf(value, ''), 'type'), 'type');
  const message = hasKey(messages, type) ? messages[type](value, '') : undefined;
  return message?.type === 'events' && message.events.length === 0 ? undefined : message;
}

type Message<Type extends SourceMessage['type']> = Extract<SourceMessage, { type: Type }>;
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
const eventList: Check<readonly GcEvent[]> = (value, path) =>
  arrayOf((item, itemPath) => {
    const kind = text(own(objectOf(item, itemPath), 'kind'), `${itemPath}.kind`);
    return hasKey(events, kind) ? events[kind](item, itemPath) : undefined;
  })(value, path).filter((event) => event !== undefined);

const target = record<Target>({
  name: text,
  pid: optional(count),
  goVersion: optional(text),
  source: oneOf('local', 'Pixie', 'gctrace'),
  procs: optional(count),
  startedAtNs: optional(time),
});

const capabilities = record<Capabilities>({
  evidence: oneOf('exact', 'rounded', 'derived'),
  everyCycleWhole: flag,
  heap: flag,
  calls: flag,
  missing: arrayOf(text),
});

const trafficReport = record<TrafficReport>({
  button: oneOf('g', 'a', 'c', 'b', 'rate'),
  path: text,
  requests: count,
  failed: count,
  status: optional(count),
  startedAtNs: time,
  endedAtNs: time,
  slowestNs: duration,
  answer: optional(text),
});

const stepState = oneOf('waiting', 'up', 'failed');

const stepTry = record<StepTry>({
  state: stepState,
  remark: text,
  startedAtNs: time,
  endedAtNs: optional(time),
});

const messages: { readonly [Type in SourceMessage['type']]: Check<Message<Type>> } = {
  opened: record<Message<'opened'>>({
    atNs: time,
    type: oneOf('opened'),
    format: oneOf(streamFormat),
    originUnixMs: optional(figure),
  }),
  target: record<Message<'target'>>({
    atNs: time,
    type: oneOf('target'),
    id: text,
    target,
    latenessNs: duration,
    capabilities,
  }),
  events: record<Message<'events'>>({ atNs: time, type: oneOf('events'), target: text, events: eventList }),
  gap: inOrder(
    record<Message<'gap'>>({
      atNs: time,
      type: oneOf('gap'),
      target: text,
      fromNs: time,
      toNs: time,
      lost: optional(count),
      reason: text,
    }),
    (gap) => gap,
  ),
  probe: record<Message<'probe'>>({
    atNs: time,
    type: oneOf('probe'),
    target: text,
    probe: text,
    state: oneOf('pending', 'running', 'failed', 'missing', 'dropped', 'expired', 'removed'),
    attempt: count,
    nextTryAtNs: optional(time),
    hits: optional(count),
    costNs: optional(figure),
    detail: optional(text),
  }),
  note: record<Message<'note'>>({
    atNs: time,
    type: oneOf('note'),
    level: oneOf('info', 'warning', 'error'),
    code: text,
    text,
    traffic: optional(
      inOrder(trafficReport, (report) => ({ fromNs: report.startedAtNs, toNs: report.endedAtNs })),
    ),
  }),
  step: record<Message<'step'>>({
    atNs: time,
    type: oneOf('step'),
    step: oneOf(...stepNames),
    state: stepState,
    word: text,
    remark: optional(text),
    sinceNs: optional(time),
    untilNs: optional(time),
    tries: optional(arrayOf(stepTry)),
    unprotected: optional(oneOf('plaintext', 'unverified')),
    address: optional(text),
  }),
  closed: record<Message<'closed'>>({
    atNs: time,
    type: oneOf('closed'),
    reason: oneOf('end', 'aborted', 'target-exited'),
    detail: optional(text),
  }),
};

interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** A record whose end does not come before its begin. */
function inOrder<Value>(check: Check<Value>, spanOf: (value: Value) => Span): Check<Value> {
  return (value, path) => {
    const checked = check(value, path);
    if (!isSafeSpan(spanOf(checked))) throw new Mismatch(path, value, 'its end after its begin');
    return checked;
  };
}

function isSafeSpan({ fromNs, toNs }: Span): boolean {
  return toNs >= fromNs && Number.isSafeInteger(toNs - fromNs);
}

function hasKey<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key);
}
