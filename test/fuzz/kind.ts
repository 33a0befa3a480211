/** What fast-check is told. */
export interface Runs {
  readonly numRuns: number;
  readonly seed: number;
  readonly path?: string;
}

/** One kind of input that is made up by the thousand. */
export interface Kind {
  readonly cases: number;
  /** How cases must end, each of them at least once: a kind that is refused at the door shows nothing. */
  readonly ends: readonly string[];
  /** Runs the cases. `ended` is told once how each of them ends; one that must not end so throws. */
  run(runs: Runs, ended: (end: string) => void): void | Promise<void>;
}

/** Numbers at which counting goes wrong. */
export const oddNumbers: readonly bigint[] = [
  0n,
  1n,
  7n,
  8n,
  63n,
  64n,
  72n,
  255n,
  4095n,
  0x1000n,
  0x2000n,
  0x7fffn,
  0xffffn,
  0x1_0000n,
  0x40_1000n,
  0x50_1000n,
  0x60_1000n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fff1n,
  0xffff_ffffn,
  1n << 32n,
  (1n << 47n) - 8n,
  (1n << 53n) - 1n,
  1n << 53n,
  1n << 63n,
  (1n << 64n) - 8n,
  (1n << 64n) - 1n,
];
