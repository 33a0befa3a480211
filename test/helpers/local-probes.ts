import type { GcEvent } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { bytes, durationNs, type Nanos, nanos, workUnits } from '../../src/gc/units.js';
import type { SimulatedRun } from './gc-service-run.js';

/** Who called runtime.GC in the scenario. */
export const forcedByGoid = 5_218;
/** When the probes of single calls were asked for, and when the dearest of them was taken off. */
const fullAtNs = nanos(55e9);
const droppedAtNs = nanos(58.2e9);
const endNs = 68.5e9;

export interface ProbedScenario {
  readonly target: string;
  readonly full: boolean;
  readonly memStatsAtMs: number;
}

/**
 * What the local source's probes tell of a run: how they stand, what the pacer set at the end of each cycle, a stop for
 * ReadMemStats; in full also single calls, sums of those that are too many, and one that was taken off.
 */
export function probeMessages(run: SimulatedRun, scenario: ProbedScenario): readonly SourceMessage[] {
  const { target, full, memStatsAtMs } = scenario;
  const eventsAt = (atNs: Nanos, ...events: readonly GcEvent[]): SourceMessage => ({
    atNs,
    type: 'events',
    target,
    events,
  });
  const stopAtNs = nanos(memStatsAtMs * 1e6);
  const stop: GcEvent = {
    kind: 'pause',
    reason: 'read-mem-stats',
    atNs: nanos(stopAtNs - 38_000),
    durationNs: durationNs(38_000),
    stoppingNs: durationNs(5_000),
  };
  return [
    ...lightProbes.flatMap((probe) => standings(run, target, probe)),
    ...run.cycles.map(({ cycle }) => eventsAt(cycle.endAtNs, paceOf(cycle))),
    eventsAt(stopAtNs, stop),
    ...(full ? fullMessages(run, { target, eventsAt }) : []),
  ];
}

interface ProbeStory {
  readonly probe: string;
  readonly fromNs: Nanos;
  readonly untilNs: number;
  readonly hitsPerCycle: number;
  readonly hitsPerSecond: number;
  readonly costNs: number;
}

const story = (
  probe: string,
  hits: Partial<Pick<ProbeStory, 'hitsPerCycle' | 'hitsPerSecond' | 'fromNs' | 'untilNs' | 'costNs'>>,
): ProbeStory => ({
  probe,
  fromNs: nanos(0),
  untilNs: endNs,
  hitsPerCycle: 0,
  hitsPerSecond: 0,
  costNs: 560,
  ...hits,
});

const lightProbes: readonly ProbeStory[] = [
  story('cycle', { hitsPerCycle: 1, costNs: 1_900 }),
  story('GC', {}),
  story('gcPaceSweeper', { hitsPerCycle: 1 }),
  story('stopTheWorldWithSema', { hitsPerCycle: 2 }),
  story('startTheWorldWithSema', { hitsPerCycle: 2 }),
];

const fullProbes: readonly ProbeStory[] = [
  story('gcWaitOnMark', { fromNs: fullAtNs }),
  story('gcSweep', { fromNs: fullAtNs, hitsPerCycle: 1 }),
  story('allocSpan', { fromNs: fullAtNs, untilNs: droppedAtNs, hitsPerSecond: 31_000 }),
  story('sweepone', { fromNs: fullAtNs, hitsPerSecond: 2_480 }),
  story('gcDrainN', { fromNs: fullAtNs, hitsPerCycle: 3 }),
  story('gcAssistAlloc1', { fromNs: fullAtNs, hitsPerCycle: 4 }),
];

/** It is in place, and its hits are told once a second. */
function standings({ cycles }: SimulatedRun, target: string, told: ProbeStory): readonly SourceMessage[] {
  const { probe, fromNs, untilNs, costNs } = told;
  const of = (atNs: Nanos, hits: number): SourceMessage => ({
    atNs,
    type: 'probe',
    target,
    probe,
    state: 'running',
    attempt: 1,
    hits,
    costNs,
  });
  const messages: SourceMessage[] = [];
  for (let atNs: number = fromNs; atNs < untilNs; atNs += 1e9) {
    const ended = cycles.filter(({ cycle }) => cycle.endAtNs > fromNs && cycle.endAtNs <= atNs).length;
    const hits = ended * told.hitsPerCycle + ((atNs - fromNs) / 1e9) * told.hitsPerSecond;
    messages.push(of(nanos(atNs), Math.round(hits)));
  }
  return messages;
}

