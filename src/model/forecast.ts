import { type Bytes, bytes, durationNs, type Nanos, nanos } from '../gc/units.js';
import type { Model } from './model.js';

/** The heap as far as it is known at an instant. */
export interface HeapNow {
  readonly live: Bytes | undefined;
  readonly goal: Bytes | 'none' | undefined;
  readonly marked: Bytes | undefined;
  readonly trigger: Bytes | undefined;
}

/** What the forecast takes the program's allocation from: one that has just ended forecasts nothing. */
const allocationWindowsNs = [5e9, 1e9];

/** When the next cycle is to be expected, from the last seconds' allocation; undefined while one runs. */
export function expectedNextIn(model: Readonly<Model>, atNs: Nanos, heap: HeapNow): Nanos | undefined {
  const { live, goal, marked } = heap;
  if (isRunningAt(model, atNs) || live === undefined || typeof goal !== 'number') return undefined;
  const { allocBytes, startRatio } = model.work;
  const [lately, justNow] = allocationWindowsNs.map((ns) => allocBytes.mean(nanos(atNs - ns), atNs) ?? 0);
  const perSecond = Math.min(lately ?? 0, justNow ?? 0);
  if (perSecond <= 0) return undefined;
  const trigger = heap.trigger ?? expectedTrigger({ marked, goal, ratio: startRatio.at(atNs) });
  const expectedNs = (Math.max(0, trigger - live) / perSecond) * 1e9;
  return expectedNs > Number.MAX_SAFE_INTEGER ? undefined : durationNs(Math.round(expectedNs));
}

const latestTrigger = 0.95;

/**
 * The trigger lies on the way from what is marked to the goal, at most 95 % of it (runtime/mgcpacer.go, trigger, Go
 * 1.19). Where, the last cycle's ratio says, as long as the goal is about twice of what was marked.
 */
function expectedTrigger({
  marked = bytes(0),
  goal,
  ratio = latestTrigger,
}: {
  readonly marked: Bytes | undefined;
  readonly goal: Bytes;
  readonly ratio: number | undefined;
}): number {
  return marked + (goal - marked) * Math.min(latestTrigger, ratio);
}

function isRunningAt({ running, cycles }: Readonly<Model>, atNs: Nanos): boolean {
  if (running !== undefined && (running.sweepTermAtNs ?? running.sinceNs) <= atNs) return true;
  const next = cycles.firstAfter(atNs)?.cycle;
  return next !== undefined && (next.sweepTermAtNs ?? next.endAtNs) <= atNs;
}
