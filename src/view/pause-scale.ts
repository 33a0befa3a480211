/** Classes of pause lengths, one a row: up to twenty a decade, five and fewer where there are fewer rows. */
export interface PauseScale {
  readonly rows: number;
  /** The class that the lowest row begins with, and how many classes a row has. */
  readonly first: number;
  readonly merged: number;
}

/**
 * The finest scale on which all of these pauses have a row; what is shorter than it can show is in the lowest. It can
 * have fewer rows than there are.
 */
export function pauseScale(pausesNs: readonly number[], rows: number): PauseScale {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const ns of pausesNs) {
    const pauseClass = classOf(ns);
    if (pauseClass < lowest) lowest = pauseClass;
    if (pauseClass > highest) highest = pauseClass;
  }
  lowest = Math.min(lowest, highest);
  for (const merged of rows < rowsForFiner ? coarse : [...finer, ...coarse]) {
    const first = Math.floor(lowest / merged) * merged;
    const used = Math.floor(highest / merged) - first / merged + 1;
    const spare = rows - used;
    if (spare < 0) continue;
    // Rows to spare lie around the pauses: the scale need not move for the next longer or shorter one.
    const below = Math.min(mostSpare, Math.floor(spare / 2), first / merged);
    const above = Math.min(mostSpare, spare - below);
    return { rows: used + below + above, first: first - below * merged, merged };
  }
  const merged = classesPerDecade;
  const last = Math.floor(highest / merged) * merged;
  return { rows, first: Math.max(0, last - (rows - 1) * merged), merged };
}

/** The row, from the top, of a pause; the outermost rows take what lies beyond them. */
export function rowOfPause({ rows, first, merged }: PauseScale, ns: number): number {
  const fromBottom = Math.floor((classOf(ns) - first) / merged);
  return rows - 1 - Math.min(rows - 1, Math.max(0, fromBottom));
}

/** Labels from the top; the unit is empty where the labels bear it themselves. */
export interface ClassLabels {
  readonly rows: readonly string[];
  readonly unit: string;
}

/** What stands before the rows: the least pause of each. Narrow labels have three columns and one unit for all. */
export function classLabels(scale: PauseScale, style: 'units' | 'narrow'): ClassLabels {
  const leastUs = Array.from({ length: scale.rows }, (_, row) =>
    classStartUs(scale.first + (scale.rows - 1 - row) * scale.merged),
  );
  if (style === 'narrow') {
    const inUs = leastUs.map(narrowUs);
    const fits = inUs.every((label) => label.length <= narrowWidth);
    return fits ? { rows: inUs, unit: 'µs' } : { rows: leastUs.map(narrowMs), unit: 'ms' };
  }
  const unitOf = (us: number): string => (us < 1e3 ? 'µs' : us < 1e6 ? 'ms' : 's');
  const text = (us: number): string => String(us < 1e3 ? us : us < 1e6 ? us / 1e3 : us / 1e6);
  const rows = leastUs.map((us, row) => {
    const below = leastUs[row + 1];
    const bears = row === 0 || below === undefined || unitOf(below) !== unitOf(us);
    return bears ? `${text(us)} ${unitOf(us)}` : text(us);
  });
  return { rows, unit: '' };
}

const classesPerDecade = 20;
/** How many classes a row can have. In few rows finer ones would move with every pause. */
const finer = [1, 2];
const coarse = [4, 8, 12, classesPerDecade];
const rowsForFiner = 12;
/** Rows beyond the longest and below the shortest pause. */
const mostSpare = 3;

/** Class 0 begins at 1 µs; shorter pauses are in it too. */
const classOf = (ns: number): number =>
  ns <= 1000 ? 0 : Math.floor(Math.log10(ns / 1000) * classesPerDecade + 1e-9);

/** 1, 1.1, 1.3, 1.4, 1.6 ... 9, 10, 11 ...: where a class begins, rounded as it is written. */
function classStartUs(pauseClass: number): number {
  const decade = Math.floor(pauseClass / classesPerDecade);
  return Number(((starts[pauseClass % classesPerDecade] ?? 1) * 10 ** decade).toPrecision(3));
}

const starts = [1, 1.1, 1.3, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9];

const narrowWidth = 3;

/** `250`, `1k`, `16k`: microseconds, thousands of them with a k. */
const narrowUs = (us: number): string => (us < 1000 ? String(us) : `${us / 1000}k`);

function narrowMs(us: number): string {
  const ms = us / 1000;
  if (ms >= 10) return ms.toFixed(0);
  return ms >= 1 ? String(ms) : ms.toFixed(2).replace(/^0/, '');
}
