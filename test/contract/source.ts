import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventAtNs, type GcEvent } from '../../src/gc/event.js';
import { canFollow, type Phase } from '../../src/gc/phase.js';
import type { SourceControl } from '../../src/gc/source-control.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import type { Source } from '../../src/sources/source.js';

/** A source to be tried, ready to be opened. Its stream has events and ends by itself within 20 seconds. */
export interface SourceUnderTest {
  readonly source: Source;
  /** Throws when something of an ended source is left: a child, a probe, a handle. */
  readonly leftovers?: () => void;
  /** Ends what was started for the source. */
  readonly cleanUp?: () => Promise<unknown>;
}

/** What every stream of every source keeps, in every order of events. Each test makes its own source. */
export function sourceContract(name: string, makeSource: () => Promise<SourceUnderTest>): void {
  describe(`the stream of ${name}`, () => {
    let stream: readonly SourceMessage[] = [];

    test('ends', { timeout: 20_000 }, async () => {
      const { source, leftovers, cleanUp } = await makeSource();
      try {
        stream = await collect(source, new AbortController().signal);
      } finally {
        await cleanUp?.();
      }
      leftovers?.();
      assert.ok(
        stream.some(({ type }) => type === 'events'),
        'it carried no event',
      );
    });

    test('opens once, first, and closes once, last', () => {
      assert.equal(stream[0]?.type, 'opened');
      assert.equal(stream.at(-1)?.type, 'closed');
      assert.deepEqual(
        stream.slice(1, -1).filter(({ type }) => type === 'opened' || type === 'closed'),
        [],
      );
    });

    test('tells a target before anything of it', () => {
      const known = new Set<string>();
      for (const message of stream) {
        if (message.type === 'target') known.add(message.id);
        if ('target' in message && message.type !== 'target') assert.ok(known.has(message.target));
      }
    });

    test('never runs backwards', () => {
      stream.forEach((message, i) => {
        assert.ok(message.atNs >= (stream[i - 1]?.atNs ?? message.atNs), `message ${i}, '${message.type}'`);
      });
    });

    test('has no empty events', () => {
      for (const message of stream) if (message.type === 'events') assert.ok(message.events.length > 0);
    });

    test('has no event that is newer than its message, nor older than promised', () => {
      const latenessOf = new Map<string, number>();
      for (const message of stream) {
        if (message.type === 'target') latenessOf.set(message.id, message.latenessNs);
        if (message.type !== 'events') continue;
        for (const event of message.events) {
          const age = message.atNs - eventAtNs(event);
          assert.ok(age >= 0, `${event.kind} is ${-age} ns ahead of its message`);
          assert.ok(age <= (latenessOf.get(message.target) ?? 0), `${event.kind} is ${age} ns old`);
        }
      }
    });

    test('has safe integers for times and sizes, and durations that are not negative', () => {
      for (const message of stream) checkNumbers(message, message.type);
    });

    test('has cycles that do not overlap, in the order of their numbers', () => {
      for (const events of byTarget(stream).values()) checkCycles(events);
    });

    test('tells every missing cycle by a gap', () => {
      for (const target of byTarget(stream).keys()) checkCounts(stream, target);
    });

    test('has phases in an order that the runtime can take', () => {
      for (const events of byTarget(stream).values()) checkPhases(events);
    });
  });

  test(`abort ends the stream of ${name} within a second and leaves nothing`, {
    timeout: 20_000,
  }, async () => {
    const { source, leftovers, cleanUp } = await makeSource();
    try {
      const abort = new AbortController();
      let abortedAt = Number.NaN;
      const onMessage = ({ type }: SourceMessage) => {
        if (type !== 'events' || abort.signal.aborted) return;
        abortedAt = performance.now();
        abort.abort();
      };
      const last = (await collect(source, abort.signal, { onMessage })).at(-1);
      const tookMs = performance.now() - abortedAt;
      assert.ok(tookMs < 1000, `it took ${tookMs} ms`);
      assert.equal(last?.type === 'closed' && last.reason, 'aborted');
      leftovers?.();
    } finally {
      await cleanUp?.();
    }
  });
}

interface Collecting {
  readonly onMessage?: (message: SourceMessage) => void;
  /** @default none */
  readonly controls?: AsyncIterable<SourceControl>;
}

/** Reads a stream to its end, and hands each message on as it comes. */
export async function collect(
  source: Source,
  signal: AbortSignal,
  { onMessage, controls = noControls() }: Collecting = {},
): Promise<readonly SourceMessage[]> {
  const messages: SourceMessage[] = [];
  for await (const message of source.open(signal, controls)) {
    messages.push(message);
    onMessage?.(message);
  }
  return messages;
}

async function* noControls(): AsyncGenerator<SourceControl> {}

/** All events of each target, in the order they were told. */
export function byTarget(stream: readonly SourceMessage[]): ReadonlyMap<string, readonly GcEvent[]> {
  const found = new Map<string, GcEvent[]>();
  for (const message of stream) {
    if (message.type !== 'events') continue;
    found.set(message.target, [...(found.get(message.target) ?? []), ...message.events]);
  }
  return found;
}

function checkNumbers(value: unknown, path: string): void {
  if (typeof value === 'number') {
    const fraction = /(Fraction|Ratio|originUnixMs)$/.test(path);
    assert.ok(fraction ? Number.isFinite(value) : Number.isSafeInteger(value), `${path} is ${value}`);
    if (!/(AtNs|atNs|fromNs|toNs|args\..*)$/.test(path)) assert.ok(value >= 0, `${path} is ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) checkNumbers(part, `${path}.${key}`);
  }
}

export function checkCycles(events: readonly GcEvent[]): void {
  let before: { number?: number; endAtNs: number } | undefined;
  for (const event of events) {
    if (event.kind !== 'cycle') continue;
    const { number, sweepTermAtNs, endAtNs } = event.cycle;
    if (before !== undefined) {
      assert.ok((sweepTermAtNs ?? endAtNs) >= before.endAtNs, `cycle ${number} overlaps ${before.number}`);
      if (number !== undefined && before.number !== undefined) assert.ok(number > before.number);
    }
    before = { endAtNs, ...(number === undefined ? {} : { number }) };
  }
}

export function checkCounts(stream: readonly SourceMessage[], target: string): void {
  let told: number | undefined;
  let lost = 0;
  for (const message of stream) {
    if (message.type === 'gap' && message.target === target) lost += message.lost ?? Number.POSITIVE_INFINITY;
    if (message.type !== 'events' || message.target !== target) continue;
    for (const event of message.events) {
      if (event.kind !== 'cycle' || event.cycle.number === undefined) continue;
      const missing = told === undefined ? 0 : event.cycle.number - told - 1;
      assert.ok(
        missing <= lost,
        `${missing} cycles before ${event.cycle.number} are missing, ${lost} told as lost`,
      );
      lost = 0;
      told = event.cycle.number;
    }
  }
}

function checkPhases(events: readonly GcEvent[]): void {
  let phase: Phase | undefined;
  for (const event of events) {
    // A cycle stands for its own phases, told or not: what follows it may be its sweep or the next cycle.
    if (event.kind === 'cycle') phase = undefined;
    if (event.kind !== 'phase') continue;
    if (phase !== undefined) assert.ok(canFollow(phase, event.phase), `${event.phase} after ${phase}`);
    phase = event.phase;
  }
}
