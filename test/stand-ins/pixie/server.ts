import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import type { ClusterStatus } from '../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import { systemClock } from '../../../src/system/clock.js';
import { makeCertificates } from './certificate.js';
import { Cloud, type Cluster } from './cloud.js';
import { defaultNodes, type PixieServerOptions, realTimes } from './options.js';
import { Planner } from './planner.js';
import type { Pod, PodOptions } from './pods.js';
import { StreamTable } from './streams.js';
import { summarize, type TracepointSummary } from './tracepoints.js';
import { Vizier } from './vizier.js';

export interface PixieServer {
  /** host:port of cloud and viziers alike. */
  readonly address: string;
  /** The certificate that a client has to trust, PEM; undefined when the server speaks plaintext. */
  readonly ca: string | undefined;
  readonly apiKey: string;
  /** Of the first cluster, to which pods and tracepoints belong where no other is named. */
  readonly clusterId: string;
  readonly clusters: readonly Cluster[];
  readonly vizier: Vizier;
  addPod(options: PodOptions): Pod;
  /** Ends a pod's process; by namespace/name. */
  removePod(name: string): void;
  /** What the cluster's metadata know of its tracepoints. */
  tracepoints(): readonly TracepointView[];
  /** Resets every call that runs (RST_STREAM), as a proxy on the way may do; answers how many. */
  cutStreams(): number;
  /** Resets the next call of ExecuteScript after so many messages of it. */
  cutNextScript(afterMessages: number): void;
  /** Closes every connection. */
  dropConnections(): void;
  revokeKey(key: string): void;
  setClusterStatus(status: ClusterStatus): void;
  /** From now on only scripts of Pixie's own bundle may run: none of a client's. */
  disableScriptModification(): void;
  /** Every call so far, oldest first. */
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

export interface TracepointView extends TracepointSummary {
  readonly id: string;
  readonly name: string;
  readonly table: string;
  readonly pod: string;
  /** Its time to live is over or was taken away: the reaper will come for it, or came. */
  readonly leaving: boolean;
}

/** One call, as it came. */
export interface SeenRequest {
  readonly method: 'GetClusterInfo' | 'HealthCheck' | 'ExecuteScript';
  readonly headers: Headers;
  readonly script?: string;
  readonly mutation?: boolean;
  /** The query that was to be gone on with. */
  readonly queryId?: string;
}

/** Starts a server that speaks as Pixie's cloud does and behaves as Pixie does in a cluster. It listens on this machine alone. */
export async function createPixieServer(options: PixieServerOptions = {}): Promise<PixieServer> {
  const { clock = systemClock(), tls = true, port = 0, clockOffsetMs = 0, clusters: wanted = [{}] } = options;
  const apiKey = options.apiKey ?? `px-api-${randomUUID()}`;
  const planner = new Planner();
  const clusters = wanted.map((cluster): Cluster => {
    const { vizierVersion = '0.14.16-pre-main.0' } = cluster;
    const {
      nodes = defaultNodes,
      tableBytes = 64 * 1024 * 1024,
      rowsPerBatch = 1024,
      messageDelayMs = 0,
    } = options;
    const times = { ...realTimes, ...options.times };
    const common = { clock, planner, nodes, times, clockOffsetMs, tableBytes, rowsPerBatch, messageDelayMs };
    const {
      id = randomUUID(),
      name = 'test-cluster',
      uid = randomUUID(),
      status = 1,
      denied = false,
    } = cluster;
    const vizier = new Vizier({ ...common, version: vizierVersion });
    return { id, name, uid, status, denied, vizierVersion, vizier };
  });
  const [first] = clusters;
  if (first === undefined) throw new Error('a server needs a cluster');
  const streams = new StreamTable();
  const cloud = new Cloud({
    ...{ clusters, streams, clock },
    keys: new Set([apiKey]),
    badKey: options.badKey ?? 'internal',
    healthMs: options.times?.healthMs ?? realTimes.healthMs,
  });
  const handler = connectNodeAdapter({
    connect: false,
    grpcWeb: false,
    routes: (router) => cloud.serve(router),
  });
  const certificates = tls ? makeCertificates(clock.originUnixMs) : undefined;
  const server = certificates === undefined ? http2.createServer() : http2.createSecureServer(certificates);
  server.on('request', (request, response) => {
    streams.track(request);
    handler(request, response);
  });
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on('sessionError', () => {}); // a client that is gone
  const dropConnections = () => {
    for (const session of sessions) session.destroy();
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: addressOf(server.address()),
    ca: certificates?.ca,
    apiKey,
    clusterId: first.id,
    clusters,
    vizier: first.vizier,
    requests: cloud.requests,
    addPod: (pod) => first.vizier.addPod(pod),
    removePod: (name) => first.vizier.pods.remove(name),
    tracepoints: () => viewsOf(first.vizier, clock.nowNs()),
    cutStreams: () => streams.cutAll(),
    cutNextScript: (afterMessages) => streams.cutNext(afterMessages),
    dropConnections,
    revokeKey: (key) => cloud.revokeKey(key),
    setClusterStatus: (status) => {
      first.status = status;
    },
    disableScriptModification: () => cloud.disableScriptModification(),
    async close() {
      cloud.close();
      const closed = once(server, 'close');
      server.close();
      dropConnections();
      await Promise.all([closed, planner.close(), ...clusters.map(({ vizier }) => vizier.close())]);
    },
  };
}

function addressOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `${address.address}:${address.port}`;
}

const viewsOf = ({ tracepoints }: Vizier, nowNs: number): readonly TracepointView[] =>
  tracepoints.all().map((tracepoint) => {
    const { id, name, table, target, expected, untilNs } = tracepoint;
    const leaving = expected === 'terminated' || untilNs === undefined || untilNs <= nowNs;
    return { id, name, table, pod: target.pod, leaving, ...summarize(tracepoint) };
  });
