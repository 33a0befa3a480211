import { type GctraceItem, GctraceReader } from '../../gc/gctrace-reader.js';
import { type SourceMessage, streamFormat } from '../../gc/stream.js';
import { MessageOrder } from '../order.js';
import { Backlog } from './backlog.js';
import { type CycleItem, Narrator, type NarratorOptions } from './narrator.js';
import { howToMake, noGctraceIn } from './refusals.js';
import type { TextClock } from './text-clock.js';
import type { Arrival } from './timeline.js';

export interface TellerOptions extends NarratorOptions {
  readonly clock: TextClock;
  /** How long a first line is waited for before the program is told of without one. */
  readonly announceAfterMs: number;
  /** Sees what the program itself printed. */
  readonly onOther?: (lines: readonly string[]) => void;
}

/** With so many lines and no gctrace line among them, somebody has to be told. */
const manyLines = 1000;

interface Told {
  readonly cycle: CycleItem;
  readonly arrival: Arrival | undefined;
}

/** Tells what lines hold, as they come, in the order and with the times of a stream. */
export class Teller {
  readonly #options: TellerOptions;
  readonly #reader = new GctraceReader();
  readonly #narrator: Narrator;
  readonly #order: MessageOrder;
  /** What came before the first cycle was told. */
  readonly #backlog: Backlog;
  #isOpen = false;
  /** Old lines were told: time stands at the last of them until the text grows. */
  #stands = false;
  #lines = 0;
  #isWarned = false;

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#narrator = new Narrator(options);
    this.#backlog = new Backlog(options.clock);
    // A cycle that was put after the one before it can end a little later than its line came.
    this.#order = new MessageOrder(() => {
      const nowNs = options.clock.nowNs();
      const endNs = this.#narrator.timeline.lastEndNs ?? nowNs;
      return endNs > nowNs ? endNs : nowNs;
    });
  }

  /** Lines that were written long ago, one after the other. */
  *takeOld(lines: readonly string[]): Generator<SourceMessage> {
    yield* this.#sayOld(this.#cyclesIn(lines));
    this.#stands = true;
  }

  /** Lines that came just now. */
  *take(lines: readonly string[]): Generator<SourceMessage> {
    yield* this.#takeCycles(this.#cyclesIn(lines));
    if (this.#lines < manyLines || this.#isWarned || this.#narrator.hasTold || !this.#backlog.isEmpty) return;
    this.#isWarned = true;
    yield* this.#announce();
    const text = `no gctrace line in ${this.#lines} lines yet: ${howToMake}`;
    yield* this.#order.date({ type: 'note', level: 'warning', code: 'target.silent', text });
  }

  *quiet(): Generator<SourceMessage> {
    yield* this.#takeCycles(this.#sorted(this.#reader.settle()));
    const { announceAfterMs, clock } = this.#options;
    const isDue = !this.#stands && this.#backlog.isEmpty && clock.nowNs() / 1e6 >= announceAfterMs;
    if (!this.#isOpen && isDue) yield* this.#announce();
  }

  /** The last words; what ended the text is asked for when they are said. */
  *end(reason: () => 'end' | 'aborted' | 'target-exited'): Generator<SourceMessage> {
    yield* this.#takeCycles(this.#sorted(this.#reader.settle()));
    yield* this.#release();
    if (reason() === 'end' && !this.#narrator.hasTold) throw noGctraceIn('the input', this.#lines);
    yield* this.#open();
    yield* this.#order.date({ type: 'closed', reason: reason() });
  }

  *#takeCycles(cycles: readonly CycleItem[]): Generator<SourceMessage> {
    if (this.#stands) {
      if (cycles.length === 0) return;
      yield* this.#sayOld(cycles);
      this.#options.clock.run();
      this.#stands = false;
      return;
    }
    if (this.#narrator.hasTold) {
      yield* this.#say(this.#arrivedNow(cycles));
      return;
    }
    this.#backlog.push(cycles);
    if (this.#backlog.isSettled()) yield* this.#release();
  }

  /** A pipe can begin with what was printed long ago: it is told as old as it is. */
  *#release(): Generator<SourceMessage> {
    const { clock } = this.#options;
    const { lengthNs } = this.#backlog;
    const cycles = this.#backlog.take();
    if (cycles.length === 0) return;
    const olderNs = lengthNs - clock.nowNs();
    if (this.#isOpen || olderNs <= 0) {
      yield* this.#say(this.#arrivedNow(cycles));
      return;
    }
    // The session began with the oldest of them.
    yield* this.#open(clock.originUnixMs - olderNs / 1e6);
    yield* this.#sayOld(cycles);
    clock.run();
  }

  /** The last line of the last program that the lines are of has just arrived; the others some time before. */
  #arrivedNow(cycles: readonly CycleItem[]): readonly Told[] {
    const atNs = this.#options.clock.nowNs();
    const last = cycles.at(-1);
    const begin = cycles.findLastIndex(
      ({ line }, index) => line.number <= (cycles[index - 1]?.line.number ?? -1),
    );
    return cycles.map((cycle, index) => ({
      cycle,
      arrival: index >= begin && last !== undefined ? { line: last.line, atNs } : undefined,
    }));
  }

  /** Time goes with them, and stands at the last one's end. */
  *#sayOld(cycles: readonly CycleItem[]): Generator<SourceMessage> {
    for (const cycle of cycles) {
      yield* this.#say([{ cycle, arrival: undefined }]);
      const { lastEndNs } = this.#narrator.timeline;
      if (lastEndNs !== undefined) this.#options.clock.standAt(lastEndNs);
    }
  }

  #cyclesIn(lines: readonly string[]): readonly CycleItem[] {
    this.#lines += lines.length;
    return this.#sorted(lines.flatMap((line) => this.#reader.push(line)));
  }

  #sorted(items: readonly GctraceItem[]): readonly CycleItem[] {
    const others = items.flatMap((item) => (item.kind === 'other' ? [item.text] : []));
    if (others.length > 0) this.#options.onOther?.(others);
    return items.filter((item) => item.kind === 'cycle');
  }

  *#say(told: readonly Told[]): Generator<SourceMessage> {
    for (const { cycle, arrival } of told) {
      yield* this.#open();
      for (const draft of this.#narrator.tell(cycle, arrival)) yield* this.#order.date(draft);
    }
  }

  /** Tells whom is listened to before anything is known of it. */
  *#announce(): Generator<SourceMessage> {
    if (this.#isOpen) return;
    yield* this.#open();
    yield* this.#order.date(this.#narrator.announce());
  }

  *#open(originUnixMs = this.#options.clock.originUnixMs): Generator<SourceMessage> {
    if (this.#isOpen) return;
    this.#isOpen = true;
    yield* this.#order.date({ type: 'opened', format: streamFormat, originUnixMs });
  }
}
