import { beganNs, type CallRow, canShareGoroutine } from './rows.js';

/** One stop of the world, from the call that stops it on. */
export interface Stop {
  /** The stop was asked for. */
  readonly beginNs: number;
  /** The world stood still. */
  readonly stoppedNs: number;
  /** Starting it again was asked for. */
  readonly restartNs: number;
  /** The world runs again: that call returned, unless the runtime itself counts otherwise. */
  readonly endNs: number;
  readonly goid: number;
  /** It did what only mark termination does while the world is stopped: begin a sweep, pace the next cycle. */
  readonly endsCycle: boolean;
  /** What the pacer committed in it. */
  readonly commit: CallRow | undefined;
}

/**
 * A stop for mark termination, which ends for the runtime before the world is started: it takes tEnd, the end of the
 * cycle and of its pause, and then calls startTheWorldWithSema. Sweep termination's ends within that call, with the time
 * that it returns (gcMarkTermination, gcStart, runtime/mgc.go, Go 1.16 to 1.26). On a busy machine the thread that
 * starts the world rests for milliseconds before it returns, while the program runs already.
 */
export const asMarkTermination = (stop: Stop): Stop => ({ ...stop, endNs: stop.restartNs });

/** A stop or a start whose partner is missing. */
export interface Unpaired {
  readonly fromNs: number;
  readonly toNs: number;
}

/** What a row made known of the stops. */
export interface StopNews {
  readonly stop?: Stop;
  readonly unpaired?: Unpaired;
}

/**
 * Joins each stop with the start that follows it. worldsema lets only one goroutine stop the world at a time, so they
 * alternate; where a row was lost in between, something else that ran meanwhile shows it, and no stop is told.
 */
export class StopPairing {
  #open: CallRow | undefined;
  /** The world is known to have run at this time: no stop that is open or to come began before. */
  #ranNs = Number.NEGATIVE_INFINITY;
  /** When, since the world stopped, something returned that cannot run then. */
  #contraryNs = Number.POSITIVE_INFINITY;
  #endsCycle = false;
  #commit: CallRow | undefined;

  /** Rows of all probes, in order. */
  take(row: CallRow): StopNews {
    switch (row.probe) {
      case 'stopTheWorldWithSema':
        return this.#stop(row);
      case 'startTheWorldWithSema':
        return this.#start(row);
      default:
        if (this.#open !== undefined) this.#watch(row, this.#open);
        return noNews;
    }
  }

  /** Whether the world stands still. */
  get isStopped(): boolean {
    return this.#open !== undefined;
  }

  /** A stop that was never seen to end although the world ran again before this time. */
  overBefore(nowNs: number): Unpaired | undefined {
    if (this.#open === undefined || this.#contraryNs >= nowNs) return undefined;
    return { fromNs: beganNs(this.#open), toNs: nowNs };
  }

  /** Rows were lost here, or the clock was set: what is open has no partner. */
  cut(): void {
    this.#open = undefined;
    this.#ranNs = Number.NEGATIVE_INFINITY;
  }

  #stop(row: CallRow): StopNews {
    const before = this.#open;
    const unpaired = before === undefined ? {} : { unpaired: { fromNs: beganNs(before), toNs: row.atNs } };
    // A latency that reaches back into a time when the world was started is a mistake of pairing entry and return.
    if (beganNs(row) < this.#ranNs) {
      this.#open = undefined;
      return { unpaired: { fromNs: this.#ranNs, toNs: row.atNs } };
    }
    this.#open = row;
    this.#contraryNs = Number.POSITIVE_INFINITY;
    this.#endsCycle = false;
    this.#commit = undefined;
    return unpaired;
  }

  #start(row: CallRow): StopNews {
    const stop = this.#open;
    this.#open = undefined;
    this.#ranNs = row.atNs;
    if (stop === undefined) return { unpaired: { fromNs: beganNs(row), toNs: row.atNs } };
    const restartNs = beganNs(row);
    const isPair =
      restartNs >= stop.atNs && this.#contraryNs >= restartNs && canShareGoroutine(stop.goid, row.goid);
    if (!isPair) return { unpaired: { fromNs: beganNs(stop), toNs: row.atNs } };
    return {
      stop: {
        beginNs: beganNs(stop),
        stoppedNs: stop.atNs,
        restartNs,
        endNs: row.atNs,
        goid: stop.goid,
        endsCycle: this.#endsCycle,
        commit: this.#commit,
      },
    };
  }

  #watch(row: CallRow, stop: CallRow): void {
    if (isOfCycleEnd(row)) this.#endsCycle = true;
    if (row.probe === 'commit') this.#commit = row;
    if (row.atNs > stop.atNs && !canReturnStopped(row, stop)) {
      this.#contraryNs = Math.min(this.#contraryNs, row.atNs);
    }
  }
}

const noNews: StopNews = {};

/** debug.SetGCPercent paces too, but stops no world for it (runtime/mgcpacer.go). */
const isOfCycleEnd = ({ probe }: CallRow): boolean =>
  probe === 'gcSweep' || probe === 'commit' || probe === 'gcPaceSweeper' || probe === 'gcSetTriggerRatio';

/** Only the goroutine that stopped the world runs until it is started: it allocates and finishes the sweep. */
function canReturnStopped(row: CallRow, stop: CallRow): boolean {
  switch (row.probe) {
    case 'GC':
    case 'gcWaitOnMark':
    case 'gcStart':
    case 'gcMarkTermination':
    case 'gcDrainN':
    case 'gcAssistAlloc1':
      return false;
    default:
      return canShareGoroutine(row.goid, stop.goid);
  }
}
