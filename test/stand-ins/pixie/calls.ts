import { readFileSync } from 'node:fs';

/** The calls of a program that ran once, which the stand-in plays again and again. */
export interface CallRecording {
  readonly goVersion: string;
  readonly durationNs: number;
  /** Ordered by when the calls returned. */
  readonly calls: readonly RecordedCall[];
}

/** The probed function by the last part of its name; ns since the recording's begin; what was passed and returned. */
export type RecordedCall = readonly [
  probe: string,
  startNs: number,
  latencyNs: number,
  goid: number,
  args: Readonly<Record<string, number | string>>,
];

/** Reads a recording: a line of JSON about the program, then one for each call. */
export function readCalls(path: string): CallRecording {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const { goVersion, durationNs } = JSON.parse(head ?? '{}');
  return { goVersion, durationNs, calls: lines.map((line): RecordedCall => JSON.parse(line)) };
}

/** A call as it comes out of the kernel: when it returned, ns since playing began. */
export interface PlayedCall {
  readonly returnNs: number;
  readonly call: RecordedCall;
}

/** Plays a recording in a loop. */
export class CallPlayer {
  readonly #durationNs: number;
  readonly #byProbe = new Map<string, PlayedCall[]>();

  constructor({ durationNs, calls }: CallRecording) {
    this.#durationNs = durationNs;
    for (const call of calls) {
      const [probe, startNs, latencyNs] = call;
      const returnNs = startNs + latencyNs;
      if (returnNs >= durationNs) continue;
      const known = this.#byProbe.get(probe);
      if (known === undefined) this.#byProbe.set(probe, [{ returnNs, call }]);
      else known.push({ returnNs, call });
    }
    for (const known of this.#byProbe.values()) known.sort((a, b) => a.returnNs - b.returnNs);
  }

  /** The calls of one function that returned in [fromNs, toNs), in that order. */
  *between(probe: string, { fromNs, toNs }: { fromNs: number; toNs: number }): Generator<PlayedCall> {
    const calls = this.#byProbe.get(probe) ?? [];
    if (calls.length === 0) return;
    for (let round = Math.max(0, Math.floor(fromNs / this.#durationNs)); ; round += 1) {
      const baseNs = round * this.#durationNs;
      if (baseNs >= toNs) return;
      for (let index = firstFrom(calls, fromNs - baseNs); index < calls.length; index += 1) {
        const played = calls[index];
        if (played === undefined || baseNs + played.returnNs >= toNs) break;
        yield { returnNs: baseNs + played.returnNs, call: played.call };
      }
    }
  }
}

/** The index of the first call that returned at `ns` or later. */
function firstFrom(calls: readonly PlayedCall[], ns: number): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((calls[middle]?.returnNs ?? 0) < ns) low = middle + 1;
    else high = middle;
  }
  return low;
}
