import type { GcEvent, PauseReason } from '../../gc/event.js';
import type { LightProbe } from '../../gc/probe.js';
import { bytes, durationNs, nanos } from '../../gc/units.js';
import { argumentAt, goroutineAtEntry, hasGoroutine } from './call-fetches.js';
import type { RuntimePlace } from './runtime-place.js';
import type { Hit, UprobePlan } from './uprobe-group.js';
import { type ProbedProcess, verifiedSite } from './verified-site.js';

/**
 * The probes of tier C, each named after its function: what stands behind each cycle, a few hits a cycle. Those that a
 * release has: runtime.GC where the program calls it; from Go 1.18 on the pacer's last step, before that the
 * trigger lies in memory; from Go 1.21 on the stops of the world that are not the collector's, which say why they are.
 * Throws TRACEFS where a site's bytes are not what they were.
 */
export function causePlans(watched: ProbedProcess, place: RuntimePlace): readonly UprobePlan[] {
  const { goMinor: minor, layout, addresses } = place;
  const { probeSites, knowsGoroutines } = watched.program;
  const plans: UprobePlan[] = [];
  const add = (probe: LightProbe, args: readonly string[], filter?: string) => {
    const entry = probeSites.get(probe)?.entry;
    if (entry === undefined) return;
    const { fileOffset } = verifiedSite(watched, entry);
    plans.push({ event: probe, fileOffset, args, ...(filter === undefined ? {} : { filter }) });
  };
  const global = (struct: 'work' | 'gcController', offset: number) =>
    `@0x${(addresses[struct] + offset).toString(16)}`;
  const asking = probeSites.get('GC');
  if (knowsGoroutines && asking !== undefined && hasGoroutine(asking.entry, minor)) {
    const { g, curg, goid } = goroutineAtEntry({ minor, layout });
    const started = `started=${global('work', layout.work.cycles)}:u32`;
    add('GC', [started, `g=${g}:u64`, `curg=${curg}:u64`, `goid=${goid}:u64`]);
  }
  const { heapMarked } = layout.gcController;
  if (minor >= 18 && heapMarked !== undefined) {
    const trigger = `trigger=${argumentAt(minor, 0)}:u64`;
    add('gcPaceSweeper', [trigger, `marked=${global('gcController', heapMarked)}:u64`]);
  }
  // worldStop{reason, startedStopping, finishedStopping, ...} (runtime/proc.go): Go 1.22 hands it on, 1.23 with all times.
  if (minor === 21) {
    add('stopTheWorldWithSema', [`reason=${argumentAt(minor, 0)}:u8`], isForeign);
    add('startTheWorldWithSema', [`sp=%sp:u64`]);
  } else if (minor >= 22) {
    const stop = [`reason=${argumentAt(minor, 1)}:u8`, `began=${argumentAt(minor, 2)}:u64`];
    const stopped = minor >= 23 ? [`stopped=${argumentAt(minor, 3)}:u64`] : [];
    add('startTheWorldWithSema', [...stop, ...stopped], isForeign);
  }
  return plans;
}

/** stwGCMarkTerm and stwGCSweepTerm (runtime/proc.go, Go 1.21 to 1.27) are the collector's own. */
const isForeign = 'reason != 1 && reason != 2';

/** By stwReason's numbers, the same from Go 1.21 to 1.27; those behind 11 exist in the runtime's own tests alone. */
const stopReasons: Readonly<Record<number, PauseReason>> = {
  3: 'write-heap-dump',
  4: 'goroutine-profile',
  5: 'goroutine-profile-cleanup',
  6: 'all-goroutines-stack-trace',
  7: 'read-mem-stats',
  8: 'all-threads-syscall',
  9: 'gomaxprocs',
  10: 'start-trace',
  11: 'stop-trace',
};

/** Turns the hits of tier C into events, and remembers who asked for which cycle. */
export class CauseReader {
  readonly #originNs: bigint;
  /** The goroutine that asked first, by the number of the cycle that it waits for. */
  readonly #askers = new Map<number, number>();
  /** Go 1.21: the stop that is under way. */
  #stop: { readonly atNs: number; readonly reason: PauseReason } | undefined;

