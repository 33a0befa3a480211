import { receiversOf } from './code-operands.js';
import { checkFields } from './field-check.js';
import type { Layout } from './layouts.js';
import type { RuntimeCode, Search } from './runtime-code.js';

/** Addresses of the runtime's globals, as linked. */
export interface Globals {
  readonly work: number;
  readonly memstats: number;
  readonly gcController: number;
  readonly mheap_: number;
  /** Undefined where the release keeps nothing in it that is read. */
  readonly sweep: number | undefined;
  /** GOGC in Go 1.16; later gcController.gcPercent. */
  readonly gcpercent: number | undefined;
  /** The nanotime from which gctrace's `@` counts. */
  readonly runtimeInitTime: number | undefined;
}

/**
 * Finds the runtime's globals by the instructions that use them: no symbol is needed. What is returned has an instruction
 * for every field of the layout; a string says why nothing is.
 */
export function locateGlobals(search: Search): Globals | string {
  const work = vote(search, 'work');
  if (typeof work === 'string') return work;
  const memstats = vote(search, 'memstats');
  if (typeof memstats === 'string') return memstats;
  const gcController = mostFrequent(search, controllerUse);
  if (gcController === undefined) return "no call tells where 'runtime.gcController' is";
  const mheap_ = mostFrequent(search, heapUse);
  if (mheap_ === undefined) return "no call tells where 'runtime.mheap_' is";
  const sweep = findSweep(search);
  if (typeof sweep === 'string') return sweep;
  const wrong = checkFields(search, { work, memstats, gcController, mheap_, sweep });
  if (wrong !== undefined) return wrong;
  return {
    work,
    memstats,
    gcController,
    mheap_,
    sweep,
    gcpercent: findVariable(search, 'gcpercent'),
    runtimeInitTime: findVariable(search, 'runtimeInitTime'),
  };
}

/** The functions of one cycle, in which work and memstats are used most; the last two only where nothing is inlined. */
const voters = [
  'gcStart',
  'gcMarkDone',
  'gcMarkTermination',
  'gcMark',
  'gcBgMarkPrepare',
  'gcIsMarkDone',
] as const;

/** The fields of memstats that they use in every release; of work they use all. */
export const votingMemstats = [
  'last_gc_unix',
  'last_gc_nanotime',
  'pause_ns',
  'pause_end',
  'pause_total_ns',
  'numgc',
  'numforcedgc',
  'gc_cpu_fraction',
] as const;

/** Real code names some 200. A file made to name a million must not fill the memory. */
const maxVoters = 4096;

/** How far behind the best place the next one must be. */
const neededMargin = 2;

/**
 * Every address that the voters' instructions name votes, for each field, for the place where the global would begin. The
 * true place gets the votes of all fields; fields are spaced too unevenly for any other one to come close.
 */
function vote({ code, layout }: Search, global: 'work' | 'memstats'): number | string {
  const fields = votingFields(layout, global);
  const addresses = operandsIn(code, voters);
  if (addresses.size > maxVoters)
    return `the program's code names too many variables to tell 'runtime.${global}'`;
  const votes = new Map<number, number>();
  for (const { offset } of fields) {
    for (const address of addresses) votes.set(address - offset, (votes.get(address - offset) ?? 0) + 1);
  }
  const ranked = [...votes].sort(([, a], [, b]) => b - a);
  const [[best, score] = [0, 0], [, next] = [0, 0]] = ranked;
  if (score < fields.length) {
    const missing = fields.find(({ offset }) => !addresses.has(best + offset));
    const which = `'runtime.${global}.${missing?.name}' at offset ${missing?.offset}`;
    return `the program's code knows at most ${score} of ${fields.length} fields of 'runtime.${global}', not ${which}`;
  }
  if (score - next < neededMargin) return `the program's code does not tell where 'runtime.${global}' begins`;
  return best;
}

interface VotingField {
  readonly name: string;
  readonly offset: number;
}

function votingFields(layout: Layout, global: 'work' | 'memstats'): readonly VotingField[] {
  const voting: ReadonlySet<string> = new Set(global === 'work' ? Object.keys(layout.work) : votingMemstats);
  return Object.entries<number | undefined>(layout[global]).flatMap(([name, offset]) =>
    offset !== undefined && voting.has(name) ? [{ name, offset }] : [],
  );
}

