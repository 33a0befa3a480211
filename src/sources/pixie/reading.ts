import type { ProbeName } from '../../gc/probe.js';
import type { PodRef } from '../../gc/source-control.js';
import type { TargetId } from '../../gc/stream.js';
import type { Clock } from '../../system/clock.js';
import type { Draft } from '../order.js';
import type { Readable } from './deployment.js';
import { podPath } from './pod.js';
import { readScript } from './pxl.js';
import { RowAssembler } from './rows/assemble.js';
import type { Chapter, ChapterPart } from './rows/assemble-chapters.js';
import { NodeClock } from './rows/node-clock.js';
import { Poller, type PollNews } from './rows/poller.js';
import { clockOf } from './rows/rows.js';
import type { Vizier } from './vizier.js';

export interface ReadingOptions {
  readonly vizier: Vizier;
  readonly clock: Clock;
  readonly pod: PodRef;
  /** What the stream calls the pod's program as it runs now. */
  readonly target: TargetId;
  /** Tells another target and gives its id: the program was started anew within its container. */
  readonly restarted: (process: string) => TargetId;
}

/** What one reading brought. */
export interface Read {
  readonly drafts: readonly Draft[];
  readonly rows: number;
  /** Rows since the begin that were of other processes of the same file. */
  readonly leftOut: number;
  /** How much longer than usual rows are waited for. */
  readonly delayNs: number;
  /** There is more than fitted into the answer: read again at once. */
  readonly isMore: boolean;
}

/** Of each table in one answer. Pixie's own limit is 10,000: a busy program makes more in the seconds of an overlap. */
const mostRows = 50_000;

/** Reads the rows of one run of a program, again and again, and makes of them what the stream tells. */
export class Reading {
  readonly #options: ReadingOptions;
  readonly #poller: Poller;
  readonly #clock: NodeClock;
  readonly #assembler: RowAssembler;
  #target: TargetId;
  #process: string | undefined;
  /** When each table was last read, on the node's clock; a probe that was away meanwhile has missed what was called. */
  readonly #readNs = new Map<ProbeName, number>();
  #before: ReadonlySet<ProbeName> = new Set();
  #delayNs = 0;

  /** Asks for the node's time, so that nothing older than the watch is read. */
  static async begin(options: ReadingOptions, signal: AbortSignal): Promise<Reading> {
    const { vizier, clock, pod } = options;
    const sentNs = clock.nowNs();
    const { tables } = await vizier.run(readScript([], { pod: podPath(pod), maxRows: 1 }), { signal });
    const receivedNs = clock.nowNs();
    // A Vizier that cannot tell the time is taken to have ours.
    const sinceUnixNs =
      clockOf(tables) ?? BigInt(Math.round(clock.originUnixMs)) * 1_000_000n + BigInt(sentNs);
    return new Reading(options, sinceUnixNs, new NodeClock({ nodeNowNs: 0, sentNs, receivedNs }));
  }

  private constructor(options: ReadingOptions, sinceUnixNs: bigint, clock: NodeClock) {
    this.#options = options;
    this.#target = options.target;
    this.#clock = clock;
    this.#poller = new Poller({ sinceUnixNs, rowCap: mostRows });
    this.#assembler = new RowAssembler({ probes: [], toSessionNs: (nodeNs) => clock.toSessionNs(nodeNs) });
  }

  /** Reads what is new in these tables. Throws what `Vizier.run` throws; the next reading then makes up for it. */
  async read(tables: readonly Readable[], signal: AbortSignal): Promise<Read> {
    const { vizier, clock, pod } = this.#options;
    const probes = tables.map(({ probe }) => probe);
    this.#poller.watch(probes);
    this.#assembler.run(probes);
    const asked = tables.map(({ probe, table }) => ({
      probe,
      table,
      startUnixNs: this.#poller.startUnixNs(probe),
    }));
    const sentNs = clock.nowNs();
    const answer = await vizier.run(readScript(asked, { pod: podPath(pod), maxRows: mostRows }), { signal });
    const news = this.#poller.learn(answer.tables);
    this.#followClock(news, { sentNs, receivedNs: clock.nowNs() });
    this.#assembler.add(news.fresh);
    for (const gap of news.gaps) this.#assembler.lose(gap);
    this.#loseWhileAway(probes, news.nodeNowNs ?? news.settledNs);
    return {
      drafts: [...this.#delayNote(news), ...this.#tell(this.#assembler.settle(news.settledNs))],
      leftOut: this.#assembler.leftOut.foreign,
      delayNs: news.delayNs,
      rows: news.fresh.reduce((sum, { rows }) => sum + rows.length, 0),
      isMore: news.again.length > 0,
    };
  }

  /** All that is known but was still held back. */
  end(): readonly Draft[] {
    return this.#tell(this.#assembler.end());
  }

  /** What was called while a probe was not in place is in no table. */
  #loseWhileAway(probes: readonly ProbeName[], nowNs: number): void {
    for (const probe of probes) {
      const lastNs = this.#readNs.get(probe);
      if (lastNs !== undefined && !this.#before.has(probe)) {
        this.#assembler.lose({ probe, fromNs: lastNs, toNs: nowNs, reason: `${probe} was not in place` });
      }
      this.#readNs.set(probe, nowNs);
    }
    this.#before = new Set(probes);
  }

  #delayNote({ delayNs }: PollNews): readonly Draft[] {
    if (delayNs === this.#delayNs) return [];
    this.#delayNs = delayNs;
    const seconds = (delayNs / 1e9).toFixed(1);
    const text = `rows come late, the node's clock may be behind Pixie's: they are waited for ${seconds} s longer from here`;
    return [{ type: 'note', level: 'warning', code: 'pixie.late', text }];
  }

  #followClock(
    { nodeNowNs, newestNs }: PollNews,
    times: { readonly sentNs: ReturnType<Clock['nowNs']>; readonly receivedNs: ReturnType<Clock['nowNs']> },
  ): void {
    if (nodeNowNs === undefined) return;
    const step = this.#clock.learn({ nodeNowNs, ...times, ...(newestNs === undefined ? {} : { newestNs }) });
    if (step === undefined) return;
    const seconds = (Math.abs(step.byNs) / 1e9).toFixed(1);
    this.#assembler.cut({
      fromNs: Math.min(nodeNowNs, nodeNowNs - step.byNs),
      toNs: nodeNowNs,
      reason: `the node's clock was set ${step.byNs > 0 ? 'forward' : 'back'} by ${seconds} s`,
    });
  }

  #tell(chapters: readonly Chapter[]): readonly Draft[] {
    return chapters.flatMap(({ process, parts }) => {
      if (process !== undefined && process !== this.#process) {
        if (this.#process !== undefined) this.#target = this.#options.restarted(process);
        this.#process = process;
      }
      return parts.map((part) => this.#draftOf(part));
    });
  }

  #draftOf(part: ChapterPart): Draft {
    return { ...part, target: this.#target };
  }
}
