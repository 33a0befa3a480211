import type { GcCycle } from './cycle.js';
import type { Bytes } from './units.js';

/**
 * One line of GODEBUG=gctrace=1 in the units that the runtime prints: durations cut to two digits, heap sizes in
 * whole MB of 2^20 bytes.
 */
export interface GctraceLine {
  readonly number: number;
  /** From the end of the runtime's start-up to the cycle's begin, in whole milliseconds: `@`. */
  readonly sinceStartMs: number;
  /** Share of all CPU time since the program began, in whole percent. */
  readonly cpuPercent: number;
  /** The cycle also looked for leaked goroutines; Go 1.26 and later. */
  readonly leakCheck: boolean;
  /** Stop for sweep termination, concurrent mark, stop for mark termination. */
  readonly clockNs: readonly [sweepTerm: number, mark: number, markTerm: number];
  /** Stop, assists, dedicated and fractional workers, idle workers, stop. */
  readonly cpuNs: readonly [
    sweepTerm: number,
    assist: number,
    workers: number,
    idle: number,
    markTerm: number,
  ];
  /** Live heap when the cycle began, when marking ended, and what was marked. */
  readonly heapMB: readonly [atStart: number, atEnd: number, marked: number];
  readonly goalMB: number;
  /** Stacks and globals to scan; Go 1.18 and later. */
  readonly scanMB?: readonly [stacks: number, globals: number];
  readonly procs: number;
  readonly forced: boolean;
  /** Go 1.5 alone told marking in three parts: stack scan and write barrier's start, before the rest. */
  readonly firstPhases?: {
    readonly clockNs: readonly [scan: number, writeBarrier: number];
    readonly cpuNs: readonly [scan: number, writeBarrier: number];
  };
}

/**
 * The line that the runtime of this minor version of Go 1 prints for the cycle (gcMarkTermination, runtime/mgc.go);
 * undefined when the cycle lacks one of the figures.
 */
export function printGctraceLine(cycle: GcCycle, goMinor: number): string | undefined {
  const line = gctraceLineOf(cycle, goMinor);
  return line === undefined ? undefined : formatGctraceLine(line);
}

/**
 * Reads a line as Go 1.5 and later print it; undefined for every other text. What the releases print (gcMark in Go 1.5
 * and gcMarkTermination since, runtime/mgc.go, and the text on gctrace in runtime/extern.go): five phases in Go 1.5,
 * three from 1.6 on, stacks and globals from 1.18 on, and the look for leaked goroutines from 1.26 on.
 */
export function parseGctraceLine(text: string): GctraceLine | undefined {
  const groups = linePattern.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const int = (name: string) => Number(groups[name]);
  const ms = (name: string) => nsOfMs(groups[name] ?? '');
  const line: GctraceLine = {
    number: int('number'),
    sinceStartMs: int('seconds') * 1000 + int('millis'),
    cpuPercent: int('percent'),
    leakCheck: groups.leaks !== undefined,
    clockNs: [ms('clock0'), ms('clock1'), ms('clock2')],
    cpuNs: [ms('cpu0'), ms('cpu1'), ms('cpu2'), ms('cpu3'), ms('cpu4')],
    heapMB: [int('heap0'), int('heap1'), int('heap2')],
    goalMB: int('goal'),
    ...(groups.stacks === undefined ? {} : { scanMB: [int('stacks'), int('globals')] }),
    procs: int('procs'),
    forced: groups.forced !== undefined,
    ...(groups.clockA === undefined
      ? {}
      : {
          firstPhases: {
            clockNs: [ms('clockA'), ms('clockB')] as const,
            cpuNs: [ms('cpuA'), ms('cpuB')] as const,
          },
        }),
  };
  // The runtime prints a figure in one way only; whatever else fits the pattern is somebody else's text.
  return isPossible(line) && formatGctraceLine(line) === text ? line : undefined;
}

/** numgc has 32 bits, sizes are below 2^53 but for a goal that is none, and nothing lasts for 100 days. */
const isPossible = ({ number, sinceStartMs, clockNs, cpuNs, firstPhases, ...sizes }: GctraceLine): boolean =>
  number < 2 ** 32 &&
  sizes.procs < 2 ** 20 &&
  sizes.goalMB < 2 ** 44 &&
  [...sizes.heapMB, ...(sizes.scanMB ?? [])].every((size) => size < 2 ** 33) &&
  sinceStartMs < longestRunMs &&
  total(clockNs) + total(firstPhases?.clockNs) < longestNs &&
  total(cpuNs) + total(firstPhases?.cpuNs) < longestNs;

const total = (figures: readonly number[] = []): number => figures.reduce((sum, ns) => sum + ns, 0);

const longestNs = 100 * 86_400e9;
const longestRunMs = 100 * 365 * 86_400e3;

/** A line as the runtime prints it, without its line end. */
export function formatGctraceLine(line: GctraceLine): string {
  const [sweepTerm, mark, markTerm] = line.clockNs;
  const [cpuSweepTerm, assist, workers, idle, cpuMarkTerm] = line.cpuNs;
  const first = line.firstPhases;
  const clock = `${msText(sweepTerm)}${plus(first?.clockNs)}+${msText(mark)}+${msText(markTerm)}`;
  const cpu = `${msText(cpuSweepTerm)}${plus(first?.cpuNs)}+${msText(assist)}/${msText(workers)}/${msText(idle)}+${msText(cpuMarkTerm)}`;
  return [
    `gc ${line.number} @${fixed(line.sinceStartMs, 3)}s ${line.cpuPercent}%`,
    line.leakCheck ? ' (checking for goroutine leaks)' : '',
    `: ${clock} ms clock, ${cpu} ms cpu, `,
    `${line.heapMB.join('->')} MB, ${line.goalMB} MB goal, `,
    line.scanMB === undefined ? '' : `${line.scanMB[0]} MB stacks, ${line.scanMB[1]} MB globals, `,
    `${line.procs} P${line.forced ? ' (forced)' : ''}`,
  ].join('');
}

