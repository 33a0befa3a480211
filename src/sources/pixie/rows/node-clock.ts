import { type Nanos, nanos } from '../../../gc/units.js';

/** One look at the node's clock: what it said at some instant between the request and its answer. */
export interface ClockReading {
  /** ns on the node's clock since the watch began. */
  readonly nodeNowNs: number;
  readonly sentNs: Nanos;
  readonly receivedNs: Nanos;
  /** The newest row that came with it: it lies in the past, whatever the clock says. */
  readonly newestNs?: number;
}

/** The node's clock was set, or it and ours went apart. */
export interface ClockStep {
  /** How far the node's clock jumped ahead; negative: back. */
  readonly byNs: number;
}

/**
 * Maps the node's time to the session's. Every reading bounds the difference of the two by its round trip; the tightest
 * bounds of the last ones are kept, and the mapping moves only when it lies outside of them, so that durations across
 * polls stay true.
 */
export class NodeClock {
  #bounds: Bounds[] = [];
  /** Session time minus node time. */
  #offsetNs: number;

  constructor(first: ClockReading) {
    const bounds = boundsOf(first);
    this.#bounds.push(bounds);
    this.#offsetNs = middle(bounds);
  }

  /** Takes a reading in; tells a step that is too large to be an error of measurement. */
  learn(reading: ClockReading): ClockStep | undefined {
    const newest = boundsOf(reading);
    this.#bounds = [...this.#bounds, newest].slice(-readingsKept);
    let bounds = intersection(this.#bounds);
    if (bounds.leastNs > bounds.mostNs) {
      // No single difference explains all readings: only the newest is sure to be true now.
      this.#bounds = [newest];
      bounds = newest;
    }
    if (this.#offsetNs >= bounds.leastNs && this.#offsetNs <= bounds.mostNs) return undefined;
    const byNs = this.#offsetNs - middle(bounds);
    this.#offsetNs = middle(bounds);
    return Math.abs(byNs) < stepNs ? undefined : { byNs };
  }

  /** A point on the node's clock, ns since the watch began, as a point of the session. */
  toSessionNs(nodeNs: number): Nanos {
    return nanos(Math.round(nodeNs + this.#offsetNs));
  }
}

/** Between what the difference of session and node time must lie. */
interface Bounds {
  readonly leastNs: number;
  readonly mostNs: number;
}

/** About a minute of polls: two clocks drift apart by less than a round trip in that. */
const readingsKept = 64;
const stepNs = 100e6;

function boundsOf({ nodeNowNs, sentNs, receivedNs, newestNs = nodeNowNs }: ClockReading): Bounds {
  // The clock that is read need not be that of the node whose rows they are.
  const aheadNs = Math.max(0, newestNs - nodeNowNs);
  return { leastNs: sentNs - nodeNowNs - aheadNs, mostNs: receivedNs - nodeNowNs - aheadNs };
}

const intersection = (bounds: readonly Bounds[]): Bounds => ({
  leastNs: Math.max(...bounds.map(({ leastNs }) => leastNs)),
  mostNs: Math.min(...bounds.map(({ mostNs }) => mostNs)),
});

const middle = ({ leastNs, mostNs }: Bounds): number => Math.floor((leastNs + mostNs) / 2);
