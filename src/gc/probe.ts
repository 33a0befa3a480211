/** The functions of the Go runtime whose single calls can be watched, by the last part of their names. */
export const probeNames = [
  'GC',
  'gcWaitOnMark',
  'gcSweep',
  'gcStart',
  'gcMarkTermination',
  'stopTheWorldWithSema',
  'startTheWorldWithSema',
  'allocSpan',
  'sweepone',
  'gcDrainN',
  'gcAssistAlloc1',
  'gcSetTriggerRatio',
  'commit',
  'gcPaceSweeper',
] as const;
export type ProbeName = (typeof probeNames)[number];

/** What a probe takes from each call, beside when it returned and how long it took (`latency`, ns). */
export interface ProbeColumn {
  readonly name: string;
  /** An argument, or a field of one (`c.heapMarked`), as the call begins; or a result, `$0` being the first. */
  readonly of: 'argument' | 'result';
  readonly expression: string;
  readonly type: 'integer' | 'float';
}

/** One function of the runtime, what a probe takes from it, and the minors of Go 1 that have it so. */
export interface ProbeSpec {
  readonly name: ProbeName;
  /** The symbol, whole. */
  readonly symbol: string;
  readonly columns: readonly ProbeColumn[];
  /** What on the screen waits for it, in words. */
  readonly shows: string;
  readonly firstMinor: number;
  /** Absent: the newest as well. */
  readonly lastMinor?: number;
  /** Minors in between for which it cannot be placed. */
  readonly exceptMinors?: readonly number[];
}

/**
 * Columns of which a sum over several calls says something: pages and scan work. The others are numbers of cycles, instants,
 * and sizes of the whole heap.
 */
export const amountColumns: ReadonlySet<string> = new Set([
  'npages',
  'scanWork',
  'scanWorkRequested',
  'scanWorkPerformed',
]);

/** The function's name within the runtime's package: `(*mheap).allocSpan`. */
export const functionName = ({ symbol }: Pick<ProbeSpec, 'symbol'>): string =>
  symbol.slice('runtime.'.length);

/** Go 1.17, 1.17.13 too, leaves the results of functions out of its DWARF, where Pixie looks for them. */
const withoutResults: readonly number[] = [17];

/**
 * Every probe. Compared with the symbols and the DWARF of the demo service built with Go 1.16.15, 1.17, 1.17.13, 1.18,
 * 1.18.10, 1.19.13, 1.20.14, 1.21.13, 1.22.12, 1.23.12, 1.24.13, 1.25.12, 1.26.8 and 1.27.4: each function is there and
 * inlined nowhere, each argument and field has the name and one of the plain types that Pixie can read (a named type
 * such as gcMode or stwReason it cannot).
 */
