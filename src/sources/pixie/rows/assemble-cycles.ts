import type { PauseReason } from '../../../gc/event.js';
import type { ProbeName } from '../../../gc/probe.js';
import { durationNs } from '../../../gc/units.js';
import { callOf } from './assemble-call.js';
import { type Begun, CycleLedger, missedCycle } from './assemble-ledger.js';
import { asMarkTermination, type Stop, StopPairing, type Unpaired } from './assemble-stops.js';
import type { LostRows, Telling } from './assemble-telling.js';
import { beganNs, type CallRow, canShareGoroutine, unknownGoid } from './rows.js';

/**
 * Joins stops and starts into pauses, gives each its reason, and makes cycles of them. Sweep termination's stop lies in
 * a gcStart call, mark termination's ends in gcMarkTermination, which gcMarkDone calls while the world is stopped
 * already (runtime/mgc.go). Both calls return after the stop is over, so a stop waits a while for its reason.
 */
export class Cycles {
  readonly #telling: Telling;
  readonly #pairing = new StopPairing();
  readonly #ledger: CycleLedger;
  /** Stops whose reason is not known yet, oldest first. */
  #waiting: Stop[] = [];
  #begun: Begun | undefined;
  /** The end of the last stop that was told as mark termination's. */
  #lastMarkTermNs = Number.NEGATIVE_INFINITY;
  /** The last commit, in case the stop around it is lost. */
  #commit: CallRow | undefined;
  /** A cycle ended here whose last stop was lost; undefined once that cycle was told. */
  #strayEndNs: number | undefined;
  /** Since when rows come as they should; what came before the first stop is no loss. */
  #isUnderWay = false;
  /** When the first waiting stop has waited long enough. */
  #deadlineNs = Number.POSITIVE_INFINITY;

  constructor(telling: Telling) {
    this.#telling = telling;
    this.#ledger = new CycleLedger(telling);
  }

  /** Rows of all probes, in order. */
  take(row: CallRow, running: ReadonlySet<ProbeName>): void {
    this.#ledger.take(row);
    const { stop, unpaired } = this.#pairing.take(row);
    if (unpaired !== undefined) this.#lose(unpaired, running);
    if (stop !== undefined) this.#place(stop, running);
    if (row.probe === 'commit') this.#commit = row;
    if (row.probe === 'gcSweep' && !this.#pairing.isStopped) this.#strayEndNs ??= row.atNs;
    if (row.probe === 'gcStart') this.#started(row, running);
    if (row.probe === 'gcMarkTermination') this.#terminated(row, running);
  }

  /** Something is decided as soon as no row from up to then is to come. */
  get dueNs(): number {
    return Math.min(this.#deadlineNs, this.#ledger.dueNs);
  }

  /** No row from before `nowNs` is to come. */
  advance(nowNs: number): void {
    this.#ledger.advance(nowNs);
    if (nowNs <= this.#deadlineNs) return;
    const over = this.#waiting.filter(({ endNs }) => endNs + reasonWithinNs < nowNs);
    this.#keepWaiting(this.#waiting.filter((stop) => !over.includes(stop)));
    for (const stop of over) this.#tell(stop, 'other');
  }

  /** Rows were lost between these times. */
  cut(lost: LostRows): void {
    this.#pairing.cut();
    this.#begun = undefined;
    this.#strayEndNs = undefined;
    this.#lastMarkTermNs = Number.NEGATIVE_INFINITY;
    this.#ledger.missed(lost);
  }

  /** No more rows are to come. */
  end(): void {
    for (const stop of this.#waiting) this.#tell(stop, 'other');
    this.#keepWaiting([]);
    this.#ledger.end();
  }

  #place(stop: Stop, running: ReadonlySet<ProbeName>): void {
    this.#isUnderWay = true;
    if (stop.endsCycle) this.#endCycle(stop, running);
    else if (running.has('gcStart') || running.has('gcMarkTermination'))
      this.#keepWaiting([...this.#waiting, stop]);
    else this.#tell(stop, 'other');
  }

  /** Of all goroutines that called gcStart at once, one starts the cycle, and its last act is to start the world. */
  #started(call: CallRow, running: ReadonlySet<ProbeName>): void {
    this.#dropContrary(call);
    // Who waited while another one started a cycle starts none.
    const isRival = this.#begun !== undefined && covers(call, this.#begun.stop);
    const stop = this.#waiting.findLast(
      (each) =>
        covers(call, each) &&
        canShareGoroutine(each.goid, call.goid) &&
        (!isRival || each.goid === knownGoid(call)),
    );
    if (stop === undefined) return;
    this.#keepWaiting(this.#waiting.filter((each) => each !== stop));
    this.#tell(stop, 'sweep-termination');
    this.#telling.event(callOf(call, this.#telling));
    this.#miss(stop.beginNs);
    this.#begun = this.#ledger.begin(call, stop, running);
  }

  #terminated(call: CallRow, running: ReadonlySet<ProbeName>): void {
    const beginNs = beganNs(call);
    if (this.#lastMarkTermNs > beginNs && this.#lastMarkTermNs <= call.atNs) return;
    const stop = this.#waiting.find(
      (each) =>
        each.stoppedNs <= beginNs &&
        each.endNs > beginNs &&
        each.endNs <= call.atNs &&
        canShareGoroutine(each.goid, call.goid),
    );
    if (stop !== undefined) {
      this.#keepWaiting(this.#waiting.filter((each) => each !== stop));
      this.#endCycle(stop, running);
      return;
    }
    this.#missStray(beginNs);
    const over = this.#pairing.overBefore(beginNs);
    if (over !== undefined) this.#doubt(over);
    // Its stop is not known, so neither is the pause; that it ended here is.
    const commit = this.#commit !== undefined && this.#commit.atNs >= beginNs ? this.#commit : undefined;
    this.#lastMarkTermNs = call.atNs;
    this.#ledger.finish({ begun: this.#begun, endNs: commit?.atNs ?? beginNs, commit, running });
    this.#begun = undefined;
    this.#strayEndNs = undefined;
  }

