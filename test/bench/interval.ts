/** A median, and between which values the true one lies with 95 % certainty. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * By the sign test: of n values as many lie below the true median as of n coins fall on one side. No shape of the values'
 * distribution is assumed. With fewer than six values their whole range is not certain enough: it is given all the same.
 */
export function medianWithin(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const at = (index: number): number => sorted[Math.min(n - 1, Math.max(0, index))] ?? Number.NaN;
  let below = 0;
  for (let tail = binomial(n, 0); tail + binomial(n, below + 1) <= 0.025 && below < n / 2 - 1; ) {
    below++;
    tail += binomial(n, below);
  }
  return { median: (at((n - 1) >> 1) + at(n >> 1)) / 2, low: at(below), high: at(n - 1 - below) };
}

/** How likely it is that of n coins k fall on one side. */
function binomial(n: number, k: number): number {
  let value = 0.5 ** n;
  for (let i = 0; i < k; i++) value = (value * (n - i)) / (i + 1);
  return value;
}
