import type { Clock } from '../../../src/system/clock.js';
import { CallPlayer, type CallRecording } from './calls.js';
import { functionsOf, type GoFunction } from './functions.js';

export interface PodOptions {
  /** @default 'default' */
  readonly namespace?: string;
  readonly name: string;
  /** @default the first */
  readonly node?: string;
  /** @default ['app'] */
  readonly containers?: readonly string[];
  /** @default that of its calls */
  readonly goVersion?: string;
  /** Pods of one image on one node share their binary: a probe sees the calls of all of them. @default its own */
  readonly image?: string;
  /** How long after its start an agent knows it. @default the server's metadataLagMs */
  readonly knownAfterMs?: number;
  /** What its program does, again and again. */
  readonly calls: CallRecording;
  /** Functions that its program has beside the runtime's, or instead: an empty array of values takes nothing of it. */
  readonly functions?: readonly GoFunction[];
}

/** A pod with one Go process. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly containers: readonly string[];
  readonly image: string;
  readonly goVersion: string;
  readonly functions: readonly GoFunction[];
  readonly pid: number;
  /** Of its process, as a UINT128: the agent's short id, the pid, the start in ticks. */
  readonly upid: bigint;
  readonly startedNs: number;
  readonly knownAfterMs: number | undefined;
  readonly calls: CallPlayer;
  endedNs: number | undefined;
}

const ticksPerSecond = 100;

/** Every pod that there is, or was. */
export class Pods {
  readonly all: Pod[] = [];
  readonly #clock: Clock;
  #lastPid = 4000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts a pod; an agent of its node learns of it later. */
  add(options: PodOptions, { node, asid }: { node: string; asid: number }): Pod {
    const { calls, name, namespace = 'default', containers = ['app'], knownAfterMs } = options;
    const { goVersion = calls.goVersion, functions = functionsOf(goVersion) } = options;
    const { image = `${namespace}/${name}` } = options;
    this.#lastPid += 7;
    const startedNs = this.#clock.nowNs();
    const sinceBootNs = Number(this.#clock.originMonotonicNs) + startedNs;
    const startTicks = Math.round((sinceBootNs / 1e9) * ticksPerSecond);
    const pod: Pod = {
      ...{ namespace, name, node, containers, image, goVersion, functions, startedNs, knownAfterMs },
      pid: this.#lastPid,
      upid: (BigInt(asid) << 96n) | (BigInt(this.#lastPid) << 64n) | BigInt(startTicks),
      calls: new CallPlayer(calls),
      endedNs: undefined,
    };
    this.all.push(pod);
    return pod;
  }

  /** Ends a pod's process. */
  remove(name: string): void {
    const nowNs = this.#clock.nowNs();
    const pod = this.all.find(
      (known) => `${known.namespace}/${known.name}` === name && known.endedNs === undefined,
    );
    if (pod === undefined) throw new Error(`no pod '${name}' is running`);
    pod.endedNs = nowNs;
  }

  byUpid(upid: bigint): Pod | undefined {
    return this.all.find((pod) => pod.upid === upid);
  }
}

/** A pod's name as Pixie has it. */
export const fullName = ({ namespace, name }: Pod): string => `${namespace}/${name}`;
