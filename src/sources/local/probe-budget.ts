/** What one hit of a probe costs the thread that comes by, ns. */
export interface HitCosts {
  /** At an instruction that the kernel emulates. */
  readonly emulatedNs: number;
  /** At one that it single-steps. */
  readonly steppedNs: number;
}

/** What one event of the kernel, at one or more places, does over a stretch of time. */
export interface ProbeLoad {
  readonly event: string;
  readonly hitsPerSecond: number;
  readonly costNs: number;
}

/** The share of one core that a probe takes from the program. */
export const shareOf = ({ hitsPerSecond, costNs }: ProbeLoad): number => (hitsPerSecond * costNs) / 1e9;

const total = (loads: readonly ProbeLoad[]): number => loads.reduce((sum, load) => sum + shareOf(load), 0);

/** What has to go so that the others stay within the budget, a share of one core: the dearest first. */
export function overBudget(loads: readonly ProbeLoad[], budget: number): readonly ProbeLoad[] {
  const kept = [...loads].sort((a, b) => shareOf(a) - shareOf(b));
  const dropped: ProbeLoad[] = [];
  while (total(kept) > budget) {
    const dearest = kept.pop();
    if (dearest === undefined) break;
    dropped.push(dearest);
  }
  return dropped;
}

/** Those of the candidates that fit beside what is there, the cheapest first. Some room is left for busier times. */
export function affordable(
  candidates: readonly ProbeLoad[],
  { loads, budget }: { readonly loads: readonly ProbeLoad[]; readonly budget: number },
): readonly ProbeLoad[] {
  let left = budget * comfortable - total(loads);
  return [...candidates]
    .sort((a, b) => shareOf(a) - shareOf(b))
    .filter((candidate) => {
      const fits = shareOf(candidate) <= left;
      if (fits) left -= shareOf(candidate);
      return fits;
    });
}

const comfortable = 0.7;
