import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { ClusterStatus, VizierClusterInfo } from '../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import type { UUID } from '../../../src/sources/pixie/api/gen/uuid_pb.js';
import { type ExecuteScriptRequest, VizierService } from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { Clock } from '../../../src/system/clock.js';
import { VizierFailure } from './failure.js';
import type { SeenRequest } from './server.js';
import type { StreamTable } from './streams.js';
import type { Vizier } from './vizier.js';

/** One cluster of the organisation. */
export interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly uid: string;
  status: ClusterStatus;
  readonly denied: boolean;
  readonly vizierVersion: string;
  readonly vizier: Vizier;
}

export interface CloudOptions {
  readonly clusters: readonly Cluster[];
  readonly streams: StreamTable;
  readonly clock: Clock;
  readonly keys: Set<string>;
  readonly badKey: 'internal' | 'unauthenticated';
  readonly healthMs: number;
}

/** Pixie's cloud: it knows keys and clusters, and hands scripts on (ptproxy/request_proxyer.go). */
export class Cloud {
  readonly requests: SeenRequest[] = [];
  readonly #options: CloudOptions;
  readonly #ending = new AbortController();
  #scriptsMayDiffer = true;

  constructor(options: CloudOptions) {
    this.#options = options;
  }

  serve(router: ConnectRouter): void {
    router.service(VizierClusterInfo, {
      getClusterInfo: ({ id }, context) => {
        this.#admit(context, { method: 'GetClusterInfo' });
        const wanted = id === undefined ? undefined : uuidOf(id);
        const shown = this.#options.clusters.filter(
          (cluster) => wanted === undefined || cluster.id === wanted,
        );
        return { clusters: shown.map(clusterInfo) };
      },
    });
    router.service(VizierService, {
      executeScript: (request, context) => this.#executeScript(request, context),
      healthCheck: ({ clusterId }, context) => this.#healthCheck(clusterId, context),
    });
  }

  revokeKey(key: string): void {
    this.#options.keys.delete(key);
  }

  disableScriptModification(): void {
    this.#scriptsMayDiffer = false;
  }

  close(): void {
    this.#ending.abort();
  }

  async *#executeScript(request: ExecuteScriptRequest, context: HandlerContext) {
    const { queryStr: script, mutation, queryId } = request;
    const { streams } = this.#options;
    this.#admit(context, { method: 'ExecuteScript', script, mutation, queryId });
    const { vizier } = this.#cluster(request.clusterId);
    if (!this.#scriptsMayDiffer) {
      throw new ConnectError('Script modification has been disabled', Code.InvalidArgument);
    }
    try {
      yield* streams.passing(vizier.execute(request, this.#until(context)), context.requestHeader);
    } catch (error) {
      throw error instanceof VizierFailure ? error.relayed() : error;
    }
  }

  async *#healthCheck(clusterId: string, context: HandlerContext) {
    this.#admit(context, { method: 'HealthCheck' });
    const { vizier } = this.#cluster(clusterId);
    const signal = this.#until(context);
    while (!signal.aborted) {
      yield { status: { code: vizier.healthy ? 0 : Code.Unavailable } };
      await this.#options.clock.sleep(this.#options.healthMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  #until(context: HandlerContext): AbortSignal {
    return AbortSignal.any([context.signal, this.#ending.signal]);
  }

  /** Throws when a call brings no key that is good. */
  #admit({ requestHeader }: HandlerContext, request: Omit<SeenRequest, 'headers'>): void {
    this.requests.push({ ...request, headers: new Headers(requestHeader) });
    const { keys, badKey } = this.#options;
    if (keys.has(requestHeader.get('pixie-api-key') ?? '')) return;
    // Pixie's servers call whatever their authentication says an internal error (shared/services/server/grpc_server.go).
    if (badKey === 'internal') {
      throw new ConnectError(
        'Auth middleware failed: failed to fetch token - unauthenticated',
        Code.Internal,
      );
    }
    throw new ConnectError('invalid auth token: token is not valid', Code.Unauthenticated);
  }

  /** The cluster that a call names. Throws when it may not, or cannot, be used. */
  #cluster(id: string): Cluster {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
      throw new ConnectError('missing/malformed cluster_id', Code.InvalidArgument);
    }
    const cluster = this.#options.clusters.find((known) => known.id === id.toLowerCase());
    if (cluster === undefined) throw new ConnectError('failed to fetch creds for cluster', Code.Internal);
    if (cluster.denied)
      throw new ConnectError('permission denied for access to cluster', Code.PermissionDenied);
    if (![ClusterStatus.CS_HEALTHY, ClusterStatus.CS_DEGRADED].includes(cluster.status)) {
      throw new ConnectError('cluster is not in a healthy state', Code.Unavailable);
    }
    return cluster;
  }
}

const clusterInfo = ({ id, name, uid, status, vizierVersion, vizier }: Cluster) => ({
  id: uuidMessage(id),
  status,
  clusterUid: uid,
  clusterName: name,
  prettyClusterName: name,
  clusterVersion: 'v1.30.2',
  vizierVersion,
  numNodes: vizier.agents.length,
  numInstrumentedNodes: vizier.agents.length,
  statusMessage: status === ClusterStatus.CS_HEALTHY ? '' : 'said by the stand-in',
});

const low64 = 0xffff_ffff_ffff_ffffn;

function uuidMessage(id: string): { highBits: bigint; lowBits: bigint } {
  const value = BigInt(`0x${id.replaceAll('-', '')}`);
  return { highBits: value >> 64n, lowBits: value & low64 };
}

const uuidOf = ({ highBits, lowBits }: UUID): string =>
  ((highBits << 64n) | lowBits)
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
