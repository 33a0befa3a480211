import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canFollow } from '../../src/gc/phase.js';
import { decodeLine, encodeMessage } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { callCapacity } from '../../src/model/call-log.js';
import { cycleCapacity } from '../../src/model/cycle-log.js';
import { journalCapacity } from '../../src/model/journal.js';
import { stopCapacity } from '../../src/model/stop-log.js';
import { update } from '../../src/model/update.js';
import { arbitraryMessage } from '../helpers/arbitraries.js';
import { legalPhases, legalStream } from '../helpers/legal-stream.js';
import {
  cycleEvent,
  emptyModel,
  happen,
  micros,
  millis,
  say,
  seconds,
  snapshot,
  targetMessage,
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

test('the cycles that the property tests generate walk the phase table', () => {
  fc.assert(
    fc.property(legalPhases, (phases) => {
      phases.forEach(({ phase, atNs }, index) => {
        const before = phases[index - 1];
        assert.ok(before === undefined || canFollow(before.phase, phase), `${before?.phase} -> ${phase}`);
        assert.ok(before === undefined || before.atNs <= atNs);
      });
    }),
  );
});

test('the same messages give the same model, however their events are batched', () => {
  fc.assert(
    fc.property(legalStream, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (stream, sizes) => {
      const whole = emptyModel();
      say(whole, ...stream);
      const split = emptyModel();
      say(split, ...stream.flatMap((message, index) => rebatch(message, sizes[index % sizes.length] ?? 1)));
      assert.deepEqual(snapshot(split), snapshot(whole));
    }),
    { numRuns: 60 },
  );
});

test('ticks between messages change no figure', () => {
  fc.assert(
    fc.property(legalStream, fc.array(fc.nat({ max: 1e9 })), (stream, offsets) => {
      const plain = emptyModel();
      const ticked = emptyModel();
      stream.forEach((message, index) => {
        say(plain, message);
        say(ticked, message);
        const next = stream[index + 1];
        if (next === undefined) return;
        const nowNs = Math.min(next.atNs, message.atNs + (offsets[index] ?? 0));
        update(ticked, { type: 'tick', nowNs: seconds(nowNs / 1e9) });
      });
      const { summary, cycles, stops, series } = Object(snapshot(ticked));
      const expected = Object(snapshot(plain));
      assert.deepEqual(
        [summary, cycles, stops, series],
        [expected.summary, expected.cycles, expected.stops, expected.series],
      );
    }),
    { numRuns: 40 },
  );
});

test('no message that a recording can hold makes update fail', () => {
  fc.assert(
    fc.property(fc.array(arbitraryMessage, { maxLength: 30 }), (messages) => {
      const model = watchingModel();
      for (const message of messages) {
        const line = encodeMessage(
          'target' in message && message.type !== 'target' ? { ...message, target: 'one' } : message,
        );
        const decoded = decodeLine(line, 1);
        if (decoded !== undefined) say(model, decoded);
      }
      snapshot(model);
    }),
    { numRuns: 100 },
  );
});

test('time never goes backwards', () => {
  const model = watchingModel();
  update(model, { type: 'tick', nowNs: seconds(5) });
  update(model, { type: 'tick', nowNs: seconds(4) });
  assert.equal(model.nowNs, seconds(5));
  happen(model, seconds(3), { kind: 'pace', atNs: seconds(3) });
  assert.equal(model.nowNs, seconds(5));
});

test('after 200,000 events every log is at its capacity and the rest is counted', () => {
  const model = watchingModel();
  const cycles = 50_000;
  for (let number = 1; number <= cycles; number++) {
    const atNs = millis(number * 20);
    happen(
      model,
      atNs,
      { kind: 'pause', reason: 'other', atNs, durationNs: micros(5) },
      cycleEvent(wholeCycle(number, millis(number * 20), { trigger: 'time' })),
      { kind: 'call', probe: 'sweepone', args: {}, atNs },
      { kind: 'heap', atNs, live: wholeCycle(1, atNs).heapMarked ?? assert.fail() },
    );
  }
  assert.equal(model.cycles.length, cycleCapacity);
  assert.equal(model.cycles.total, cycles);
  assert.equal(model.stops.length, stopCapacity);
  assert.equal(model.journal.length, journalCapacity);
  const lines = 1 + 2 * cycles;
  assert.equal(model.journal.total, lines);
  assert.equal(model.dropped, lines - journalCapacity + cycles - callCapacity.others);
});

test('gaps, probes, latencies and answers are kept in bounded number', () => {
  const model = watchingModel({ trafficAddress: 'http://127.0.0.1:8080' });
  for (let index = 0; index < 1_000; index++) {
    const atNs = seconds(index + 1);
    say(
      model,
      { atNs, type: 'gap', target: 'one', fromNs: seconds(index), toNs: atNs, reason: 'suspended' },
      { atNs, type: 'probe', target: 'one', probe: `probe ${index}`, state: 'running', attempt: 1 },
      {
        atNs,
        type: 'note',
        level: 'info',
        code: 'traffic.answer',
        text: '',
        traffic: {
          button: 'g',
          path: '/',
          requests: 1,
          failed: 0,
          startedAtNs: atNs,
          endedAtNs: seconds(1e6),
          slowestNs: micros(1),
        },
      },
    );
  }
  const { gaps, probes, traffic } = model;
  assert.deepEqual(
    [gaps.length, probes.size, traffic.latenciesNs.length, traffic.unsettled.length],
    [128, 256, 256, 64],
  );
  assert.equal(traffic.ok, 1_000);
});

test('a program that starts anew is a new target: its figures begin again, the log tells of both', () => {
  const model = watchingModel();
  happen(model, seconds(1), cycleEvent(wholeCycle(900, seconds(0.9))));
  const target = { name: 'gc-service', pid: 51007, source: 'local' as const };
  say(model, targetMessage({ atNs: seconds(2), id: 'two', target }));
  assert.equal(model.cycles.length, 0);
  assert.equal(model.stops.length, 0);
  assert.equal(model.heap.live.latest, undefined);
  assert.equal(model.attachedAtNs, seconds(2));
  const last = model.journal.newest(3).map((entry) => (entry.type === 'note' ? entry.text : entry.type));
  assert.deepEqual(last, [
    'gc-service, pid 4213, go1.26.5 is watched',
    'cycle',
    'gc-service is gone; a new program, gc-service, pid 51007, is watched',
  ]);
  happen(model, seconds(3), cycleEvent(wholeCycle(901, seconds(2.9))));
  assert.equal(model.cycles.length, 0, 'what is told late of the old program is not the new one');
});

test('a target that loses a tier keeps its figures, and the log says what is less', () => {
  const model = watchingModel();
  happen(model, seconds(1), cycleEvent(wholeCycle(1, seconds(0.9))));
  const { capabilities } = targetMessage();
  const missing = ['whole records: need root and tracefs'];
  say(model, targetMessage({ atNs: seconds(2), capabilities: { ...capabilities, missing } }));
  assert.equal(model.cycles.length, 1);
  const [entry] = model.journal.newest(1);
  assert.ok(entry?.type === 'note' && entry.level === 'warning');
  assert.equal(entry.text, 'from here less is seen: whole records: need root and tracefs');
});

test('when the stream is over its time stands still', () => {
  const model = watchingModel();
  say(model, { atNs: seconds(3), type: 'closed', reason: 'target-exited', detail: 'exit status 0' });
  update(model, { type: 'tick', nowNs: seconds(90) });
  assert.deepEqual(model.state, {
    kind: 'ended',
    reason: 'target-exited',
    detail: 'exit status 0',
    replay: false,
  });
  assert.equal(model.nowNs, seconds(3));
  const [entry] = model.journal.newest(1);
  assert.ok(entry?.type === 'note');
  assert.equal(entry.text, 'pid 4213 exited: exit status 0');
});

test('a smaller screen takes the focus from a pane that it has no room for', () => {
  const model = watchingModel();
  model.screen.focus = 'work';
  update(model, { type: 'resize', size: { columns: 160, rows: 50 } });
  assert.equal(model.screen.focus, 'work');
  update(model, { type: 'resize', size: { columns: 80, rows: 24 } });
  assert.equal(model.screen.focus, undefined);
});

function rebatch(message: SourceMessage, size: number): SourceMessage[] {
  if (message.type !== 'events') return [message];
  const parts: SourceMessage[] = [];
  for (let from = 0; from < message.events.length; from += size) {
    parts.push({ ...message, events: message.events.slice(from, from + size) });
  }
  return parts;
}
