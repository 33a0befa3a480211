import { type GcCycle, markNs } from '../gc/cycle.js';
import type { HeapReading } from '../gc/event.js';
import { type Bytes, bytes, durationNs, type Nanos, nanos } from '../gc/units.js';
import { longestStopNs, stopsAreSummed } from './cycle-stops.js';
import { expectedNextIn } from './forecast.js';
import type { CycleRow, Model } from './model.js';
import { pacerTells } from './probe-set.js';
import type { GaugeSeries } from './series.js';

export { gcShareOf } from './gc-share.js';

/** What the figures of the header, of Pauses and of the worst cycles cover. */
export const figuresWindowNs = durationNs(60e9);

/** The figures of the header; undefined is not known. */
export interface GcSummary {
  readonly cyclesPerSecond: number | undefined;
  /** The runtime's count of cycles since the program began, and how many of them were forced. */
  readonly total: number | undefined;
  readonly forced: number | undefined;
  /** Forced ones since gctop came, where nobody can know of those before. */
  readonly forcedSeen: number | undefined;
  /** Shares of the window's CPU time on all Ps, without what idle Ps gave. A cycle that cannot say counts as the mean. */
  readonly gcCpuShare: number | undefined;
  readonly assistShare: number | undefined;
  /** Share of the window in which the world stood still, whoever stopped it. */
  readonly stoppedShare: number | undefined;
  readonly live: Bytes | undefined;
  readonly goal: Bytes | 'none' | undefined;
  readonly marked: Bytes | undefined;
  /** As the runtime stores it or its pacer sets it; undefined where neither is known. */
  readonly trigger: Bytes | undefined;
  /** Live heap as a share of the goal. */
  readonly goalShare: number | undefined;
  /** A forecast from the last seconds' allocation; undefined while a cycle runs. */
  readonly expectedNextInNs: Nanos | undefined;
}

/** The figures of the 60 s that end at an instant, or of the time since gctop came where that is shorter. */
export function gcSummary(model: Readonly<Model>, atNs: Nanos): GcSummary {
  const { fromNs, knownNs } = figuresWindow(model, atNs);
  const rows = model.cycles.endedBetween(fromNs, atNs);
  const heap = heapFigures(model, atNs);
  const stops = model.stops.summary(atNs);
  return {
    cyclesPerSecond: knownNs < shortestRateNs ? undefined : (rows.length / knownNs) * 1e9,
    ...cycleCounts(model, atNs),
    gcCpuShare: cpuShare(model, rows, { knownNs, part: busyNs }),
    assistShare: cpuShare(model, rows, { knownNs, part: (cycle) => cycle.cpu?.assistNs }),
    stoppedShare: knownNs < shortestRateNs ? undefined : stops.sumNs / knownNs,
    ...heap,
    goalShare:
      heap.live === undefined || typeof heap.goal !== 'number' || heap.goal === 0
        ? undefined
        : heap.live / heap.goal,
    expectedNextInNs: expectedNextIn(model, atNs, heap),
  };
}

export interface WorstCycles {
  readonly longestStop: CycleRow | undefined;
  /** Longest mark, where nobody had to assist. */
  readonly mostAssist: CycleRow | undefined;
}

/** The cycles of the last 60 s with the longest stop, or stops where they are told summed, and with most assist. */
export function worstCycles(model: Readonly<Model>, atNs: Nanos): WorstCycles {
  const rows = model.cycles.endedBetween(figuresWindow(model, atNs).fromNs, atNs);
  const summed = stopsAreSummed(model);
  return {
    longestStop: largest(rows, (cycle) => longestStopNs(cycle, summed)),
    mostAssist: largest(rows, (cycle) => cycle.cpu?.assistNs) ?? largest(rows, markNs),
  };
}

/** Below this a rate would say more of the moment than of the program. */
const shortestRateNs = 1e9;

function figuresWindow(model: Readonly<Model>, atNs: Nanos): { fromNs: Nanos; knownNs: number } {
  const attached = model.attachedAtNs ?? atNs;
  // In a full log the oldest cycle that is kept bounds what can be counted.
  const keptFrom =
    model.cycles.length < model.cycles.total ? (model.cycles.oldestEndNs ?? attached) : attached;
  const fromNs = nanos(Math.min(atNs, Math.max(atNs - figuresWindowNs, attached, keptFrom)));
  const unknownNs = model.gaps.reduce(
    (total, gap) => total + Math.max(0, Math.min(gap.toNs, atNs) - Math.max(gap.fromNs, fromNs)),
    0,
  );
  return { fromNs, knownNs: Math.max(0, atNs - fromNs - unknownNs) };
}