function gctraceLineOf(cycle: GcCycle, goMinor: number): GctraceLine | undefined {
  const { number, sinceStartNs, cpuFraction, cpu, procs, heapAtStart, heapAtEnd, heapMarked } = cycle;
  const clockNs = clockOf(cycle);
  const goalMB = goalInMB(cycle.heapGoal, goMinor);
  const scanMB = scanOf(cycle);
  if (number === undefined || sinceStartNs === undefined || cpuFraction === undefined || procs === undefined)
    return;
  if (clockNs === undefined || cpu === undefined || goalMB === undefined || cycle.trigger === 'unknown')
    return;
  if (heapAtStart === undefined || heapAtEnd === undefined || heapMarked === undefined) return;
  if (goMinor >= 18 && scanMB === undefined) return;
  return {
    number,
    sinceStartMs: Math.trunc(sinceStartNs / 1e6),
    cpuPercent: Math.trunc(cpuFraction * 100),
    leakCheck: false,
    clockNs,
    cpuNs: [
      cpu.sweepTermNs,
      cpu.assistNs,
      cpu.dedicatedNs + (cpu.fractionalNs ?? 0),
      cpu.idleNs,
      cpu.markTermNs,
    ],
    heapMB: [inMB(heapAtStart), inMB(heapAtEnd), inMB(heapMarked)],
    goalMB,
    ...(goMinor >= 18 && scanMB !== undefined ? { scanMB } : {}),
    procs,
    forced: cycle.trigger === 'forced',
  };
}

function clockOf(cycle: GcCycle): GctraceLine['clockNs'] | undefined {
  const { sweepTermAtNs, markAtNs, markTermAtNs, endAtNs } = cycle;
  if (sweepTermAtNs === undefined || markAtNs === undefined || markTermAtNs === undefined) return undefined;
  return [markAtNs - sweepTermAtNs, markTermAtNs - markAtNs, endAtNs - markTermAtNs];
}

function goalInMB(goal: Bytes | 'none' | undefined, goMinor: number): number | undefined {
  if (goal !== 'none') return goal === undefined ? undefined : inMB(goal);
  // Up to Go 1.18 no goal is all ones. From 1.19 on it is what is left of a memory limit of 2^63-1 bytes
  // (memoryLimitHeapGoal, runtime/mgcpacer.go), which nobody can tell from here.
  return goMinor <= 18 ? 2 ** 44 - 1 : undefined;
}

function scanOf({ stackScan, globalsScan }: GcCycle): readonly [number, number] | undefined {
  return stackScan === undefined || globalsScan === undefined
    ? undefined
    : [inMB(stackScan), inMB(globalsScan)];
}

const inMB = (size: Bytes): number => Math.floor(size / 2 ** 20);

/** fmtNSAsMS (runtime/mgc.go): whole milliseconds from 10 ms on, else two digits and at most three decimals. */
function msText(ns: number): string {
  if (ns >= 10e6) return String(Math.trunc(ns / 1e6));
  let figures = Math.trunc(ns / 1e3);
  if (figures === 0) return '0';
  let decimals = 3;
  for (; figures >= 100; decimals--) figures = Math.trunc(figures / 10);
  return fixed(figures, decimals);
}

const plus = (figures: readonly number[] = []): string => figures.map((ns) => `+${msText(ns)}`).join('');

/** itoaDiv (runtime/mgc.go): the number divided by 10^decimals. */
function fixed(value: number, decimals: number): string {
  if (decimals === 0) return String(value);
  const digits = String(value).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function nsOfMs(text: string): number {
  const [whole = '', decimals = ''] = text.split('.');
  return Number(whole) * 1e6 + Number(decimals.padEnd(3, '0')) * 1e3;
}

const linePattern = (() => {
  const ms = (name: string) => String.raw`(?<${name}>\d+(?:\.\d{1,3})?)`;
  const int = (name: string) => String.raw`(?<${name}>\d+)`;
  return new RegExp(
    [
      `^gc ${int('number')} @${int('seconds')}\\.(?<millis>\\d{3})s ${int('percent')}%`,
      String.raw`(?<leaks> \(checking for goroutine leaks\))?: `,
      String.raw`${ms('clock0')}(?:\+${ms('clockA')}\+${ms('clockB')})?\+${ms('clock1')}\+${ms('clock2')} ms clock, `,
      String.raw`${ms('cpu0')}(?:\+${ms('cpuA')}\+${ms('cpuB')})?\+${ms('cpu1')}/${ms('cpu2')}/${ms('cpu3')}\+${ms('cpu4')} ms cpu, `,
      `${int('heap0')}->${int('heap1')}->${int('heap2')} MB, ${int('goal')} MB goal, `,
      `(?:${int('stacks')} MB stacks, ${int('globals')} MB globals, )?`,
      String.raw`${int('procs')} P(?<forced> \(forced\))?$`,
    ].join(''),
  );
})();
