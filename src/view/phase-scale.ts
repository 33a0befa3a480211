/** One linear scale for the bars of cycles: how much time a column stands for, and its ticks. */
export interface PhaseScale {
  readonly width: number;
  readonly nsPerColumn: number;
  /** Columns that bear a label, and the labels; the unit stands at the last one or apart. */
  readonly ticks: readonly { readonly column: number; readonly label: string }[];
  readonly unit: string;
  /** Length of the whole bar, in words: `0 to 46 ms`. */
  readonly words: string;
}

/** The finest scale on which the longest mark fits and leaves room for its sweep. */
export function phaseScale(longestMarkNs: number, width: number): PhaseScale {
  const nsPerColumn = stepFor((longestMarkNs * roomForSweep) / width);
  const wholeNs = nsPerColumn * width;
  const unit = unitOf(wholeNs);
  const number = (ns: number): string => String(Number((ns / unit.ns).toPrecision(6)));
  return {
    width,
    nsPerColumn,
    ticks: ticks({ width, nsPerColumn }, number),
    unit: unit.name,
    words: `0 to ${number(wholeNs)} ${unit.name}`,
  };
}

const roomForSweep = 1.5;
const leastNsPerColumn = 1000;

function stepFor(atLeastNs: number): number {
  for (let decade = leastNsPerColumn; ; decade *= 10) {
    for (const digit of [1, 2, 3, 5]) if (decade * digit >= atLeastNs) return decade * digit;
  }
}

function unitOf(ns: number): { readonly name: string; readonly ns: number } {
  if (ns < 2e6) return { name: 'µs', ns: 1e3 };
  return ns < 2e9 ? { name: 'ms', ns: 1e6 } : { name: 's', ns: 1e9 };
}

/** Labels at 1-2-5 steps, each with a blank before the next. */
function ticks(
  { width, nsPerColumn }: Pick<PhaseScale, 'width' | 'nsPerColumn'>,
  number: (ns: number) => string,
): PhaseScale['ticks'] {
  for (let decade = 10 ** Math.floor(Math.log10(nsPerColumn) + 1e-9); ; decade *= 10) {
    for (const digit of [1, 2, 5]) {
      const shown: { readonly column: number; readonly label: string }[] = [];
      for (let ns = 0; ; ns += digit * decade) {
        const tick = { column: Math.floor(ns / nsPerColumn), label: number(ns) };
        if (tick.column + tick.label.length > width + 1) break;
        shown.push(tick);
      }
      if (
        shown.every(
          ({ column, label }, index) => column + label.length < (shown[index + 1]?.column ?? Infinity),
        )
      )
        return shown;
    }
  }
}