export const probeCatalogue: Readonly<Record<ProbeName, ProbeSpec>> = {
  // mgc.go. Only where the program calls it: otherwise it is not linked.
  GC: { name: 'GC', symbol: 'runtime.GC', columns: [], shows: 'forced collections', firstMinor: 16 },
  // mgc.go: runtime.GC calls it twice, first for the cycle that may be under way, then for its own.
  gcWaitOnMark: {
    name: 'gcWaitOnMark',
    symbol: 'runtime.gcWaitOnMark',
    columns: [argument('n')],
    shows: 'waits of forced collections',
    firstMinor: 16,
  },
  // mgc.go, in the second stop: it readies the spans for sweeping, and sweeps them itself only in a debugging mode.
  gcSweep: {
    name: 'gcSweep',
    symbol: 'runtime.gcSweep',
    columns: [],
    shows: 'the start of the sweep',
    firstMinor: 16,
  },
  /**
   * mgc.go: the sweep termination and its stop, until marking runs. Goroutines that find the trigger reached at the same
   * time all call it, and all but one return without a stop. Its argument says why: `now` is not 0 for a cycle that the
   * clock started, `n` (the number of the cycle) not 0 for one that runtime.GC started; both are 0 for the heap's trigger.
   */
  gcStart: {
    name: 'gcStart',
    symbol: 'runtime.gcStart',
    columns: [argument('now', 'trigger.now'), argument('n', 'trigger.n')],
    shows: 'the start and the cause of each cycle',
    firstMinor: 16,
  },
  // mgc.go: called with the world stopped; it starts the world again, and returns some bookkeeping later.
  gcMarkTermination: {
    name: 'gcMarkTermination',
    symbol: 'runtime.gcMarkTermination',
    columns: [],
    shows: 'the end of each cycle',
    firstMinor: 16,
  },
  // proc.go: the time to stop, not the pause. Not every stop is the collector's.
  stopTheWorldWithSema: {
    name: 'stopTheWorldWithSema',
    symbol: 'runtime.stopTheWorldWithSema',
    columns: [],
    shows: 'pauses, and the time to stop',
    firstMinor: 16,
  },
  // proc.go: a pause ends with its return, mark termination's with its begin.
  startTheWorldWithSema: {
    name: 'startTheWorldWithSema',
    symbol: 'runtime.startTheWorldWithSema',
    columns: [],
    shows: 'pauses',
    firstMinor: 16,
  },
  // mheap.go: spans for objects and for stacks. Small spans come from a cache of pages, which is part of it.
  allocSpan: {
    name: 'allocSpan',
    symbol: 'runtime.(*mheap).allocSpan',
    columns: [argument('npages')],
    shows: 'pages allocated',
    firstMinor: 16,
  },
  // mgcsweep.go: pages given back to the heap; all ones (-1) when no span was left to sweep, which is no page count.
  sweepone: {
    name: 'sweepone',
    symbol: 'runtime.sweepone',
    columns: [result('npages')],
    shows: 'pages swept',
    firstMinor: 16,
    exceptMinors: withoutResults,
  },
  // mgcmark.go: called by gcAssistAlloc1 alone, so this is what assists mark, not what the background workers do.
  gcDrainN: {
    name: 'gcDrainN',
    symbol: 'runtime.gcDrainN',
    columns: [argument('scanWorkRequested', 'scanWork'), result('scanWorkPerformed')],
    shows: 'mark work of assists',
    firstMinor: 16,
    exceptMinors: withoutResults,
  },
  // mgcmark.go: what the allocating goroutine owes.
  gcAssistAlloc1: {
    name: 'gcAssistAlloc1',
    symbol: 'runtime.gcAssistAlloc1',
    columns: [argument('scanWork')],
    shows: 'assist work',
    firstMinor: 16,
  },
  // mgc.go of Go 1.16, at the end of each cycle and when GOGC is set: next trigger = marked * (1 + ratio).
  gcSetTriggerRatio: {
    name: 'gcSetTriggerRatio',
    symbol: 'runtime.gcSetTriggerRatio',
    columns: [{ ...argument('triggerRatio'), type: 'float' }],
    shows: 'trigger ratio',
    firstMinor: 16,
    lastMinor: 16,
  },
  /**
   * mgcpacer.go, in the second stop, and when GOGC or the memory limit is set. As it begins, heapMarked is already what the
   * cycle marked, and lastHeapGoal the goal that it had; all ones (-1) when GOGC is off. `triggered` (Go 1.19 and later)
   * was reset just before: useless here. Its float argument (Go 1.17, 1.18) lies in a register, where Pixie reads none.
   */
  commit: {
    name: 'commit',
    symbol: 'runtime.(*gcControllerState).commit',
    columns: [argument('heapMarked', 'c.heapMarked'), argument('lastHeapGoal', 'c.lastHeapGoal')],
    shows: 'heap marked, and its goal',
    firstMinor: 17,
  },
  /** mgcsweep.go, right after commit: the heap at which the next cycle starts; all ones (-1) for never. */
  gcPaceSweeper: {
    name: 'gcPaceSweeper',
    symbol: 'runtime.gcPaceSweeper',
    columns: [argument('trigger')],
    shows: 'trigger and its ratio',
    firstMinor: 18,
  },
};

/** Hit a few times a cycle: what the local source has of these by itself. */
const lightProbes = [
  'GC',
  'gcPaceSweeper',
  'stopTheWorldWithSema',
  'startTheWorldWithSema',
] as const satisfies readonly ProbeName[];
export type LightProbe = (typeof lightProbes)[number];

/** Those that the local source places only in its full set. */
export const fullSetProbes: readonly ProbeName[] = probeNames.filter(
  (name) => !lightProbes.some((light) => light === name),
);

/** The two sets: what gave the trigger ratio until Go 1.16 is another function since. */
export const probeSets = {
  'go1.16': probeNames.filter((name) => existsIn(name, 16)),
  'go1.17': probeNames.filter((name) => probeCatalogue[name].lastMinor === undefined),
} as const satisfies Readonly<Record<string, readonly ProbeName[]>>;
export type ProbeSetName = keyof typeof probeSets;

/** The set for a minor of Go 1; for an unknown one the set for the newest. */
export const probeSetName = (goMinor?: number): ProbeSetName =>
  goMinor === undefined || goMinor >= 17 ? 'go1.17' : 'go1.16';

/** The probes that can be placed in a program of Go 1.`goMinor`: its set, less what that minor lacks. */
export const probeSet = (goMinor: number): readonly ProbeName[] =>
  probeNames.filter((name) => existsIn(name, goMinor));

function existsIn(name: ProbeName, minor: number): boolean {
  const { firstMinor, lastMinor = Number.POSITIVE_INFINITY, exceptMinors = [] } = probeCatalogue[name];
  return firstMinor <= minor && minor <= lastMinor && !exceptMinors.includes(minor);
}

function argument(name: string, expression = name): ProbeColumn {
  return { name, of: 'argument', expression, type: 'integer' };
}

function result(name: string): ProbeColumn {
  return { name, of: 'result', expression: '$0', type: 'integer' };
}
