import type { GcCycle } from '../../src/gc/cycle.js';
import type { GcEvent } from '../../src/gc/event.js';
import { type ProbeName, probeNames } from '../../src/gc/probe.js';
import { nanos } from '../../src/gc/units.js';
import { type AssemblerOptions, RowAssembler } from '../../src/sources/pixie/rows/assemble.js';
import type { Chapter, Gap } from '../../src/sources/pixie/rows/assemble-chapters.js';
import type { CallRow } from '../../src/sources/pixie/rows/rows.js';

/** The probes of Go 1.18 and later. */
export const laterProbes = probeNames.filter((probe) => probe !== 'gcSetTriggerRatio');

/** A call from one time to another. */
export function call(
  probe: ProbeName,
  [fromNs, toNs]: readonly [fromNs: number, toNs: number],
  more: Partial<Pick<CallRow, 'goid' | 'process' | 'values'>> = {},
): CallRow {
  return { probe, atNs: toNs, latencyNs: toNs - fromNs, goid: 18, process: 'one', values: [], ...more };
}

/** One whole cycle of 1 ms from `fromNs`, as the heap starts it. */
export function cycleCalls(fromNs: number, more: Partial<Pick<CallRow, 'goid' | 'process'>> = {}): CallRow[] {
  const at = (from: number, to: number): [number, number] => [fromNs + from, fromNs + to];
  return [
    call('stopTheWorldWithSema', at(10_000, 30_000), more),
    call('startTheWorldWithSema', at(90_000, 100_000), more),
    call('gcStart', at(0, 110_000), more),
    call('stopTheWorldWithSema', at(800_000, 810_000), more),
    call('gcSweep', at(850_000, 860_000), more),
    call('commit', at(870_000, 880_000), { ...more, values: [4_000_000, 8_000_000] }),
    call('gcPaceSweeper', at(881_000, 890_000), { ...more, values: [7_000_000] }),
    call('startTheWorldWithSema', at(895_000, 900_000), more),
    call('gcMarkTermination', at(815_000, 1_000_000), more),
  ];
}

/** All rows in one go, to the end. */
export function assemble(
  rows: readonly CallRow[],
  options: Partial<AssemblerOptions> = {},
): readonly Chapter[] {
  const assembler = new RowAssembler({ probes: laterProbes, toSessionNs: nanos, ...options });
  assembler.add(rows.map((row) => ({ probe: row.probe, rows: [row], lastNs: row.atNs })));
  return assembler.end();
}

export const eventsIn = (chapters: readonly Chapter[]): readonly GcEvent[] =>
  chapters.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'events' ? part.events : [])));

export const gapsIn = (chapters: readonly Chapter[]): readonly Gap[] =>
  chapters.flatMap(({ parts }) => parts.filter((part) => part.type === 'gap'));

export const cyclesIn = (chapters: readonly Chapter[]): readonly GcCycle[] =>
  eventsIn(chapters).flatMap((event) => (event.kind === 'cycle' ? [event.cycle] : []));

/** The events of one kind. */
export const eventsOf = <Kind extends GcEvent['kind']>(
  chapters: readonly Chapter[],
  kind: Kind,
): readonly (GcEvent & { readonly kind: Kind })[] =>
  eventsIn(chapters).filter((event): event is GcEvent & { readonly kind: Kind } => event.kind === kind);
