import { GctopError } from '../../error.js';
import type { Capabilities, Target, TargetId } from '../../gc/stream.js';
import { durationNs, type Nanos, nanos } from '../../gc/units.js';
import type { Clock } from '../../system/clock.js';
import type { Draft } from '../order.js';
import { LocalProbes } from './local-probes.js';
import { type Probing, tryProbe } from './probing.js';
import { type LocalProcess, noSuchProcess, openProcess } from './process.js';
import { placeOf } from './runtime-place.js';
import { RuntimeReader } from './runtime-reader.js';
import type { Sample } from './sample.js';
import { checkSanity } from './sanity.js';

export interface AttachOptions {
  readonly pid: number;
  readonly clock: Clock;
  /** Whether probes may be placed. */
  readonly isProbed: boolean;
  /** The share of one core that the probes of single calls may take from the program. */
  readonly probeBudget: number;
  /** What the target is called in the stream. @default `local:PID` */
  readonly target?: TargetId;
}

/** A program that can be watched. */
export interface Attached {
  readonly target: TargetId;
  /** As the runtime spells it. */
  readonly goVersion: string;
  readonly reader: RuntimeReader;
  readonly probes: LocalProbes | undefined;
  /** When the program started up; undefined where that is not known, or too long ago to be told. */
  readonly initAtNs: Nanos | undefined;
  readonly first: Sample;
  /** Tells the target, with its GOMAXPROCS once that is known. */
  describe(procs: number | undefined): Draft;
  /** What else there is to say at the beginning. */
  readonly news: readonly Draft[];
  /** Leaves no probe and no handle; may be called again. Throws TRACEFS. */
  release(): Promise<void>;
}

/**
 * Opens a program and takes the first look. The probe comes before it, so that no cycle between the two is missed.
 * Throws what openProcess throws, and UNKNOWN_LAYOUT.
 */
export async function attach(options: AttachOptions, signal: AbortSignal): Promise<Attached> {
  const { pid, clock, probeBudget: budget, target = `local:${pid}` } = options;
  const watched = openProcess(pid);
  let probing: Probing | undefined;
  const release = async () => {
    try {
      await probing?.probes?.remove();
    } finally {
      watched.memory.close();
    }
  };
  try {
    const { originMonotonicNs } = clock;
    const place = placeOf(watched.program, watched.loadBias);
    const reader = new RuntimeReader(watched.memory, place, originMonotonicNs);
    const startedUp = await whenStartedUp(reader, { clock, signal });
    const initAtNs = sinceOrigin(startedUp, originMonotonicNs);
    const add = (tracefs: string, initTime: bigint) =>
      new LocalProbes({ target, tracefs, watched, place, initTime, originMonotonicNs, budget });
    probing = await tryProbe(options.isProbed, startedUp, add);
    const first = await firstSample(reader, pid, { clock, signal });
    checkSanity(first, watched.program.goVersion);
    const { probes, missing } = probing;
    const describe = describer(target, watched, { initAtNs, probed: probes !== undefined, missing });
    const { goVersion } = watched.program;
    return {
      target,
      goVersion,
      reader,
      probes,
      initAtNs,
      first,
      describe,
      news: probing.news(target),
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A program that was started a moment ago has not set runtimeInitTime yet; undefined if it never does. */
async function whenStartedUp(reader: RuntimeReader, { clock, signal }: Waiting): Promise<bigint | undefined> {
  for (let tries = 0; tries < 500 && reader.cycles() !== undefined; tries++) {
    const initTime = reader.initTime();
    if (initTime !== undefined || !reader.knowsInit) return initTime;
    await clock.sleep(2, signal);
  }
  return undefined;
}

/** A nanotime as a point of the session; undefined when it is more than 104 days (2^53 ns) away from its origin. */
function sinceOrigin(time: bigint | undefined, originMonotonicNs: bigint): Nanos | undefined {
  const sinceNs = time === undefined ? Number.NaN : Number(time - originMonotonicNs);
  return Number.isSafeInteger(sinceNs) ? nanos(sinceNs) : undefined;
}

/** A program that collects all the time may need a few looks until one falls between two cycles' ends. */
async function firstSample(reader: RuntimeReader, pid: number, { clock, signal }: Waiting): Promise<Sample> {
  for (let tries = 0; tries < 200; tries++) {
    const sample = reader.sample(() => clock.nowNs());
    if (sample === 'ended') throw noSuchProcess(pid);
    if (sample !== 'unsettled') return sample;
    await clock.sleep(1, signal);
  }
  throw new GctopError(
    'UNKNOWN_LAYOUT',
    "the program's memory does not look like a Go runtime's: it never settles",
    {
      hint: 'the program may be built with a changed Go runtime; report it with the output of `go version -m`',
    },
  );
}

interface Known {
  readonly initAtNs: Nanos | undefined;
  readonly probed: boolean;
  readonly missing: readonly string[];
}

function describer(
  id: string,
  { name, pid, program }: LocalProcess,
  { initAtNs, probed, missing }: Known,
): Attached['describe'] {
  const capabilities: Capabilities = {
    evidence: 'exact',
    everyCycleWhole: probed,
    heap: true,
    calls: probed,
    missing,
  };
  return (procs) => {
    const target: Target = {
      name,
      pid,
      goVersion: program.goVersion,
      source: 'local',
      ...(procs === undefined ? {} : { procs }),
      ...(initAtNs === undefined ? {} : { startedAtNs: initAtNs }),
    };
    return { type: 'target', id, target, latenessNs: durationNs(latenessNs), capabilities };
  };
}

/** The sampling interval, what a missing record is waited for, and room for a busy machine. */
const latenessNs = 500e6;
