/** What the runtime computes the current heap goal from; all of gcController, read together. */
export interface GoalInputs {
  readonly gcPercentHeapGoal: bigint;
  readonly sweepDistMinTrigger: bigint;
  /** All ones unless a cycle runs. */
  readonly triggered: bigint;
  readonly heapMarked: bigint;
  readonly memoryLimit: bigint;
  readonly heapFree: bigint;
  readonly totalAlloc: bigint;
  readonly totalFree: bigint;
  readonly mappedReady: bigint;
}

/**
 * The heap goal in force now, as heapGoalInternal computes it (runtime/mgcpacer.go, the same from Go 1.19 to 1.27 but
 * for the headroom). With GOGC=off and no limit it is close to 2^63, for the limit then is 2^63 - 1. Before Go 1.19 the goal
 * is stored: memstats.next_gc in Go 1.16, gcController.heapGoal in 1.17 and 1.18; all ones with GOGC=off. Undefined when
 * the figures were read in the middle of their change.
 */
export function heapGoal(goMinor: number, inputs: GoalInputs): bigint | undefined {
  const limited = memoryLimitHeapGoal(goMinor, inputs);
  if (limited === undefined) return undefined;
  if (limited < inputs.gcPercentHeapGoal) return limited;
  const goal = max(inputs.gcPercentHeapGoal, inputs.sweepDistMinTrigger);
  return inputs.triggered === allOnes ? goal : max(goal, inputs.triggered + minRunway);
}

const allOnes = 0xffff_ffff_ffff_ffffn;
const minRunway = 64n << 10n;
const minHeadroom = 1n << 20n;

function memoryLimitHeapGoal(goMinor: number, inputs: GoalInputs): bigint | undefined {
  const { memoryLimit, mappedReady, heapFree, heapMarked } = inputs;
  const nonHeap = mappedReady - heapFree - (inputs.totalAlloc - inputs.totalFree);
  if (nonHeap < 0n) return undefined; // the runtime reads again, too: the figures are not updated together
  const taken = nonHeap + max(mappedReady - memoryLimit, 0n);
  if (taken >= memoryLimit) return heapMarked;
  const goal = memoryLimit - taken;
  // 3 percent since Go 1.21, a fixed megabyte before.
  const headroom = goMinor >= 21 ? max((goal / 100n) * 3n, minHeadroom) : minHeadroom;
  return max(max(goal - headroom, headroom), heapMarked);
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
