import fc from 'fast-check';
import type { PauseReason } from '../../src/gc/event.js';
import type { ProbeName } from '../../src/gc/probe.js';
import { type CallRow, valueNames } from '../../src/sources/pixie/rows/rows.js';
import type { ScriptColumn, ScriptTable } from '../../src/sources/pixie/vizier.js';
import { plain } from './arbitraries.js';

/** The calls that the runtime makes in a run, and what they truly were. Times are ns on the node's clock. */
export interface PixieStory {
  readonly rows: readonly CallRow[];
  readonly pauses: readonly TruePause[];
  readonly cycles: readonly TrueCycle[];
  readonly endNs: number;
}

export interface TruePause {
  readonly beginNs: number;
  readonly endNs: number;
  /** The call that started the world again returned. */
  readonly startedNs: number;
  readonly stoppingNs: number;
  readonly reason: PauseReason;
}

export interface TrueCycle {
  readonly number: number;
  readonly forced: boolean;
  readonly sweepTermNs: number;
  readonly markNs: number;
  readonly markTermNs: number;
  readonly endNs: number;
  readonly marked: number;
  readonly goal: number;
}

/** How one cycle goes. */
export interface CyclePlan {
  readonly idleNs: number;
  readonly forced: boolean;
  readonly stoppingNs: number;
  readonly stoppedNs: number;
  readonly assists: number;
  readonly assistNs: number;
  /** Goroutines that call gcStart as well, before and while the first one does. */
  readonly rivals: number;
  /** Somebody reads MemStats while marking, and after it. */
  readonly readsMemStats: boolean;
  readonly lastStoppedNs: number;
  readonly allocs: number;
  readonly sweeps: number;
  readonly stepNs: number;
}

export const cyclePlan: fc.Arbitrary<CyclePlan> = plain({
  idleNs: fc.integer({ min: 1_000, max: 3e9 }),
  forced: fc.boolean(),
  stoppingNs: fc.integer({ min: 1_000, max: 2e6 }),
  stoppedNs: fc.integer({ min: 1_000, max: 2e6 }),
  assists: fc.integer({ min: 1, max: 6 }),
  assistNs: fc.integer({ min: 1_000, max: 50e6 }),
  rivals: fc.nat({ max: 3 }),
  readsMemStats: fc.boolean(),
  lastStoppedNs: fc.integer({ min: 1_000, max: 2e6 }),
  allocs: fc.nat({ max: 12 }),
  sweeps: fc.nat({ max: 12 }),
  stepNs: fc.integer({ min: 100, max: 4e6 }),
});

export const processOne = '00000007-0000-1092-0000-000000a1b2c3';

