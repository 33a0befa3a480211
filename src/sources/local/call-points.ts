import type { FunctionSites, ProbeSite } from '../../binary/probe-site.js';
import { GctopError } from '../../error.js';
import { functionName, type ProbeName } from '../../gc/probe.js';
import {
  type Fetch,
  type GoroutineFetch,
  goroutineAtEntry,
  goroutineAtReturn,
  hasGoroutine,
  type ProbedFunction,
  probedFunctions,
  type Release,
} from './call-fetches.js';
import type { Caller, Edge } from './pair-calls.js';
import type { RuntimePlace } from './runtime-place.js';
import type { Hit, UprobePlan } from './uprobe-group.js';
import { type ProbedProcess, verifiedSite } from './verified-site.js';

/** One uprobe of tier D, and what its firing means. */
export interface CallPoint {
  readonly probe: ProbeName;
  readonly at: Edge['at'];
  /** Of the instruction, in memory: it tells points of one event apart. */
  readonly address: number;
  readonly plan: UprobePlan;
  readonly fetches: readonly Fetch[];
  /** Whether it is known there which goroutine came by. */
  readonly knowsCaller: boolean;
  /** Whether the kernel emulates the instruction, or single-steps it. */
  readonly isEmulated: boolean;
}

/** What can be probed of a program's single calls. */
export interface CallPoints {
  /** At the functions' entries, and at their return instructions. */
  readonly points: readonly CallPoint[];
  /** Functions that the program does not have. */
  readonly missing: readonly ProbeName[];
  readonly refused: readonly Refused[];
}

/** A function of which a site's bytes are not what they were. */
export interface Refused {
  readonly probe: ProbeName;
  readonly why: string;
}

/** The functions that run hundreds of times a cycle. The others, which run a few times, share their events. */
export const frequentCalls: ReadonlySet<ProbeName> = new Set([
  'allocSpan',
  'sweepone',
  'gcDrainN',
  'gcAssistAlloc1',
]);

/** The probes of tier D; a function one of whose sites is refused has none. */
export function callPoints(watched: ProbedProcess, { goMinor: minor, layout }: RuntimePlace): CallPoints {
  const release: Release = { minor, layout };
  const found = { points: [] as CallPoint[], missing: [] as ProbeName[], refused: [] as Refused[] };
  for (const each of probedFunctions(release)) {
    const { probe } = each;
    const sites = watched.program.probeSites.get(functionName(each));
    if (sites === undefined) {
      found.missing.push(probe);
      continue;
    }
    try {
      found.points.push(...pointsOf(watched, release, { ...each, sites }));
    } catch (error) {
      if (!(error instanceof GctopError)) throw error;
      found.refused.push({ probe, why: error.message });
    }
  }
  return found;
}

interface SitedFunction extends ProbedFunction {
  readonly sites: FunctionSites;
}

/** Throws TRACEFS where a site's bytes are not what they were. */
function pointsOf(
  watched: ProbedProcess,
  release: Release,
  { probe, atEntry, atReturn, sites }: SitedFunction,
): readonly CallPoint[] {
  const { knowsGoroutines } = watched.program;
  const pointAt = (at: Edge['at'], site: ProbeSite, caller: GoroutineFetch | undefined): CallPoint => {
    const { fileOffset, isEmulated, address } = verifiedSite(watched, site);
    const fetches = at === 'entry' ? atEntry : atReturn;
    return {
      probe,
      at,
      address: address + watched.loadBias,
      plan: { event: eventOf(probe, at), fileOffset, args: argsOf(caller, fetches) },
      fetches,
      knowsCaller: caller !== undefined,
      isEmulated,
    };
  };
  const isTold = knowsGoroutines && hasGoroutine(sites.entry, release.minor);
  const entry = pointAt('entry', sites.entry, isTold ? goroutineAtEntry(release) : undefined);
  const returning = knowsGoroutines ? goroutineAtReturn(release) : undefined;
  return [entry, ...sites.returns.map((site) => pointAt('return', site, returning))];
}

/**
 * To take an event out of a program's way takes the kernel some 50 ms, however many places it has: so only what may have to
 * go by itself is one.
 */
const eventOf = (probe: ProbeName, at: Edge['at']): string =>
  `${frequentCalls.has(probe) ? probe : 'calls'}_${at}`;

/** All places of one event fetch values of the same names and widths: what there is none of is filled up. */
function argsOf(caller: GoroutineFetch | undefined, fetches: readonly Fetch[]): readonly string[] {
  const { curg = filler, goid = filler, stackEnd = filler } = caller ?? {};
  const values = slots.map((slot, i) => `${slot}=${fetches[i]?.from ?? filler}:u64`);
  return ['sp=%sp:u64', `curg=${curg}:u64`, `goid=${goid}:u64`, `stackEnd=${stackEnd}:u64`, ...values];
}

const filler = '%sp';
const slots = ['v0', 'v1'] as const;

/** Where the instruction is that was hit. */
export const addressOf = (hit: Hit): number => hit.number('__probe_ip') ?? 0;

/** What the kernel recorded at a point. */
export const edgeOf = (hit: Hit, { probe, at, fetches, knowsCaller }: CallPoint): Edge => ({
  probe,
  at,
  atNs: hit.atNs,
  tid: hit.tid,
  sp: hit.bits('sp') ?? 0n,
  caller: knowsCaller ? callerOf(hit) : undefined,
  values: Object.fromEntries(fetches.flatMap((fetch, i) => fetchedIn(fetch, hit.bits(slots[i] ?? '')))),
});

/** Where a thread has no goroutine the kernel cannot read its number: the record then holds what was there before. */
function callerOf(hit: Hit): Caller | undefined {
  const [curg, stackEnd, sp] = [hit.bits('curg'), hit.bits('stackEnd'), hit.bits('sp')];
  const goid = hit.number('goid');
  if (curg === undefined || goid === undefined || stackEnd === undefined || sp === undefined)
    return undefined;
  return { goid: curg === 0n ? 0 : goid, depth: stackEnd - sp };
}

/** A value that is too large for a number is left out. */
function fetchedIn({ name, as }: Fetch, bits: bigint | undefined): readonly (readonly [string, number])[] {
  if (bits === undefined) return [];
  if (as === 'u32') return [[name, Number(bits & 0xffff_ffffn)]];
  if (as === 's64') {
    const value = Number(BigInt.asIntN(64, bits));
    return Number.isSafeInteger(value) ? [[name, value]] : [];
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  const value = view.getFloat64(0);
  return Number.isFinite(value) ? [[name, value]] : [];
}
