import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { GctopError } from '../../src/error.js';
import type { GcEvent } from '../../src/gc/event.js';
import { bytes, durationNs, nanos } from '../../src/gc/units.js';
import { type Draft, MessageOrder } from '../../src/sources/order.js';

const opened: Draft = { type: 'opened', format: 1 };
const target: Draft = {
  type: 'target',
  id: 'a',
  target: { name: 'service', source: 'local' },
  latenessNs: durationNs(100),
  capabilities: { evidence: 'exact', everyCycleWhole: true, heap: true, calls: false, missing: [] },
};
const heapAt = (atNs: number): GcEvent => ({ kind: 'heap', atNs: nanos(atNs), live: bytes(1) });
const events = (...atNs: readonly number[]): Draft => ({
  type: 'events',
  target: 'a',
  events: atNs.map(heapAt),
});
const closed: Draft = { type: 'closed', reason: 'end' };

/** An order whose clock shows these times, one after the other. */
function orderAt(...times: readonly number[]): MessageOrder {
  let next = 0;
  return new MessageOrder(() => nanos(times[next++] ?? 0));
}

describe('dating', () => {
  test('a message is dated when it is handed over', () => {
    assert.deepEqual(orderAt(7).date(opened), [{ ...opened, atNs: 7 }]);
  });

  test('time never runs backwards, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 3 }), (times) => {
        const order = orderAt(...times);
        const dated = [opened, target, ...times.slice(2).map((): Draft => ({ ...target }))].flatMap((draft) =>
          order.date(draft),
        );
        assert.ok(dated.every(({ atNs }, i) => atNs >= (dated[i - 1]?.atNs ?? atNs)));
      }),
    );
  });

  test('many events are handed over in several messages, so that no line of a recording is long', () => {
    const order = orderAt(1, 2, 5000);
    order.date(opened);
    order.date(target);
    const times = Array.from({ length: 2500 }, (_, i) => 4900 + (i % 100));
    const dated = order.date(events(...times));
    const told = dated.flatMap((message) => (message.type === 'events' ? [message.events] : []));
    assert.deepEqual(
      told.map(({ length }) => length),
      [1000, 1000, 500],
    );
    assert.deepEqual(told.flat(), times.map(heapAt));
  });

  test('empty events are left out', () => {
    const order = orderAt(1, 2, 3);
    order.date(opened);
    order.date(target);
    assert.deepEqual(order.date(events()), []);
  });
});

describe('an order that a source may not break', () => {
  const broken: Readonly<Record<string, readonly Draft[]>> = {
    'something before opened': [target],
    'opened twice': [opened, opened],
    'events of an unknown target': [opened, events(1)],
    'a gap of an unknown target': [
      opened,
      { type: 'gap', target: 'b', fromNs: nanos(0), toNs: nanos(1), reason: '' },
    ],
    'something after closed': [opened, closed, target],
    'closed twice': [opened, closed, closed],
  };
  for (const [what, drafts] of Object.entries(broken)) {
    test(`${what} is a bug of the source`, () => {
      const order = orderAt();
      for (const draft of drafts.slice(0, -1)) order.date(draft);
      const last = drafts.at(-1);
      assert.ok(last !== undefined);
      assert.throws(() => order.date(last), isInternal);
    });
  }
});

describe('lateness', () => {
  test('events that are older than promised bring a wider promise, and the next ones the first one back', () => {
    const order = orderAt(0, 0, 1000, 1050, 1060);
    order.date(opened);
    order.date(target);
    assert.deepEqual(order.date(events(700, 990)), [
      { ...target, latenessNs: 300, atNs: 1000 },
      { ...events(700, 990), atNs: 1000 },
    ]);
    assert.deepEqual(order.date(events(1000)), [
      { ...target, atNs: 1050 },
      { ...events(1000), atNs: 1050 },
    ]);
    assert.deepEqual(order.date(events(1000)), [{ ...events(1000), atNs: 1060 }]);
  });

  test('no event is ever older than the promise that stands', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: -10_000, max: 500 }), { minLength: 1 })), (batches) => {
        const order = new MessageOrder(() => nanos(500));
        order.date(opened);
        order.date(target);
        let latenessNs = 100;
        for (const message of batches.flatMap((ages) => order.date(events(...ages)))) {
          if (message.type === 'target') latenessNs = message.latenessNs;
          if (message.type !== 'events') continue;
          for (const event of message.events) {
            assert.ok(event.kind === 'heap' && message.atNs - event.atNs <= latenessNs);
          }
        }
      }),
    );
  });
});

const isInternal = (error: unknown): boolean => error instanceof GctopError && error.code === 'INTERNAL';
