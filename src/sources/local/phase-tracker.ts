import type { GcCycle } from '../../gc/cycle.js';
import type { GcEvent } from '../../gc/event.js';
import type { Phase } from '../../gc/phase.js';
import { durationNs, nanos } from '../../gc/units.js';
import type { Sample } from './sample.js';

/** Begins of a cycle's phases, as far as they have begun. */
type Begins = readonly (readonly [phase: Phase, atNs: number])[];

/**
 * Tells the phases, with the times that the runtime recorded. Each phase of a cycle is told once: while it runs if a
 * sample sees it, else before its cycle is. The sweep's end alone is known only to the sampling interval.
 */
export class PhaseTracker {
  #cycle = 0;
  /** How many phases of that cycle have been told. */
  #told = 0;
  #sweeping = false;

  /** What a sample adds: phases of the cycle that runs, or that the last one's sweep is over. */
  running(sample: Sample, lastTold: number): readonly GcEvent[] {
    if (sample.cycles !== lastTold) return []; // a finished cycle has to be told first
    const begins = beginsOf(sample);
    if (begins.length > 0) return this.#advance(lastTold + 1, begins, undefined);
    if (!this.#sweeping || sample.swept === false) return [];
    this.#sweeping = false;
    return [{ kind: 'phase', phase: 'off', atNs: sample.atNs }];
  }

  /** What has not been told of a finished cycle's phases. */
  finished(cycle: GcCycle): readonly GcEvent[] {
    const { number = 0, sweepTermAtNs, markAtNs, markTermAtNs, endAtNs } = cycle;
    if (sweepTermAtNs === undefined || markAtNs === undefined || markTermAtNs === undefined) return [];
    const begins: Begins = [
      ['sweep-termination', sweepTermAtNs],
      ['mark', markAtNs],
      ['mark-termination', markTermAtNs],
    ];
    return this.#advance(number, begins, endAtNs);
  }

  /** The sweep that follows a finished cycle. */
  sweepOf(cycle: GcCycle): GcEvent {
    this.#sweeping = true;
    const { number, endAtNs } = cycle;
    return {
      kind: 'phase',
      phase: 'sweep',
      atNs: endAtNs,
      ...(number === undefined ? {} : { cycle: number }),
    };
  }

  #advance(cycle: number, begins: Begins, endAtNs: number | undefined): readonly GcEvent[] {
    if (cycle !== this.#cycle) this.#told = 0;
    this.#cycle = cycle;
    this.#sweeping = false;
    const events = begins.slice(this.#told).map(([phase, atNs], i): GcEvent => {
      const end = begins[this.#told + i + 1]?.[1] ?? endAtNs;
      const lasted = end === undefined ? {} : { durationNs: durationNs(end - atNs) };
      return { kind: 'phase', phase, cycle, atNs: nanos(atNs), ...lasted };
    });
    this.#told = Math.max(this.#told, begins.length);
    return events;
  }
}

/** Empty unless a cycle runs. gcStart dates the stop that it asks for some time before it raises work.cycles. */
function beginsOf({ record, cycles }: Sample): Begins {
  const { started, sweepTermAtNs, markAtNs, markTermAtNs, endAtNs } = record;
  if (started !== cycles + 1) return sweepTermAtNs > endAtNs ? [['sweep-termination', sweepTermAtNs]] : [];
  if (markAtNs < sweepTermAtNs) return [['sweep-termination', sweepTermAtNs]];
  const marking: Begins = [
    ['sweep-termination', sweepTermAtNs],
    ['mark', markAtNs],
  ];
  return markTermAtNs < markAtNs ? marking : [...marking, ['mark-termination', markTermAtNs]];
}