type Cycle = SimulatedRun['cycles'][number]['cycle'];

/** As the simulation sets it: 88.5 % of the way from marked to a goal of 2.02 times that. */
function paceOf({ heapMarked = bytes(0), markTermAtNs = nanos(0) }: Cycle): GcEvent {
  const triggerBytes = bytes(Math.round(heapMarked * (1 + 0.885 * 1.02)));
  const triggerRatio = triggerBytes / heapMarked - 1;
  return { kind: 'pace', atNs: nanos(markTermAtNs + 20_000), triggerBytes, triggerRatio };
}

interface Telling {
  readonly target: string;
  eventsAt(atNs: Nanos, ...events: readonly GcEvent[]): SourceMessage;
}

function fullMessages(run: SimulatedRun, { target, eventsAt }: Telling): readonly SourceMessage[] {
  const cycles = run.cycles.map(({ cycle }) => cycle).filter(({ endAtNs }) => endAtNs > fullAtNs);
  const sums: SourceMessage[] = [];
  for (let atNs = fullAtNs + 0.5e9; atNs < endNs; atNs += 0.5e9)
    sums.push(eventsAt(nanos(atNs), ...sweepsUntil(atNs)));
  const dropped: SourceMessage = {
    atNs: droppedAtNs,
    type: 'probe',
    target,
    probe: 'allocSpan',
    state: 'dropped',
    attempt: 1,
    detail: 'over the budget: 31,000 hits a second at 560 ns are 1.7 % of a core',
  };
  return [
    ...fullProbes.flatMap((probe) => standings(run, target, probe)),
    ...cycles.map((cycle) => eventsAt(cycle.endAtNs, ...callsOf(cycle))),
    ...sums,
    dropped,
  ];
}

/** Half a second of the sweeper, added up: the pages are told as work beside it. */
function sweepsUntil(atNs: number): readonly GcEvent[] {
  const timed = { atNs: nanos(atNs - 0.5e9), durationNs: durationNs(0.5e9) };
  return [
    {
      kind: 'calls',
      probe: 'sweepone',
      calls: 1_240,
      args: {},
      result: 3_022,
      longestNs: durationNs(4_200),
      ...timed,
    },
  ];
}

/** The single calls of one cycle, and the work that assists owed and did in it. */
function callsOf({ trigger, markAtNs = nanos(0), markTermAtNs = nanos(0) }: Cycle): readonly GcEvent[] {
  const midNs = nanos(Math.round((markAtNs + markTermAtNs) / 2));
  const goid = 5_190;
  const owed = workUnits(65_536);
  const done = workUnits(64_112);
  const took = durationNs(91_000);
  const events: GcEvent[] = [
    { kind: 'call', probe: 'gcAssistAlloc1', args: { scanWork: owed }, goid, atNs: midNs, durationNs: took },
    {
      kind: 'call',
      probe: 'gcDrainN',
      args: { scanWorkRequested: owed },
      result: done,
      goid,
      atNs: nanos(midNs + 1_000),
      durationNs: durationNs(88_000),
    },
    { kind: 'assist', calls: 1, work: owed, atNs: midNs, durationNs: took },
    { kind: 'mark', calls: 1, work: done, atNs: nanos(midNs + 1_000), durationNs: durationNs(88_000) },
    { kind: 'call', probe: 'gcSweep', args: {}, atNs: nanos(markTermAtNs + 15_000) },
  ];
  if (trigger !== 'forced') return events;
  const by = { goid: forcedByGoid };
  return [{ kind: 'call', probe: 'GC', args: {}, ...by, atNs: nanos(markAtNs - 40_000) }, ...events];
}
