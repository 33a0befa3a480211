import type { GoVersion } from '../../src/binary/go-version.js';
import type { Layout } from '../../src/binary/layouts.js';
import { type ProbeColumn, type ProbeName, probeCatalogue, probeSet } from '../../src/gc/probe.js';

/** One value that the kernel reads at a probe: its name in the capture, and tracefs' word for where it is. */
export interface Fetch {
  readonly name: string;
  readonly from: string;
  /** A float's bits are fetched as an integer: the kernel has no floats. */
  readonly isFloat?: boolean;
}

/** A function of the runtime, and what is read where it is entered and where it returns. */
export interface ProbedFunction {
  readonly probe: ProbeName;
  readonly symbol: string;
  readonly atEntry: readonly Fetch[];
  readonly atReturn: readonly Fetch[];
}

/**
 * The functions that a release has, linux/amd64, each with the catalogue's columns in the catalogue's order: what Pixie
 * would record. Throws where it is not known here where a column's value lies.
 */
export const probedFunctions = ({ minor }: GoVersion, layout: Layout): readonly ProbedFunction[] =>
  probeSet(minor).map((probe) => {
    const { symbol, columns } = probeCatalogue[probe];
    const places = placesIn(minor, layout);
    const fetches = (of: ProbeColumn['of']) =>
      columns
        .filter((column) => column.of === of)
        .map(({ name, type }): Fetch => {
          const from = places[probe]?.[name];
          if (from === undefined) throw new Error(`it is not known where '${name}' of '${symbol}' lies`);
          return type === 'float' ? { name, from, isFloat: true } : { name, from };
        });
    return { probe, symbol, atEntry: fetches('argument'), atReturn: fetches('result') };
  });

/** Tracefs' words for where the columns' values lie, and how wide they are. */
type Places = Readonly<Partial<Record<ProbeName, Readonly<Record<string, string | undefined>>>>>;

/**
 * Up to Go 1.16 arguments and results lie on the stack, the first at 8 above SP; later they are in AX, BX, ...,
 * receivers first (cmd/compile/abi-internal.md). A struct's fields count as arguments each; the upper half of a
 * register that holds a uint32 may hold anything.
 */
function placesIn(minor: number, layout: Layout): Places {
  const at = minor <= 16 ? onStack : inRegisters;
  const word = (index: number): string => `${at(index)}:s64`;
  const half = (index: number): string => `${at(index)}:u32`;
  return {
    gcWaitOnMark: { n: half(0) },
    // gcTrigger{kind int, now int64, n uint32} (runtime/mgc.go)
    gcStart: { now: word(1), n: half(2) },
    allocSpan: { npages: word(1) },
    sweepone: { npages: word(0) },
    gcDrainN: { scanWorkRequested: word(1), scanWorkPerformed: word(minor <= 16 ? 2 : 0) },
    gcAssistAlloc1: { scanWork: word(1) },
    gcSetTriggerRatio: { triggerRatio: `${at(0)}:u64` },
    commit: {
      heapMarked: fieldAt(layout.gcController.heapMarked, at(0)),
      lastHeapGoal: fieldAt(layout.gcController.lastHeapGoal, at(0)),
    },
    gcPaceSweeper: { trigger: word(0) },
  };
}

/** A field of the receiver, as a probe with `c.heapMarked` would read it. */
const fieldAt = (offset: number | undefined, receiver: string): string | undefined =>
  offset === undefined ? undefined : `+${offset}(${receiver}):s64`;

const registers = ['ax', 'bx', 'cx', 'di', 'si'];
const inRegisters = (index: number): string => `%${registers[index]}`;
const onStack = (index: number): string => `+${8 * (index + 1)}(%sp)`;

/**
 * The goroutine at an entry's probe: that of m.curg, so that what runs on the system stack belongs to the goroutine for
 * which it runs. Go 1.17 and later keep g in R14; before, the stack check has loaded it into CX when it comes to the
 * instruction that is probed.
 */
export function goroutineAtEntry(version: GoVersion): readonly Fetch[] {
  return goroutine(version, version.minor <= 16 ? '%cx' : '%r14');
}

/** The same where a function returns; nothing for Go 1.16, where no register is known to hold g then. */
export function goroutineAtReturn(version: GoVersion): readonly Fetch[] {
  return version.minor <= 16 ? [] : goroutine(version, '%r14');
}

/** Offsets of g.stack.hi, g.m, m.curg and g.goid (runtime/runtime2.go), from DWARF. */
function goroutine({ minor }: GoVersion, g: string): readonly Fetch[] {
  const curg = `+${minor >= 25 ? 184 : 192}(+48(${g}))`;
  const goid = minor === 23 || minor === 24 ? 160 : 152;
  return [
    { name: 'curg', from: `${curg}:u64` },
    { name: 'goid', from: `+${goid}(${curg}):u64` },
    { name: 'stackEnd', from: `+8(${g}):u64` },
  ];
}