  constructor(originNs: bigint) {
    this.#originNs = originNs;
  }

  /** The event that a hit tells of by itself. Hits come in the order of time. */
  take(hit: Hit): GcEvent | undefined {
    switch (hit.event) {
      case 'GC':
        this.#asked(hit);
        return undefined;
      case 'gcPaceSweeper':
        return paceOf(hit);
      case 'stopTheWorldWithSema':
        this.#stop = { atNs: hit.atNs, reason: reasonOf(hit) };
        return undefined;
      default:
        return this.#started(hit);
    }
  }

  /** The goroutine that asked for a cycle with runtime.GC(), by its number; those before it are forgotten. */
  asker(cycle: number): number | undefined {
    const goid = this.#askers.get(cycle);
    for (const number of this.#askers.keys()) if (number <= cycle) this.#askers.delete(number);
    return goid;
  }

  /** runtime.GC waits for the cycle that may be under way, work.cycles, and asks for the one behind it. */
  #asked(hit: Hit): void {
    const [started, g, curg, goid] = ['started', 'g', 'curg', 'goid'].map((name) => hit.number(name));
    // A goroutine of its own calls it, so the thread's current goroutine is that one: where it is not, nothing is read.
    if (started === undefined || goid === undefined || g !== curg || !(goid > 0)) return;
    if (!this.#askers.has(started + 1)) this.#askers.set(started + 1, goid);
    if (this.#askers.size > mostAsked) this.#askers.delete([...this.#askers.keys()][0] ?? 0);
  }

  /**
   * A stop ends as startTheWorldWithSema is entered: a few microseconds before the last goroutine runs again. Only stops
   * that are not the collector's come here, but for Go 1.21, where all do.
   */
  #started(hit: Hit): GcEvent | undefined {
    const began = hit.bits('began');
    if (began === undefined) {
      const stop = this.#stop;
      this.#stop = undefined;
      return stop && pauseOf(stop.reason, stop.atNs, hit.atNs);
    }
    const beganNs = Number(began - this.#originNs);
    const stopped = hit.bits('stopped');
    const stoppingNs = stopped === undefined ? undefined : Number(stopped - began);
    return pauseOf(reasonOf(hit), beganNs, hit.atNs, stoppingNs);
  }
}

/** More goroutines never wait for different cycles: two, the running and the next. */
const mostAsked = 64;

const reasonOf = (hit: Hit): PauseReason => stopReasons[hit.number('reason') ?? 0] ?? 'other';

/** Undefined where the times cannot be: what they were read from was not what it was taken for. */
function pauseOf(
  reason: PauseReason,
  beganNs: number,
  endNs: number,
  stoppingNs?: number,
): GcEvent | undefined {
  const isPossible = beganNs <= endNs && endNs - beganNs < longestStopNs;
  if (!isPossible) return undefined;
  const stopping =
    stoppingNs !== undefined && stoppingNs >= 0 && stoppingNs <= endNs - beganNs
      ? { stoppingNs: durationNs(stoppingNs) }
      : {};
  return {
    kind: 'pause',
    reason,
    atNs: nanos(beganNs),
    durationNs: durationNs(endNs - beganNs),
    ...stopping,
  };
}

const longestStopNs = 600e9;

/**
 * gcPaceSweeper(trigger), right after the commit of the pacer (gcControllerCommit, runtime/mgcpacer.go): the heap at which
 * the next cycle starts; all ones where none ever will.
 */
function paceOf(hit: Hit): GcEvent | undefined {
  const [trigger, marked] = [hit.number('trigger'), hit.number('marked')];
  if (trigger === undefined || !Number.isSafeInteger(trigger)) return undefined;
  const isKnown = marked !== undefined && Number.isSafeInteger(marked);
  return {
    kind: 'pace',
    atNs: nanos(hit.atNs),
    triggerBytes: bytes(trigger),
    ...(isKnown ? { markedBytes: bytes(marked) } : {}),
    // Below what is marked already (a memory limit does that) the next cycle is due at once.
    ...(isKnown && marked > 0 ? { triggerRatio: Math.max(0, trigger / marked - 1) } : {}),
  };
}
