import type { PlayedCall, RecordedCall } from './calls.js';
import type { ProbeOutput } from './functions.js';
import type { Pod } from './pods.js';
import type { StoredTable } from './stored-table.js';
import type { Value } from './values.js';

export interface CallTapOptions {
  readonly node: string;
  readonly image: string;
  readonly symbol: string;
  readonly outputs: readonly ProbeOutput[];
  readonly sinceNs: number;
  readonly table: StoredTable;
}

/** A probe that was placed: it sits in a binary, so it sees the calls of every process on the node that runs it. */
export class CallTap {
  readonly #options: CallTapOptions;
  #pushedNs: number;

  constructor(options: CallTapOptions) {
    this.#options = options;
    this.#pushedNs = options.sinceNs;
  }

  /** Hands the calls that returned before a moment (ns since the clock's origin) to the table. */
  pushUntil(
    untilNs: number,
    { pods, toUnixNs }: { pods: readonly Pod[]; toUnixNs: (ns: number) => bigint },
  ): void {
    const { node, image, symbol, table } = this.#options;
    if (untilNs <= this.#pushedNs) return;
    // Recordings know a function by the last part of its name.
    const probe = symbol.slice(symbol.lastIndexOf('.') + 1);
    for (const pod of pods) {
      if (pod.node !== node || pod.image !== image) continue;
      const { startedNs, endedNs = Infinity } = pod;
      const fromNs = Math.max(this.#pushedNs, startedNs) - startedNs;
      const toNs = Math.min(untilNs, endedNs) - startedNs;
      if (fromNs >= toNs) continue;
      const played = [...pod.calls.between(probe, { fromNs, toNs })];
      table.push(this.#columns(played, { pod, toUnixNs }));
    }
    this.#pushedNs = untilNs;
  }

  #columns(
    played: readonly PlayedCall[],
    { pod, toUnixNs }: { pod: Pod; toUnixNs: (ns: number) => bigint },
  ): readonly ArrayLike<Value>[] {
    return [
      played.map(() => pod.upid),
      BigInt64Array.from(played, ({ returnNs }) => toUnixNs(pod.startedNs + returnNs)),
      BigInt64Array.from(played, ({ call: [, , , goid] }) => BigInt(goid)),
      ...this.#options.outputs.map((output) =>
        output.type === 'float64'
          ? Float64Array.from(played, ({ call }) => Number(recorded(output, call)))
          : BigInt64Array.from(played, ({ call }) => BigInt(recorded(output, call))),
      ),
    ];
  }
}

/** What a recording has of one output of a call. */
const recorded = ({ recordedAs }: ProbeOutput, [, , latencyNs, , args]: RecordedCall): number | string =>
  recordedAs === 'latency' ? Math.round(latencyNs) : (args[recordedAs] ?? 0);