/** Walks the runtime's own order (runtime/mgc.go) through the plans, and writes each call down as it returns. */
export function tellStory(plans: readonly CyclePlan[], process = processOne): PixieStory {
  const rows: CallRow[] = [];
  const pauses: TruePause[] = [];
  const cycles: TrueCycle[] = [];
  let nowNs = 1e9;
  const pass = (ns: number): number => {
    nowNs += ns;
    return nowNs;
  };
  const call = (probe: ProbeName, fromNs: number, goid: number, ...values: number[]): void => {
    rows.push({ probe, atNs: nowNs, latencyNs: nowNs - fromNs, goid, process, values });
  };
  const stop = (goid: number, ns: number): number => {
    const beginNs = pass(700);
    pass(ns);
    call('stopTheWorldWithSema', beginNs, goid);
    return beginNs;
  };
  const start = (goid: number, beginNs: number, reason: PauseReason, stoppingNs: number): number => {
    const fromNs = pass(500);
    pass(900);
    call('startTheWorldWithSema', fromNs, goid);
    // The runtime takes the time of mark termination's end before it starts the world.
    const endNs = reason === 'mark-termination' ? fromNs : nowNs;
    pauses.push({ beginNs, endNs, startedNs: nowNs, stoppingNs, reason });
    return endNs;
  };
  const readMemStats = (goid: number, ns: number): void => {
    const beginNs = stop(goid, 5_000);
    pass(ns);
    start(goid, beginNs, 'other', 5_000);
    pass(5_000);
  };
  for (const plan of plans) {
    const number = cycles.length + 1;
    const [caller, assistant, reader] = [100 + number * 10, 101 + number * 10, 102 + number * 10];
    pass(plan.idleNs);
    for (let i = 0; i < plan.allocs; i++) {
      const fromNs = pass(plan.stepNs);
      pass(300);
      call('allocSpan', fromNs, caller, 1 + i);
    }
    const forcedFromNs = pass(100);
    if (plan.forced) {
      const waitFromNs = pass(100);
      pass(2_000);
      call('gcWaitOnMark', waitFromNs, caller, number - 1);
    }
    for (let i = 0; i < plan.rivals; i++) {
      const fromNs = pass(100);
      pass(400);
      call('gcStart', fromNs, reader, 0, 0);
    }
    const gcStartFromNs = pass(300);
    const sweepFromNs = pass(100);
    pass(800);
    call('sweepone', sweepFromNs, caller, -1);
    const rivalFromNs = pass(100);
    const sweepTermNs = stop(caller, plan.stoppingNs);
    pass(plan.stoppedNs);
    const markNs = start(caller, sweepTermNs, 'sweep-termination', plan.stoppingNs);
    pass(600);
    call('gcStart', gcStartFromNs, caller, 0, plan.forced ? number : 0);
    pass(900);
    if (plan.rivals > 0) call('gcStart', rivalFromNs, reader, 0, 0);
    const secondWaitFromNs = pass(400);
    for (let i = 0; i < plan.assists; i++) {
      const fromNs = pass(plan.stepNs);
      const drainFromNs = pass(200);
      pass(plan.assistNs);
      call('gcDrainN', drainFromNs, assistant, 64_000 + i, 65_000 + i);
      pass(300);
      call('gcAssistAlloc1', fromNs, assistant, 64_000 + i);
    }
    if (plan.readsMemStats) readMemStats(reader, 40_000);
    pass(plan.stepNs);
    const marked = 4e6 + number * 1000;
    const goal = 2 * marked;
    const markTermNs = stop(assistant, plan.stoppingNs);
    const terminationFromNs = pass(2_000);
    const gcSweepFromNs = pass(plan.lastStoppedNs);
    pass(4_000);
    call('gcSweep', gcSweepFromNs, assistant);
    const commitFromNs = pass(300);
    pass(700);
    call('commit', commitFromNs, assistant, marked, goal);
    const paceFromNs = pass(100);
    pass(900);
    call('gcPaceSweeper', paceFromNs, assistant, marked + 1_000_000);
    const endNs = start(assistant, markTermNs, 'mark-termination', plan.stoppingNs);
    cycles.push({ number, forced: plan.forced, sweepTermNs, markNs, markTermNs, endNs, marked, goal });
    pass(3_000);
    if (plan.forced) call('gcWaitOnMark', secondWaitFromNs, caller, number);
    pass(50_000);
    call('gcMarkTermination', terminationFromNs, assistant);
    for (let i = 0; i < plan.sweeps; i++) {
      const fromNs = pass(plan.stepNs);
      pass(600);
      call('sweepone', fromNs, plan.forced ? caller : 3, i % 4 === 3 ? -1 : i);
    }
    pass(800);
    if (plan.forced) call('GC', forcedFromNs, caller);
    if (plan.readsMemStats) readMemStats(reader, 30_000);
  }
  return { rows, pauses, cycles, endNs: nowNs };
}

/** Rows as a table of a script's result; without the columns that some row lacks. */
export function tableOf(probe: ProbeName, rows: readonly CallRow[], sinceUnixNs: bigint): ScriptTable {
  const values = valueNames(probe).flatMap((name, i): readonly ScriptColumn[] => {
    const column = rows.map((row) => row.values[i]).filter((value) => value !== undefined);
    if (column.length < rows.length) return [];
    if (probe === 'gcSetTriggerRatio') return [{ name, type: 'float64', values: column }];
    return [{ name, type: 'int64', values: column.map(BigInt) }];
  });
  return {
    name: probe,
    rows: rows.length,
    columns: [
      { name: 'time_', type: 'time64ns', values: rows.map(({ atNs }) => sinceUnixNs + BigInt(atNs)) },
      { name: 'upid', type: 'uint128', values: rows.map((row) => row.process) },
      { name: 'goid_', type: 'int64', values: rows.map(({ goid }) => BigInt(goid)) },
      ...values,
      { name: 'latency', type: 'int64', values: rows.map(({ latencyNs }) => BigInt(latencyNs)) },
    ],
  };
}

/** The one-row table that tells the node's clock. */
export const clockTable = (nowUnixNs: bigint): ScriptTable => ({
  name: 'clock',
  rows: 1,
  columns: [{ name: 'unix_ns', type: 'int64', values: [nowUnixNs] }],
});
