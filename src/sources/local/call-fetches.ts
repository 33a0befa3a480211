import type { Layout } from '../../binary/layouts.js';
import type { ProbeSite } from '../../binary/probe-site.js';
import { type ProbeColumn, type ProbeName, probeCatalogue, probeNames } from '../../gc/probe.js';

/** One value that is read at a probe: its name, tracefs' word for where 8 bytes of it are, and what they hold. */
export interface Fetch {
  readonly name: string;
  readonly from: string;
  /** The kernel has no floats: a float's bits are fetched. */
  readonly as: 's64' | 'u32' | 'f64';
}

/** A function of the runtime, and what is read where it is entered and where it returns. */
export interface ProbedFunction {
  readonly probe: ProbeName;
  readonly symbol: string;
  readonly atEntry: readonly Fetch[];
  readonly atReturn: readonly Fetch[];
}

/** A release, as far as it matters where arguments lie. */
export interface Release {
  /** The x of Go 1.x. */
  readonly minor: number;
  readonly layout: Layout;
}

/**
 * The functions that a release has, linux/amd64, each with the catalogue's columns in the catalogue's order. Results are
 * where they are also in Go 1.17, whose debug information does not say so. Throws where it is not known here where a
 * column's value lies.
 */
export const probedFunctions = ({ minor, layout }: Release): readonly ProbedFunction[] =>
  probeNames.filter(isIn(minor)).map((probe) => {
    const { symbol, columns } = probeCatalogue[probe];
    const places = placesIn(minor, layout);
    const fetches = (of: ProbeColumn['of']) =>
      columns
        .filter((column) => column.of === of)
        .map(({ name }): Fetch => {
          const place = places[probe]?.[name];
          if (place === undefined) throw new Error(`it is not known where '${name}' of '${symbol}' lies`);
          return { name, ...place };
        });
    return { probe, symbol, atEntry: fetches('argument'), atReturn: fetches('result') };
  });

const isIn =
  (minor: number) =>
  (name: ProbeName): boolean => {
    const { firstMinor, lastMinor = Number.POSITIVE_INFINITY } = probeCatalogue[name];
    return firstMinor <= minor && minor <= lastMinor;
  };

/** Where the columns' values lie. */
type Places = Readonly<Partial<Record<ProbeName, Readonly<Record<string, Omit<Fetch, 'name'> | undefined>>>>>;

/**
 * Up to Go 1.16 arguments and results lie on the stack, the first at 8 above SP; later they are in AX, BX, ...,
 * receivers first (cmd/compile/abi-internal.md). A struct's fields count as arguments each; the upper half of a
 * register that holds a uint32 may hold anything.
 */
function placesIn(minor: number, layout: Layout): Places {
  const at = (index: number): string => argumentAt(minor, index);
  const word = (index: number) => ({ from: at(index), as: 's64' }) as const;
  const half = (index: number) => ({ from: at(index), as: 'u32' }) as const;
  return {
    gcWaitOnMark: { n: half(0) },
    // gcTrigger{kind int, now int64, n uint32} (runtime/mgc.go)
    gcStart: { now: word(1), n: half(2) },
    allocSpan: { npages: word(1) },
    sweepone: { npages: word(0) },
    gcDrainN: { scanWorkRequested: word(1), scanWorkPerformed: word(minor <= 16 ? 2 : 0) },
    gcAssistAlloc1: { scanWork: word(1) },
    gcSetTriggerRatio: { triggerRatio: { from: at(0), as: 'f64' } },
    commit: {
      heapMarked: fieldAt(layout.gcController.heapMarked, at(0)),
      lastHeapGoal: fieldAt(layout.gcController.lastHeapGoal, at(0)),
    },
    gcPaceSweeper: { trigger: word(0) },
  };
}

/** A field of the receiver, as a probe with `c.heapMarked` would read it. */
const fieldAt = (offset: number | undefined, receiver: string): Omit<Fetch, 'name'> | undefined =>
  offset === undefined ? undefined : { from: `+${offset}(${receiver})`, as: 's64' };

/** Where the argument or result with this index, from 0, is as a function begins or returns, without its width. */
export const argumentAt = (minor: number, index: number): string =>
  minor <= 16 ? `+${8 * (index + 1)}(%sp)` : `%${registers[index]}`;

const registers = ['ax', 'bx', 'cx', 'di', 'si'];

/** Tracefs' words for a goroutine, its number, and where its stack ends. */
export interface GoroutineFetch {
  /** The goroutine that came by: on the system stack, the thread's own. */
  readonly g: string;
  /** For whom it works. */
  readonly curg: string;
  readonly goid: string;
  readonly stackEnd: string;
}

/**
 * The goroutine at an entry's probe: that of m.curg, so that what runs on the system stack belongs to the goroutine for
 * which it runs. Go 1.17 and later keep g in R14; before, the stack check has loaded it into CX when it comes to the
 * instruction that is probed.
 */
export const goroutineAtEntry = (release: Release): GoroutineFetch =>
  goroutine(release, release.minor <= 16 ? '%cx' : '%r14');

/** Up to Go 1.16 g is in a register only behind the load of the stack check. */
export const hasGoroutine = ({ before }: Pick<ProbeSite, 'before'>, minor: number): boolean =>
  minor >= 17 || before > 0;

/** The same where a function returns; undefined for Go 1.16, where no register is known to hold g then. */
export const goroutineAtReturn = (release: Release): GoroutineFetch | undefined =>
  release.minor <= 16 ? undefined : goroutine(release, '%r14');

function goroutine({ layout: { g: offsets, m } }: Release, g: string): GoroutineFetch {
  const curg = `+${m.curg}(+${offsets.m}(${g}))`;
  return { g, curg, goid: `+${offsets.goid}(${curg})`, stackEnd: `+${offsets.stackHi}(${g})` };
}
