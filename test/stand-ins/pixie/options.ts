import type { ClusterStatus } from '../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import type { Clock } from '../../../src/system/clock.js';

/** How long things take in the cluster. */
export interface Times {
  /** How often an agent looks at its tracepoints and reports what changed. */
  readonly monitorMs: number;
  /** How long an agent's new table takes to be known to the query broker. */
  readonly schemaMs: number;
  /** How often tracepoints without time left are taken away. */
  readonly reaperMs: number;
  /** How long after its start an agent knows a pod. */
  readonly metadataLagMs: number;
  /** How long an agent takes to compile and place a probe. */
  readonly deployMs: number;
  /** How often an agent takes calls out of the kernel. */
  readonly drainMs: number;
  /** How often an agent hands them to their table, from when on they can be read. */
  readonly pushMs: number;
  readonly healthMs: number;
  /** How long a query's result waits for somebody to take it. */
  readonly consumerTimeoutMs: number;
}

/** As in a cluster. */
export const realTimes: Times = {
  monitorMs: 2_000,
  schemaMs: 5_000,
  reaperMs: 30_000,
  metadataLagMs: 5_000,
  deployMs: 4_000,
  drainMs: 100,
  pushMs: 1_000,
  healthMs: 5_000,
  consumerTimeoutMs: 180_000,
};

/** For tests that are to be over within seconds. */
export const fastTimes: Times = {
  monitorMs: 40,
  schemaMs: 60,
  reaperMs: 250,
  metadataLagMs: 0,
  deployMs: 80,
  drainMs: 20,
  pushMs: 60,
  healthMs: 100,
  consumerTimeoutMs: 3_000,
};

export interface ClusterOptions {
  /** In the dashed form. @default one made up */
  readonly id?: string;
  /** @default 'test-cluster' */
  readonly name?: string;
  /** UID of kube-system. @default one made up */
  readonly uid?: string;
  /** @default CS_HEALTHY */
  readonly status?: ClusterStatus;
  /** @default '0.14.16-pre-main.0' */
  readonly vizierVersion?: string;
  /** Who has a good key may see this cluster, but not use it. @default false */
  readonly denied?: boolean;
}

export interface PixieServerOptions {
  /** With false: plaintext HTTP/2. @default true */
  readonly tls?: boolean;
  /** @default 0: a free one */
  readonly port?: number;
  /** @default one made up */
  readonly apiKey?: string;
  /** @default one healthy cluster */
  readonly clusters?: readonly ClusterOptions[];
  /** The nodes of each cluster, an agent on each. @default three */
  readonly nodes?: readonly NodeOptions[];
  /** @default realTimes */
  readonly times?: Partial<Times>;
  /** How far the cluster's clocks are ahead of this machine's. @default 0 */
  readonly clockOffsetMs?: number;
  /** How large a table may become on a node. @default 64 MiB, as in Pixie */
  readonly tableBytes?: number;
  /** @default 1024 */
  readonly rowsPerBatch?: number;
  /** How long between two messages of a result. @default 0 */
  readonly messageDelayMs?: number;
  /** What a call without a good key fails with: as Pixie's own cloud does today, or as its clients expect. @default 'internal' */
  readonly badKey?: 'internal' | 'unauthenticated';
  readonly clock?: Clock;
}

export interface NodeOptions {
  readonly name: string;
  /** How far ahead of the cluster's other clocks. @default 0 */
  readonly clockOffsetMs?: number;
}

export const defaultNodes: readonly NodeOptions[] = ['node-1', 'node-2', 'node-3'].map((name) => ({ name }));
