import type { GcEvent } from '../../src/gc/event.js';
import type { SourceMessage, TrafficReport } from '../../src/gc/stream.js';
import { bytes, durationNs, type Nanos, nanos, pages } from '../../src/gc/units.js';
import { createModel } from '../../src/model/create.js';
import type { Size } from '../../src/model/message.js';
import type { Look, Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { type SimulatedHeap, type SimulatedRun, simulateGcService } from './gc-service-run.js';
import { forcedByGoid, probeMessages } from './local-probes.js';

/** A stream of the mock-ups' story, the same each time. */
export interface Scenario {
  readonly messages: readonly SourceMessage[];
  /** The instant of the overview: a cycle has been marking for 11.2 ms. */
  readonly overviewAtNs: Nanos;
}

/** Wall clock of the session's origin: 14:31:00. */
export const originUnixMs = Date.UTC(2026, 0, 5, 14, 31, 0);
export const trafficAddress = 'http://127.0.0.1:8080';
const target = 'gc-service-1';
const lastNumber = 1842;
const forcedBefore = 2;
const burstAtMs = 61_118;
const forcedAtMs = 64_800;
const memStatsAtMs = 63_292;
const endMs = 68_500;

/** Which probes the source has: none, those that it has by itself, or from 14:31:55 on those of single calls as well. */
export type ScenarioProbes = 'none' | 'light' | 'full';

/**
 * gc-service (go1.26.5, GOGC 100, 4 P) under twelve requests a second: four cycles a second, a burst at :01.118 that
 * makes a cycle assist-heavy, a stop for ReadMemStats at :03.292, and key g at :04.800 that forces a cycle.
 */
export function gcServiceScenario(probes: ScenarioProbes = 'light'): Scenario {
  const run = simulateGcService(endMs, [
    { atMs: burstAtMs, requests: 4, collects: false },
    { atMs: forcedAtMs, requests: 1, collects: true },
  ]);
  const runningAt = run.cycles.findIndex(({ cycle }) => (cycle.markAtNs ?? 0) > 67.05e9);
  const overviewAtNs = nanos((run.cycles[runningAt]?.cycle.markAtNs ?? 0) + 11.2e6);
  const firstNumber = lastNumber - runningAt + 1;
  const messages = [
    ...openingWith(probes),
    ...readingMessages(run, firstNumber),
    ...run.cycles.flatMap((_, index) => cycleMessages(run, { index, number: firstNumber + index, probes })),
    ...trafficMessages(),
    ...(probes === 'none' ? [] : probeMessages(run, { target, full: probes === 'full', memStatsAtMs })),
  ];
  return { messages: messages.toSorted((a, b) => a.atNs - b.atNs), overviewAtNs };
}

/** The model after the scenario's messages up to an instant, by default the overview's. */
export function scenarioModel(
  size: Size,
  options: {
    readonly look?: Look;
    readonly untilNs?: Nanos;
    readonly probes?: ScenarioProbes;
    readonly mayPickAnother?: boolean;
  } = {},
): Model {
  const { probes = 'light' } = options;
  const { messages, overviewAtNs } = gcServiceScenario(probes);
  const untilNs = options.untilNs ?? overviewAtNs;
  const model = createModel({
    size,
    look: options.look ?? { glyphs: 'braille' },
    state: { kind: 'opening' },
    utcOffsetMinutes: 0,
    trafficAddress,
    trafficRate: 12,
    ...(probes === 'none' ? {} : { askedProbes: probes, probeBudget: 0.01 }),
    mayPickAnother: options.mayPickAnother ?? false,
  });
  for (const message of messages) {
    if (message.atNs <= untilNs) update(model, { type: 'source', message });
  }
  update(model, { type: 'observer', cpuShare: 0.009, rss: bytes(61 * 2 ** 20) });
  update(model, { type: 'tick', nowNs: untilNs });
  return model;
}

const openingWith = (probes: ScenarioProbes): readonly SourceMessage[] => [
  { atNs: nanos(0), type: 'opened', format: 1, originUnixMs },
  {
    atNs: nanos(0),
    type: 'target',
    id: target,
    target: {
      name: 'gc-service',
      pid: 48213,
      goVersion: 'go1.26.5',
      source: 'local',
      procs: 4,
      startedAtNs: nanos(-399e9),
    },
    latenessNs: durationNs(100e6),
    capabilities: {
      evidence: 'exact',
      everyCycleWhole: true,
      heap: true,
      calls: probes !== 'none',
      missing: [],
    },
  },
];

const eventsAt = (atNs: Nanos, ...events: readonly GcEvent[]): SourceMessage => ({
  atNs,
  type: 'events',
  target,
  events,
});

function readingMessages({ cycles, readings }: SimulatedRun, firstNumber: number): readonly SourceMessage[] {
  return readings.map((heap) => {
    const ended = cycles.filter(({ cycle }) => cycle.endAtNs <= heap.atNs);
    const forced = ended.filter(({ cycle }) => cycle.trigger === 'forced').length;
    return eventsAt(heap.atNs, {
      ...heapReading(heap, sweptPages({ cycles: ended, atNs: heap.atNs })),
      cycles: firstNumber - 1 + ended.length,
      forcedCycles: forcedBefore + forced,
    });
  });
}

function heapReading(heap: SimulatedHeap, pagesSwept: number): Extract<GcEvent, { kind: 'heap' }> {
  return {
    kind: 'heap',
    atNs: heap.atNs,
    live: bytes(Math.round(heap.live)),
    marked: bytes(Math.round(heap.marked)),
    goal: bytes(Math.round(heap.goal)),
    limit: 'none',
    gcPercent: 100,
    totalAlloc: bytes(Math.round(heap.totalAlloc)),
    pagesInUse: pages(pagesInUse),
    pagesSwept: pages(pagesSwept),
  };
}

const pagesInUse = 6_400;

/** Of the last ended cycle's sweep, which goes on evenly. */
function sweptPages({ cycles, atNs }: { cycles: SimulatedRun['cycles']; atNs: Nanos }): number {
  const last = cycles.at(-1);
  if (last === undefined) return 0;
  const { endAtNs } = last.cycle;
  return Math.round(pagesInUse * Math.min(1, (atNs - endAtNs) / (last.sweepEndNs - endAtNs)));
}

interface OneCycle {
  readonly index: number;
  readonly number: number;
  readonly probes: ScenarioProbes;
}

function cycleMessages(
  { cycles }: SimulatedRun,
  { index, number, probes }: OneCycle,
): readonly SourceMessage[] {
  const simulated = cycles[index];
  if (simulated === undefined) return [];
  const { sweepTermAtNs = nanos(0), markAtNs = nanos(0), markTermAtNs = nanos(0), endAtNs } = simulated.cycle;
  const isAsked = probes !== 'none' && simulated.cycle.trigger === 'forced';
  const cycle = { ...simulated.cycle, number, ...(isAsked ? { forcedBy: forcedByGoid } : {}) };
  const next = cycles[index + 1]?.cycle.sweepTermAtNs ?? nanos(Number.MAX_SAFE_INTEGER);
  const sweepEnd = simulated.sweepEndNs < next ? [phaseAt('off', simulated.sweepEndNs, number)] : [];
  return [
    phaseAt('sweep-termination', sweepTermAtNs, number),
    phaseAt('mark', markAtNs, number),
    phaseAt('mark-termination', markTermAtNs, number),
    eventsAt(endAtNs, { kind: 'cycle', cycle }),
    ...sweepEnd,
  ];
}

const phaseAt = (
  phase: Extract<GcEvent, { kind: 'phase' }>['phase'],
  atNs: Nanos,
  cycle: number,
): SourceMessage => eventsAt(atNs, { kind: 'phase', phase, cycle, atNs });

function trafficMessages(): readonly SourceMessage[] {
  const steady = Array.from({ length: 800 }, (_, index) => answerAt(index * 83.3 + 60, steadyAnswer(index)));
  return [
    ...steady.filter(({ atNs }) => atNs < endMs * 1e6),
    sentAt(burstAtMs, 'b: burst of 4 x /allocate-memory  1,000 x 8,192 B'),
    answerAt(burstAtMs + 127, { button: 'b', requests: 4, lastedMs: 127, slowestMs: 124 }),
    sentAt(forcedAtMs, 'g: /allocate-memory-and-run-gc  1,000 x 8,192 B'),
    answerAt(forcedAtMs + 174, { button: 'g', requests: 1, lastedMs: 174, slowestMs: 174 }),
  ];
}

interface Answer extends Pick<TrafficReport, 'button' | 'requests'> {
  readonly lastedMs: number;
  readonly slowestMs: number;
}

const steadyAnswer = (index: number): Answer => ({
  button: 'rate',
  requests: 1,
  lastedMs: 50 + (index % 11),
  slowestMs: 50 + (index % 11),
});

const sentAt = (ms: number, text: string): SourceMessage => ({
  atNs: nanos(ms * 1e6),
  type: 'note',
  level: 'info',
  code: 'traffic.sent',
  text,
});

function answerAt(ms: number, { button, requests, lastedMs, slowestMs }: Answer): SourceMessage {
  const endedAtNs = nanos(Math.round(ms * 1e6));
  const traffic: TrafficReport = {
    button,
    path: button === 'g' ? '/allocate-memory-and-run-gc' : '/allocate-memory',
    requests,
    failed: 0,
    status: 200,
    startedAtNs: nanos(Math.max(0, Math.round((ms - lastedMs) * 1e6))),
    endedAtNs,
    slowestNs: durationNs(slowestMs * 1e6),
    answer: 'Generated string array with 8192000 bytes of data',
  };
  return {
    atNs: endedAtNs,
    type: 'note',
    level: 'info',
    code: 'traffic.answer',
    text: `${button}: 200`,
    traffic,
  };
}