  #endCycle(whole: Stop, running: ReadonlySet<ProbeName>): void {
    const stop = asMarkTermination(whole);
    this.#missStray(stop.beginNs);
    this.#tell(stop, 'mark-termination');
    this.#lastMarkTermNs = stop.endNs;
    this.#ledger.finish({ begun: this.#begun, stop, endNs: stop.endNs, commit: stop.commit, running });
    this.#begun = undefined;
  }

  /** Before this another cycle ended, which nothing else told: the begin that is known was that one's. */
  #missStray(beforeNs: number): void {
    if (this.#strayEndNs !== undefined && this.#strayEndNs < beforeNs) this.#miss(beforeNs);
  }

  /** A cycle that began or ended was not seen whole, and another one is there. */
  #miss(untilNs: number): void {
    const fromNs = this.#begun?.stop.beginNs ?? this.#strayEndNs;
    this.#begun = undefined;
    this.#strayEndNs = undefined;
    if (fromNs !== undefined) this.#ledger.missed({ fromNs, toNs: untilNs, reason: missedCycle });
  }

  /** A call that began while the world allegedly stood still shows that a start and a stop in between were lost. */
  #dropContrary(call: CallRow): void {
    const beginNs = beganNs(call);
    const wrong = this.#waiting.filter((stop) => beginNs > stop.stoppedNs && beginNs < stop.restartNs);
    if (wrong.length === 0) return;
    this.#keepWaiting(this.#waiting.filter((stop) => !wrong.includes(stop)));
    for (const stop of wrong)
      this.#telling.gap({ fromNs: stop.beginNs, toNs: stop.endNs, reason: lostCalls });
  }

  #lose(lost: Unpaired, running: ReadonlySet<ProbeName>): void {
    const isExpected = running.has('stopTheWorldWithSema') && running.has('startTheWorldWithSema');
    if (!isExpected) return;
    if (this.#isUnderWay) this.#doubt(lost);
    else this.#ledger.forget(lost.toNs);
  }

  /** What was lost may have been the end of the cycle that began, and the begin of another. */
  #doubt({ fromNs, toNs }: Unpaired): void {
    this.#begun = undefined;
    this.#ledger.missed({ fromNs, toNs, reason: lostCalls });
  }

  #keepWaiting(stops: Stop[]): void {
    this.#waiting = stops;
    const first = stops[0];
    this.#deadlineNs = first === undefined ? Number.POSITIVE_INFINITY : first.endNs + reasonWithinNs;
  }

  #tell(stop: Stop, reason: PauseReason): void {
    this.#telling.event({
      kind: 'pause',
      reason,
      atNs: this.#telling.toSessionNs(stop.beginNs),
      durationNs: durationNs(stop.endNs - stop.beginNs),
      stoppingNs: durationNs(stop.stoppedNs - stop.beginNs),
    });
  }
}

const covers = (call: CallRow, stop: Stop): boolean =>
  stop.beginNs >= beganNs(call) && stop.endNs <= call.atNs;

const knownGoid = ({ goid }: CallRow): number | undefined => (goid === unknownGoid ? undefined : goid);

/** How long after a stop the call around it returns at the latest: it has little left to do. */
const reasonWithinNs = 1e9;
const lostCalls = 'calls of the collector were lost on their way';
