import {
  arrayOf,
  type Check,
  count,
  duration,
  figure,
  flag,
  hasKey,
  inOrder,
  objectOf,
  oneOf,
  optional,
  own,
  record,
  text,
  time,
} from './check.js';
import { eventList } from './event-check.js';
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
    returns: optional(flag),
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
