import type { GoProgram } from '../../binary/go-program.js';
import type { GlobalName, Layout } from '../../binary/layouts.js';

/** Where the runtime of one running program keeps what is read: addresses in its memory, and the layout there. */
export interface RuntimePlace {
  /** The x of Go 1.x. */
  readonly goMinor: number;
  readonly layout: Layout;
  readonly addresses: Readonly<Record<GlobalName, number>>;
  /** runtime.runtimeInitTime, which is not the same in any two processes. */
  readonly initTime: number | undefined;
  /** runtime.gcpercent, which only Go 1.16 has. */
  readonly gcPercent: number | undefined;
}

/** The addresses of a program as it was loaded: `loadBias` above where it was linked. */
export function placeOf({ version, layout, globals }: GoProgram, loadBias: number): RuntimePlace {
  const moved = (address: number | undefined) => (address === undefined ? undefined : address + loadBias);
  return {
    goMinor: version.minor,
    layout,
    addresses: {
      work: globals.work + loadBias,
      memstats: globals.memstats + loadBias,
      gcController: globals.gcController + loadBias,
      mheap_: globals.mheap_ + loadBias,
      sweep: moved(globals.sweep) ?? 0, // where it was not looked for, none of its fields is read
    },
    initTime: moved(globals.runtimeInitTime),
    gcPercent: moved(globals.gcpercent),
  };
}
