import type { ProgramOutput } from './plan.js';
import type { ColumnSpec } from './values.js';

/** A function of a Go program, as its symbols and its DWARF tell of it. */
export interface GoFunction {
  readonly symbol: string;
  /** What can be read of a call: by expression, `$0` being the first result; under which name a recording has it. */
  readonly values: Readonly<Record<string, GoValue>>;
}

export interface GoValue {
  readonly recordedAs: string;
  readonly type: 'integer' | 'float';
}

/** Says that a probe cannot be placed; the words are Pixie's. */
export class ProbeError extends Error {}

interface RuntimeFunction extends GoFunction {
  readonly firstMinor?: number;
  readonly lastMinor?: number;
}

const integer = (recordedAs: string): GoValue => ({ recordedAs, type: 'integer' });

const commitFields = { 'c.heapMarked': integer('heapMarked'), 'c.lastHeapGoal': integer('lastHeapGoal') };

/** Of the runtime, what a test may probe. */
const runtimeFunctions: readonly RuntimeFunction[] = [
  { symbol: 'runtime.GC', values: {} },
  { symbol: 'runtime.gcWaitOnMark', values: { n: integer('n') } },
  { symbol: 'runtime.gcSweep', values: {} },
  {
    symbol: 'runtime.gcStart',
    values: {
      'trigger.kind': integer('kind'),
      'trigger.now': integer('now'),
      'trigger.n': integer('n'),
    },
  },
  { symbol: 'runtime.gcMarkDone', values: {} },
  { symbol: 'runtime.gcMarkTermination', values: {} },
  { symbol: 'runtime.stopTheWorldWithSema', values: {} },
  { symbol: 'runtime.startTheWorldWithSema', values: {} },
  { symbol: 'runtime.(*mheap).allocSpan', values: { npages: integer('npages') } },
  { symbol: 'runtime.sweepone', values: { $0: integer('npages') } },
  {
    symbol: 'runtime.gcDrainN',
    values: { scanWork: integer('scanWorkRequested'), $0: integer('scanWorkPerformed') },
  },
  { symbol: 'runtime.gcAssistAlloc', values: {} },
  { symbol: 'runtime.gcAssistAlloc1', values: { scanWork: integer('scanWork') } },
  {
    symbol: 'runtime.gcSetTriggerRatio',
    values: { triggerRatio: { recordedAs: 'triggerRatio', type: 'float' } },
    lastMinor: 16,
  },
  { symbol: 'runtime.(*gcControllerState).commit', values: commitFields, firstMinor: 17, lastMinor: 18 },
  {
    symbol: 'runtime.(*gcControllerState).commit',
    values: { ...commitFields, 'c.triggered': integer('triggered') },
    firstMinor: 19,
  },
  { symbol: 'runtime.gcPaceSweeper', values: { trigger: integer('trigger') }, firstMinor: 18 },
  { symbol: 'runtime.casgstatus', values: {} },
];

/** What a program built by a release, 'go1.26.8' for example, has of them. */
export function functionsOf(goVersion: string): readonly GoFunction[] {
  const minor = minorOf(goVersion);
  return runtimeFunctions.filter(
    ({ firstMinor = 0, lastMinor = Infinity }) => firstMinor <= minor && minor <= lastMinor,
  );
}

/** The one function that a probe's symbol means (dynamic_tracing/autogen.cc). Throws `ProbeError`. */
export function matchSymbol(functions: readonly GoFunction[], symbol: string): GoFunction {
  const candidates = functions.filter((known) => known.symbol.endsWith(symbol));
  if (candidates.length === 0) throw new ProbeError('Could not find symbol');
  const exact = candidates.find((known) => known.symbol === symbol);
  if (exact !== undefined) return exact;
  const [first, second] = candidates.filter((known) => isWholeWord(known.symbol, symbol));
  if (first === undefined) throw new ProbeError('Could not find valid symbol match');
  if (second === undefined) return first;
  const both = `${first.symbol} -> ${second.symbol}`;
  throw new ProbeError(`Symbol is ambiguous. Found at least 2 possible matches: ${both}`);
}

const isWholeWord = (whole: string, suffix: string): boolean =>
  !/[A-Za-z0-9_]/.test(whole.at(-suffix.length - 1) ?? '.');

/** A column of a probe's table, and where its values come from. */
export type ProbeOutput = ColumnSpec & { readonly recordedAs: string | 'latency' };

/** What a probe's table holds of one output. Throws `ProbeError`. */
export function outputOf(
  { column, of, expression }: ProgramOutput,
  { values, goVersion }: { values: GoFunction['values']; goVersion: string },
): ProbeOutput {
  const name = column;
  const meaning = name === 'latency' ? { meaning: 'duration' as const } : {};
  if (of === 'latency') return { name, type: 'int64', recordedAs: 'latency', ...meaning };
  const value = values[expression];
  if (value === undefined) throw new ProbeError(`Could not find argument ${expression}`);
  if (value.type === 'integer') return { name, type: 'int64', recordedAs: value.recordedAs, ...meaning };
  if (minorOf(goVersion) >= 17) throw new ProbeError('Unsupported argument LocationType kRegisterFP');
  return { name, type: 'float64', recordedAs: value.recordedAs, ...meaning };
}

function minorOf(goVersion: string): number {
  const minor = /^go1\.(\d+)/.exec(goVersion)?.[1];
  if (minor === undefined) throw new Error(`'${goVersion}' is no release of Go`);
  return Number(minor);
}
