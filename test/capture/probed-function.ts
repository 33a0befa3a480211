import type { GoVersion } from '../../src/binary/go-version.js';
import type { Layout } from '../../src/binary/layouts.js';
import type { ProbeName } from '../../src/gc/probe.js';

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
 * The functions that a release has, linux/amd64. Up to Go 1.16 arguments and results lie on the stack, the first at 8
 * above SP; later they are in AX, BX, ..., receivers first (cmd/compile/abi-internal.md).
 */
export function probedFunctions({ minor }: GoVersion, layout: Layout): readonly ProbedFunction[] {
  const at = minor <= 16 ? onStack : inRegisters;
  return [
    of('GC'),
    of('gcWaitOnMark', { atEntry: [{ name: 'n', from: `${at(0)}:u32` }] }),
    of('gcSweep'),
    of('gcStart'),
    of('gcMarkTermination'),
    of('stopTheWorldWithSema'),
    of('startTheWorldWithSema'),
    of('allocSpan', { symbol: 'runtime.(*mheap).allocSpan', atEntry: [integer('npages', at(1))] }),
    of('sweepone', { atReturn: [integer('npages', at(0))] }),
    of('gcDrainN', {
      atEntry: [integer('scanWorkRequested', at(1))],
      atReturn: [integer('scanWorkPerformed', minor <= 16 ? at(2) : at(0))],
    }),
    of('gcAssistAlloc1', { atEntry: [integer('scanWork', at(1))] }),
    ...(minor <= 16 ? [gcSetTriggerRatio] : [commit(layout)]),
    ...(minor <= 17 ? [] : [of('gcPaceSweeper', { atEntry: [integer('trigger', at(0))] })]),
  ];
}

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

const registers = ['ax', 'bx', 'cx', 'di', 'si'];
const inRegisters = (index: number): string => `%${registers[index]}`;
const onStack = (index: number): string => `+${8 * (index + 1)}(%sp)`;

const integer = (name: string, where: string): Fetch => ({ name, from: `${where}:s64` });

const of = (
  probe: ProbeName,
  { symbol = `runtime.${probe}`, atEntry = [], atReturn = [] }: Partial<ProbedFunction> = {},
): ProbedFunction => ({ probe, symbol, atEntry, atReturn });

const gcSetTriggerRatio = of('gcSetTriggerRatio', {
  atEntry: [{ name: 'triggerRatio', from: `${onStack(0)}:u64`, isFloat: true }],
});

/** Fields of the receiver, as a probe with `c.heapMarked` would read them. Go 1.17 and 1.18 have no `triggered`. */
function commit({ gcController }: Layout): ProbedFunction {
  const fields = ['heapMarked', 'triggered', 'lastHeapGoal'] as const;
  return of('commit', {
    symbol: 'runtime.(*gcControllerState).commit',
    atEntry: fields.flatMap((name) => {
      const offset = gcController[name];
      return offset === undefined ? [] : integer(name, `+${offset}(${inRegisters(0)})`);
    }),
  });
}
