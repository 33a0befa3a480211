import { type CapturedCall, endOf } from './captured-call.js';

/** One cycle as its calls tell of it, ns since the capture began. */
export interface DerivedCycle {
  readonly sweepTermAtNs: number;
  readonly markAtNs: number;
  readonly markTermAtNs: number;
  /** The world is about to start again; the runtime takes its own time a little earlier. */
  readonly endAtNs: number;
  /** The call of gcStart that stopped the world. */
  readonly begin: CapturedCall;
  readonly markTermination: CapturedCall;
}

/**
 * Cycles, one for each gcMarkTermination. Sweep termination is the stop and the start in gcStart; mark termination is
 * the last stop before gcMarkTermination, in gcMarkDone, and the start within it.
 */
export function deriveCycles(calls: readonly CapturedCall[]): readonly DerivedCycle[] {
  const of = (probe: CapturedCall[0]) => calls.filter(([name]) => name === probe);
  const [stops, starts, begins] = [of('stopTheWorldWithSema'), of('startTheWorldWithSema'), of('gcStart')];
  return of('gcMarkTermination').map((markTermination) => {
    const before = stops.filter((call) => endOf(call) <= markTermination[1]);
    const lastStop = before.at(-1);
    const restart = starts.find((call) => isWithin(call, markTermination));
    const firstStop = before.findLast((call) => begins.some((begin) => isWithin(call, begin)));
    const begin = begins.find((call) => firstStop !== undefined && isWithin(firstStop, call));
    const firstStart = starts.find((call) => firstStop !== undefined && call[1] >= endOf(firstStop));
    if (
      lastStop === undefined ||
      restart === undefined ||
      firstStop === undefined ||
      begin === undefined ||
      firstStart === undefined
    )
      throw new Error('a cycle is not whole');
    return {
      sweepTermAtNs: firstStop[1],
      markAtNs: endOf(firstStart),
      markTermAtNs: lastStop[1],
      endAtNs: restart[1],
      begin,
      markTermination,
    };
  });
}

/** Whether a call was made by another, of the same goroutine. */
export const isWithin = (inner: CapturedCall, outer: CapturedCall): boolean =>
  inner[3] === outer[3] && inner[1] >= outer[1] && endOf(inner) <= endOf(outer);
