import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { type Nanos, nanos } from '../../src/gc/units.js';
import { gcShareOf } from '../../src/model/gc-share.js';
import type { Model } from '../../src/model/model.js';
import { windowStepsNs } from '../../src/model/series.js';
import { gcSummary } from '../../src/model/summary.js';
import { update } from '../../src/model/update.js';
import { visibleEndNs } from '../../src/model/visible-end.js';
import {
  cycleEvent,
  happen,
  mebibytes,
  millis,
  reading,
  say,
  seconds,
  targetMessage,
  watchingModel,
  wholeCycle,
} from '../helpers/model.js';

const exit = (atNs: Nanos): SourceMessage => ({
  atNs,
  type: 'note',
  level: 'warning',
  code: 'target.exited',
  text: 'pid 4213 exited; waiting for /srv/api to run again',
});

const nextRun = (atNs: Nanos, id = 'two'): SourceMessage => targetMessage({ atNs, id });

/** A program that collects at 1 s and at 2 s and ends at 3 s. */
function exited(): Model {
  const model = watchingModel();
  for (const at of [1, 2]) {
    happen(
      model,
      seconds(at + 0.5),
      cycleEvent(wholeCycle(at + 40, seconds(at))),
      reading(seconds(at + 0.5)),
    );
  }
  say(model, exit(seconds(3)));
  return model;
}

const tick = (model: Model, nowNs: Nanos) => update(model, { type: 'tick', nowNs });
const drawn = (model: Model): readonly GcCycle[] =>
  [...model.earlier, model].flatMap(({ cycles }) =>
    cycles.endedBetween(nanos(0), nanos(100e9)).map(({ cycle }) => cycle),
  );

test('while a program is waited for the picture stands and the log goes on', () => {
  const model = exited();
  const before = gcSummary(model, visibleEndNs(model));
  tick(model, seconds(60));
  say(model, { atNs: seconds(61), type: 'note', level: 'warning', code: 'target.refused', text: 'no Go' });
  assert.equal(visibleEndNs(model), seconds(3));
  assert.equal(model.nowNs, seconds(61));
  assert.deepEqual(gcSummary(model, visibleEndNs(model)), before);
  const [last] = model.journal.newest(1);
  assert.ok(last?.type === 'note' && last.text === 'no Go');
});

test('a cycle that ran when the program ended is no longer under way', () => {
  const model = watchingModel();
  happen(model, seconds(1), { kind: 'phase', phase: 'mark', atNs: seconds(0.9), cycle: 7 });
  assert.ok(model.running !== undefined);
  say(model, exit(seconds(2)));
  assert.equal(model.running, undefined);
});

test('a picture that is frozen while a program is waited for is that of its end', () => {
  const model = exited();
  tick(model, seconds(10));
  update(model, { type: 'key', key: 'space' });
  assert.equal(model.screen.frozenAtNs, seconds(3));
  say(model, nextRun(seconds(11)));
  tick(model, seconds(12));
  assert.equal(visibleEndNs(model), seconds(3));
  update(model, { type: 'key', key: 'space' });
  assert.equal(visibleEndNs(model), seconds(12));
});

test('no figure of the next run counts anything of the run before it', () => {
  const model = exited();
  say(model, nextRun(seconds(5)));
  tick(model, seconds(7));
  const { total, forced, live, goal, marked, trigger, cyclesPerSecond } = gcSummary(model, seconds(7));
  assert.deepEqual([total, forced, live, goal, marked, trigger], new Array(6).fill(undefined));
  assert.equal(cyclesPerSecond, 0);
  assert.equal(model.stops.summary(seconds(7)).count, 0);
  assert.equal(model.attachedAtNs, seconds(5));
  assert.equal(model.work.startRatio.at(seconds(7)), undefined);
  happen2(model, seconds(7.1), reading(seconds(7.1)));
  const now = gcSummary(model, seconds(7.1));
  assert.deepEqual([now.live, now.goal, now.marked], [mebibytes(30), undefined, undefined]);
});

test('the charts go on across a restart, with nothing known between the runs', () => {
  const model = exited();
  say(model, nextRun(seconds(5)));
  happen2(model, seconds(6.5), cycleEvent(wholeCycle(1, seconds(6))), reading(seconds(6.5)));
  assert.deepEqual(
    drawn(model).map(({ number }) => number),
    [41, 42, 1],
  );
  const stepNs = windowStepsNs[4] ?? nanos(0); // 500 ms
  const { max } = model.heap.live.bins(nanos(0), stepNs, 14);
  const known = [...max].map((value) => !Number.isNaN(value));
  assert.ok(known[3], 'before the end');
  assert.deepEqual(known.slice(7, 10), [false, false, false], 'between the runs');
  assert.ok(known[13], 'after the restart');
});

test('the first heap of the next run says nothing of what was allocated between the runs', () => {
  const model = watchingModel();
  happen(model, seconds(1), reading(seconds(1), { totalAlloc: mebibytes(10) }));
  say(model, exit(seconds(2)), nextRun(seconds(5)));
  happen2(model, seconds(5.1), reading(seconds(5.1), { totalAlloc: mebibytes(900) }));
  happen2(model, seconds(6.1), reading(seconds(6.1), { totalAlloc: mebibytes(910) }));
  assert.equal(Math.round((model.work.allocBytes.mean(seconds(2), seconds(6.1)) ?? 0) / 2 ** 20), 10);
});

test('charts keep the last runs of a program that is restarted all the time', () => {
  const model = exited();
  for (let run = 1; run <= 20; run++) {
    const atNs = seconds(run * 10);
    say(model, nextRun(atNs, `run ${run}`));
    say(model, exit(nanos(atNs + millis(100))));
  }
  assert.equal(model.earlier.length, 4);
});

test('how much of an answer the collector ran in is not known after the end of the program', () => {
  const model = exited();
  tick(model, seconds(9));
  assert.equal(gcShareOf(model, seconds(2.5), seconds(2.9)), 0);
  assert.equal(gcShareOf(model, seconds(2.5), seconds(3.5)), undefined);
});

test('another program that nobody waited for takes nothing over', () => {
  const model = watchingModel();
  happen(model, seconds(1.5), cycleEvent(wholeCycle(1, seconds(1))), reading(seconds(1.5)));
  say(model, targetMessage({ atNs: seconds(2), id: 'other' }));
  assert.deepEqual(drawn(model), []);
  assert.equal(model.heap.live.latest, undefined);
});

function happen2(model: Model, atNs: Nanos, ...events: Parameters<typeof happen>[2][]): void {
  say(model, { atNs, type: 'events', target: 'two', events });
}