/** All that the functions' instructions name, those that the program has. */
const operandsIn = (code: RuntimeCode, functions: readonly string[]): ReadonlySet<number> =>
  new Set(functions.flatMap((name) => [...code.operandsIn(name).keys()]));

/** A type's methods and functions that call them for its one global. */
interface Use {
  readonly methods: readonly string[];
  readonly callers: readonly string[];
}

const controllerUse: Use = {
  methods: [
    'startCycle',
    'endCycle',
    'commit',
    'resetLive',
    'trigger',
    'heapGoalInternal',
    'revise',
    'update',
  ].map((name) => `(*gcControllerState).${name}`),
  callers: [...voters, 'gcControllerCommit', 'gcTrigger.test', 'gcSetTriggerRatio'],
};

const heapUse: Use = {
  methods: [
    'alloc',
    'allocSpan',
    'allocManual',
    'freeManual',
    'freeSpan',
    'reclaim',
    'nextSpanForSweep',
    'grow',
  ].map((name) => `(*mheap).${name}`),
  callers: ['(*mcentral).grow', '(*mcache).allocLarge', 'freeStackSpans', 'sweepone', '(*sweepLocked).sweep'],
};

/** The receiver that most calls have; undefined where two are as frequent, or none is. */
function mostFrequent({ code }: Search, { methods, callers }: Use): number | undefined {
  const targets = new Set(methods.flatMap((name) => code.addressOf(name) ?? []));
  const counts = new Map<number, number>();
  for (const name of callers) {
    for (const receiver of receiversOf(code.bodyOf(name), targets, code.data))
      counts.set(receiver, (counts.get(receiver) ?? 0) + 1);
  }
  const [[best, count] = [undefined, 0], [, next] = [undefined, 0]] = [...counts].sort(
    ([, a], [, b]) => b - a,
  );
  return count > next ? best : undefined;
}

/** Its first field is a lock, whose address bgsweep and gcSweep take; its state is used by sweepone and gcSweep. */
function findSweep({ code, layout }: Search): number | undefined | string {
  const state = layout.sweep.activeState;
  if (state === undefined) return undefined;
  const [gcSweep, sweepone] = [code.operandsIn('gcSweep'), code.operandsIn('sweepone')];
  const bases = [...code.operandsIn('bgsweep').keys()].filter(
    (base) => gcSweep.has(base) && gcSweep.has(base + state) && sweepone.has(base + state),
  );
  const [base] = bases;
  return base !== undefined && bases.length === 1 ? base : "no code tells where 'runtime.sweep' is";
}

/**
 * The functions that name the two variables of which nothing else is known: each group has one that the program has.
 * runtime.main writes runtimeInitTime, gcMarkTermination reads it for gctrace and doInit for inittrace.
 */
export const variableUses = {
  runtimeInitTime: [['main'], ['gcMarkTermination'], ['doInit', 'doInit1']],
  gcpercent: [['gcSetTriggerRatio'], ['gcStart'], ['setGCPercent.func1'], ['sysmon']],
} as const;

export type Variable = keyof typeof variableUses;

/**
 * The address of a variable: the one that all its functions name, or the symbol's if all of them name that. Undefined where
 * they do not: then it is not read. In a release that has no such variable nothing is looked for.
 */
export function findVariable(
  { code, layout }: Search,
  variable: Variable,
  symbol?: number,
): number | undefined {
  if (variable === 'gcpercent' && layout.gcController.gcPercent !== undefined) return undefined;
  const common = namedByAll(code, variableUses[variable]);
  if (symbol !== undefined) return common.includes(symbol) ? symbol : undefined;
  return common.length === 1 ? common[0] : undefined;
}

/** The addresses that each of the groups of functions names. */
function namedByAll(code: RuntimeCode, groups: readonly (readonly string[])[]): readonly number[] {
  const [first = new Set<number>(), ...others] = groups.map((names) => operandsIn(code, names));
  return [...first].filter((address) => others.every((other) => other.has(address)));
}

/** All functions that are asked for here. */
export const locatingFunctions: readonly string[] = [
  ...controllerUse.methods,
  ...controllerUse.callers,
  ...heapUse.methods,
  ...heapUse.callers,
  ...Object.values(variableUses).flat(2),
  ...['bgsweep', 'gcSweep', 'sweepone'],
];
