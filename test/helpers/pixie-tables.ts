import { type ProbeName, probeNames } from '../../src/gc/probe.js';
import type { Poller, PollNews } from '../../src/sources/pixie/rows/poller.js';
import type { CallRow } from '../../src/sources/pixie/rows/rows.js';
import { clockTable, tableOf } from './pixie-story.js';

/** When the watch of every story began, on the node's clock. */
export const sinceUnixNs = 1_790_000_000_000_000_123n;

/** What the tables of a node hold: rows come late into them, each by its own time. */
export class NodeTables {
  readonly #rows: readonly { readonly row: CallRow; readonly seenAtNs: number }[];
  readonly #rowCap: number;

  constructor(
    rows: readonly CallRow[],
    { delayNs, rowCap }: { readonly delayNs: (row: number) => number; readonly rowCap: number },
  ) {
    this.#rows = rows.map((row, i) => ({ row, seenAtNs: row.atNs + delayNs(i) }));
    this.#rowCap = rowCap;
  }

  /** One poll, with the questions that follow at once where an answer was full. */
  poll(poller: Poller, nowNs: number): readonly PollNews[] {
    const news: PollNews[] = [];
    let ask: readonly ProbeName[] = probeNames;
    while (ask.length > 0) {
      if (news.length > 10_000) throw new Error('the poller makes no progress');
      const answer = ask.map((probe) => this.#answer(probe, poller.startUnixNs(probe), nowNs));
      const learnt = poller.learn([...answer, clockTable(sinceUnixNs + BigInt(nowNs))]);
      news.push(learnt);
      ask = learnt.again;
    }
    return news;
  }

  #answer(probe: ProbeName, startUnixNs: bigint, nowNs: number) {
    const startNs = Number(startUnixNs - sinceUnixNs);
    const rows = this.#rows
      .filter(({ row, seenAtNs }) => row.probe === probe && row.atNs >= startNs && seenAtNs <= nowNs)
      .map(({ row }) => row)
      .sort((a, b) => a.atNs - b.atNs);
    return tableOf(probe, rows.slice(0, this.#rowCap), sinceUnixNs);
  }
}
