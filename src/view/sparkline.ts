/**
 * One sign a value, by how high it stands between two bounds; blank for zero and for what is not known. A value
 * above the lower bound is never drawn as nothing.
 */
export function sparkline(
  values: ArrayLike<number>,
  { low, high, levels }: { readonly low: number; readonly high: number; readonly levels: readonly string[] },
): string {
  const top = levels.length - 1;
  let text = '';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    const level =
      value > low ? Math.min(top, Math.max(1, Math.round(((value - low) / (high - low)) * top))) : 0;
    text += levels[level] ?? ' ';
  }
  return text;
}

/** The highest known value, 0 if none is known. */
export function highest(values: ArrayLike<number>): number {
  let max = 0;
  for (let index = 0; index < values.length; index++) max = Math.max(max, values[index] || 0);
  return max;
}