function cycleCounts(
  model: Readonly<Model>,
  atNs: Nanos,
): Pick<GcSummary, 'total' | 'forced' | 'forcedSeen'> {
  const { cycles, heap } = model;
  const reading = heap.latest;
  const later = cycles.newest(cycles.length - cycles.countUpTo(atNs));
  const last = cycles.lastUpTo(atNs)?.cycle.number;
  const laterForced = later.filter(({ cycle }) => cycle.trigger === 'forced').length;
  const forced = reading?.forcedCycles ?? forcedCounted(model);
  const upToThen = (count: number | undefined): number | undefined =>
    count === undefined ? undefined : Math.max(0, count - laterForced);
  return {
    total: last ?? (reading?.cycles === undefined ? undefined : Math.max(0, reading.cycles - later.length)),
    forced: upToThen(forced),
    forcedSeen: upToThen(forced === undefined ? forcedSeen(model) : undefined),
  };
}

/** Counted here, where every cycle was seen whole from the program's first one on. */
function forcedCounted({ cycles, target }: Readonly<Model>): number | undefined {
  // Numbers that are derived can agree by chance.
  const isWhole = target?.capabilities.everyCycleWhole === true && target.capabilities.evidence !== 'derived';
  return isWhole && cycles.total > 0 && cycles.last?.cycle.number === cycles.total
    ? cycles.forcedTotal
    : undefined;
}

function forcedSeen({ cycles, target, attachedAtNs }: Readonly<Model>): number | undefined {
  return target?.capabilities.evidence === 'derived' && attachedAtNs !== undefined
    ? cycles.forcedTotal
    : undefined;
}

/** What the collector took from the program: all but the help of idle Ps. */
const busyNs = ({ cpu }: GcCycle): number | undefined =>
  cpu === undefined
    ? undefined
    : cpu.sweepTermNs + cpu.assistNs + cpu.dedicatedNs + (cpu.fractionalNs ?? 0) + cpu.markTermNs;

function cpuShare(
  model: Readonly<Model>,
  rows: readonly CycleRow[],
  { knownNs, part }: { knownNs: number; part: (cycle: GcCycle) => number | undefined },
): number | undefined {
  if (knownNs < shortestRateNs) return undefined;
  const procs = rows.at(-1)?.cycle.procs ?? model.target?.target.procs;
  // Probes tell how long a cycle ran, not what it cost.
  if (model.target?.capabilities.evidence === 'derived') return undefined;
  if (rows.length === 0) return 0;
  if (procs === undefined || procs === 0) return undefined;
  const parts = rows.map(({ cycle }) => part(cycle)).filter((ns) => ns !== undefined);
  if (parts.length === 0) return undefined;
  const mean = parts.reduce((sum, ns) => sum + ns, 0) / parts.length;
  return Math.min(1, (mean * rows.length) / (knownNs * procs));
}

type HeapFigures = Pick<GcSummary, 'live' | 'goal' | 'marked' | 'trigger'>;

function heapFigures(model: Readonly<Model>, atNs: Nanos): HeapFigures {
  const { heap } = model;
  const reading = heap.latest;
  if (reading === undefined) return { live: undefined, ...toldFigures(model, atNs) };
  const isPast = reading.atNs > atNs;
  const goal = toBytes(heap.goal.at(atNs));
  return {
    live: toBytes(heap.live.at(atNs)),
    goal: isPast ? goal : (reading.goal ?? goal),
    marked: toBytes(heap.marked.at(atNs)),
    trigger: triggerFigure(model, atNs, reading),
  };
}

/** Where the next cycle starts: stored beside the heap (up to Go 1.18), or told by the pacer. Without a goal: never. */
function triggerFigure(model: Readonly<Model>, atNs: Nanos, reading: HeapReading): Bytes | undefined {
  const isPast = reading.atNs > atNs;
  if (reading.trigger !== undefined && !isPast) return reading.trigger;
  const isTold = reading.trigger !== undefined || (reading.goal !== 'none' && pacerTells(model));
  return isTold ? toBytes(model.heap.trigger.at(atNs)) : undefined;
}

/** What the pacer told, else the last cycle, needs no reading; without one nobody knows what is live. */
function toldFigures({ heap, cycles, target }: Readonly<Model>, atNs: Nanos): Omit<HeapFigures, 'live'> {
  const last = cycles.lastUpTo(atNs)?.cycle;
  // Where readings are to come, what was told before them is of no use.
  const isTold = target?.capabilities.heap === false;
  const told = (series: GaugeSeries): Bytes | undefined => (isTold ? toBytes(series.at(atNs)) : undefined);
  return {
    goal: told(heap.goal) ?? last?.heapGoal,
    marked: told(heap.marked) ?? last?.heapMarked,
    trigger: told(heap.trigger),
  };
}

const toBytes = (value: number | undefined): Bytes | undefined =>
  value === undefined ? undefined : bytes(value);

function largest(
  rows: readonly CycleRow[],
  figure: (cycle: GcCycle) => number | undefined,
): CycleRow | undefined {
  let worst: CycleRow | undefined;
  let most = 0;
  for (const row of rows) {
    const value = figure(row.cycle);
    if (value === undefined || value <= most) continue;
    worst = row;
    most = value;
  }
  return worst;
}
