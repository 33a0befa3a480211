import type { GcCycle } from '../../src/gc/cycle.js';
import type { GcEvent, HeapReading } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { bytes, durationNs, type Nanos, nanos } from '../../src/gc/units.js';
import { createModel, type ModelOptions } from '../../src/model/create.js';
import type { Model } from '../../src/model/model.js';
import { windowStepsNs } from '../../src/model/series.js';
import { gcSummary, worstCycles } from '../../src/model/summary.js';
import { update } from '../../src/model/update.js';
import { visibleEndNs } from '../../src/model/visible-end.js';

/** What model tests say in one line instead of ten. */

export const seconds = (value: number): Nanos => nanos(Math.round(value * 1e9));
export const millis = (value: number): Nanos => nanos(Math.round(value * 1e6));
export const micros = (value: number): Nanos => nanos(Math.round(value * 1e3));
export const nanosSum = (a: Nanos, b: Nanos): Nanos => nanos(a + b);
export const mebibytes = (value: number) => bytes(Math.round(value * 2 ** 20));

/** A model of a terminal of 160x48 to which nothing was said yet. */
export const emptyModel = (options: Partial<ModelOptions> = {}): Model =>
  createModel({
    size: { columns: 160, rows: 48 },
    look: { glyphs: 'braille' },
    state: { kind: 'opening' },
    utcOffsetMinutes: 0,
    ...options,
  });

/** A model that watches program `one` since the origin. */
export function watchingModel(options: Partial<ModelOptions> = {}): Model {
  const model = emptyModel(options);
  say(model, { atNs: seconds(0), type: 'opened', format: 1 }, targetMessage());
  return model;
}

export const targetMessage = (
  change: Partial<Extract<SourceMessage, { type: 'target' }>> = {},
): Extract<SourceMessage, { type: 'target' }> => ({
  atNs: seconds(0),
  type: 'target',
  id: 'one',
  latenessNs: durationNs(50e6),
  target: { name: 'gc-service', pid: 4213, goVersion: 'go1.26.5', source: 'local', procs: 4 },
  capabilities: { evidence: 'exact', everyCycleWhole: true, heap: true, calls: false, missing: [] },
  ...change,
});

export function say(model: Model, ...messages: readonly SourceMessage[]): void {
  for (const message of messages) update(model, { type: 'source', message });
}

/** Events of program `one`, handed over at an instant. */
export function happen(model: Model, atNs: Nanos, ...events: readonly GcEvent[]): void {
  say(model, { atNs, type: 'events', target: 'one', events });
}

/** A whole cycle that begins at an instant: stops of 20 and 60 µs, 10 ms of mark, 40 -> 42 -> 25 MiB. */
export function wholeCycle(number: number, beginNs: Nanos, change: Partial<GcCycle> = {}): GcCycle {
  const after = (length: Nanos) => nanos(beginNs + length);
  return {
    number,
    trigger: 'heap',
    sweepTermAtNs: beginNs,
    markAtNs: after(micros(20)),
    markTermAtNs: after(micros(10_020)),
    endAtNs: after(micros(10_080)),
    pauseNs: micros(80),
    heapAtStart: mebibytes(40),
    heapAtEnd: mebibytes(42),
    heapMarked: mebibytes(25),
    heapGoal: mebibytes(45),
    procs: 4,
    evidence: 'exact',
    ...change,
  };
}

export const cycleEvent = (cycle: GcCycle): GcEvent => ({ kind: 'cycle', cycle });

export const reading = (atNs: Nanos, change: Partial<HeapReading> = {}): HeapReading => ({
  kind: 'heap',
  atNs,
  live: mebibytes(30),
  ...change,
});

/** Everything that a view could ask of a model, as plain values that can be compared. */
export function snapshot(model: Model): unknown {
  const { heap, work, cycles, stops, journal, ...plain } = model;
  const endNs = visibleEndNs(model);
  const everything = Number.POSITIVE_INFINITY;
  return {
    ...plain,
    latest: heap.latest,
    cycles: cycles.newest(everything),
    cyclesTotal: cycles.total,
    stops: stops.between(nanos(Number.MIN_SAFE_INTEGER), nanos(Number.MAX_SAFE_INTEGER)),
    pauses: stops.summary(endNs),
    lines: journal.newest(everything),
    wholeLog: journal.newest(everything, { phases: true }),
    summary: gcSummary(model, endNs),
    worst: worstCycles(model, endNs),
    series: windowStepsNs.map((stepNs) => {
      const fromNs = nanos(Math.max(Number.MIN_SAFE_INTEGER, endNs - 100 * stepNs));
      const gauges = [heap.live, heap.marked, heap.goal, heap.trigger, work.triggerRatio, work.startRatio];
      const rates = [
        work.allocBytes,
        work.sweptPages,
        work.markedBytes,
        work.assistNs,
        work.markWork,
        work.assistWork,
      ];
      return [
        gauges.map((gauge) => gauge.bins(fromNs, stepNs, 101)),
        rates.map((rate) => rate.bins(fromNs, stepNs, 101)),
      ];
    }),
  };
}
