import type { GcCycle } from '../gc/cycle.js';
import { printGctraceLine } from '../gc/gctrace-line.js';
import type { Encode } from './write-lines.js';

/** Each cycle as the line that its own runtime prints of it with GODEBUG=gctrace=1. */
export interface GctracePrinter {
  readonly encode: Encode;
  /** Cycles of which a figure is not known, so that they have no line. */
  readonly left: number;
}

/** A printer for one stream: which release's line it is follows the program. */
export function gctracePrinter(): GctracePrinter {
  const minors = new Map<string, number>();
  let left = 0;
  const lineOf = (cycle: GcCycle, minor: number | undefined): readonly string[] => {
    const line = printGctraceLine(cycle, minor ?? minorByFigures(cycle));
    if (line === undefined) left += 1;
    return line === undefined ? [] : [line];
  };
  return {
    get left() {
      return left;
    },
    encode(message) {
      if (message.type === 'target') {
        const minor = /^go1\.(\d+)/.exec(message.target.goVersion ?? '')?.[1];
        if (minor !== undefined) minors.set(message.id, Number(minor));
      }
      if (message.type !== 'events') return [];
      const minor = minors.get(message.target);
      return message.events.flatMap((event) => (event.kind === 'cycle' ? lineOf(event.cycle, minor) : []));
    },
  };
}

/** Text names no release; what it holds tells the lines of Go 1.18 and later from those before. */
const minorByFigures = ({ stackScan }: GcCycle): number => (stackScan === undefined ? 17 : 19);
