import type { GoVersion } from '../../src/binary/go-version.js';
import type { Layout } from '../../src/binary/layouts.js';
import type { ProbeName } from '../../src/gc/probe.js';
import type { Caller, Edge } from './pair-calls.js';
import { findProbeSites, type ProgramToProbe } from './probe-sites.js';
import { type Fetch, goroutineAtEntry, goroutineAtReturn, probedFunctions } from './probed-function.js';
import type { Hit, UprobePlan } from './trace-instance.js';

/** One uprobe, and what its firing means: a function is entered, or returns by one of its return instructions. */
export interface ProbePoint {
  readonly plan: UprobePlan;
  readonly probe: ProbeName;
  readonly at: Edge['at'];
  readonly fetches: readonly Fetch[];
}

/** The probes that see every call of the collector's functions. */
export async function findProbePoints(
  program: ProgramToProbe,
  release: { readonly version: GoVersion; readonly layout: Layout },
): Promise<readonly ProbePoint[]> {
  const { version, layout } = release;
  const functions = probedFunctions(version, layout);
  const sites = await findProbeSites(
    program,
    functions.map(({ symbol }) => symbol),
  );
  return functions.flatMap(({ probe, symbol, atEntry, atReturn }): ProbePoint[] => {
    const { entry, returns } = sites.get(symbol) ?? { entry: undefined, returns: [] };
    if (entry === undefined) return [];
    return [
      {
        probe,
        at: 'entry',
        fetches: atEntry,
        plan: planOf(`${probe}_entry`, entry, [...goroutineAtEntry(version), ...atEntry]),
      },
      ...returns.map(
        (offset, index): ProbePoint => ({
          probe,
          at: 'return',
          fetches: atReturn,
          plan: planOf(`${probe}_return${index}`, offset, [...goroutineAtReturn(version), ...atReturn]),
        }),
      ),
    ];
  });
}

const planOf = (event: string, fileOffset: number, fetches: readonly Fetch[]): UprobePlan => ({
  event,
  fileOffset,
  args: ['sp=%sp:u64', ...fetches.map(({ name, from }) => `${name}=${from}`)],
});

/** What the kernel recorded as entries and returns, dated from `originMonotonicNs` on. */
export function edgesOf(
  hits: readonly Hit[],
  {
    points,
    originMonotonicNs,
  }: { readonly points: readonly ProbePoint[]; readonly originMonotonicNs: bigint },
): readonly Edge[] {
  const originNs = Number(originMonotonicNs);
  const byEvent = new Map(points.map((point) => [point.plan.event, point]));
  return hits.map(({ event, atNs, tid, values }) => {
    const point = byEvent.get(event);
    if (point === undefined) throw new Error(`'${event}' is none of the probes`);
    return {
      probe: point.probe,
      at: point.at,
      atNs: atNs - originNs,
      tid,
      sp: values.get('sp') ?? 0n,
      caller: callerOf(values),
      args: Object.fromEntries(point.fetches.map((fetch) => [fetch.name, numberOf(values, fetch)])),
    };
  });
}

/** Where a thread has no goroutine the kernel cannot read its number: the record then holds what was there before. */
function callerOf(values: Hit['values']): Caller | undefined {
  const [curg, goid, stackEnd, sp] = ['curg', 'goid', 'stackEnd', 'sp'].map((name) => values.get(name));
  if (curg === undefined || goid === undefined || stackEnd === undefined || sp === undefined)
    return undefined;
  return { goid: curg === 0n ? 0 : Number(goid), depth: stackEnd - sp };
}

function numberOf(values: Hit['values'], { name, isFloat }: Fetch): number {
  const value = values.get(name);
  if (value === undefined) throw new Error(`the kernel did not record '${name}'`);
  if (isFloat !== true) {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new Error(`${name} is ${value}: too large a number`);
    return number;
  }
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, value);
  return bits.getFloat64(0);
}
