import { GctopError } from '../../../error.js';
import { type ClusterInfo, ClusterStatus } from './gen/cloudapi_pb.js';
import { lookAtVizier } from './problem.js';
import { isUuid, uuidText } from './uuid.js';

/** One cluster of a Pixie cloud. */
export interface PixieCluster {
  /** In the dashed form. */
  readonly id: string;
  /** UID of its namespace kube-system; empty when the cloud does not know it. */
  readonly uid: string;
  readonly name: string;
  readonly prettyName: string;
  readonly status: PixieClusterStatus;
  /** Why it is not healthy, where the cloud says so. */
  readonly statusMessage: string;
  readonly vizierVersion: string;
  readonly nodes: number;
  readonly instrumentedNodes: number;
}

export type PixieClusterStatus =
  | 'unknown'
  | 'healthy'
  | 'unhealthy'
  | 'disconnected'
  | 'updating'
  | 'connected'
  | 'update failed'
  | 'degraded';

export interface WantedCluster {
  /** What the user asked for: UUID, uid, name or pretty name. */
  readonly named?: string | undefined;
  /** Uid of the cluster that kubectl talks to. */
  readonly kubeUid?: string | undefined;
}

/**
 * The cluster asked for, else that of the kubeconfig, else the only one that takes scripts. Throws `NO_SUCH_CLUSTER`
 * with the names that there are, and `CLUSTER_UNHEALTHY`.
 */
export function chooseCluster(clusters: readonly PixieCluster[], wanted: WantedCluster): PixieCluster {
  const { named, kubeUid } = wanted;
  if (clusters.length === 0) {
    throw new GctopError('NO_SUCH_CLUSTER', 'the Pixie cloud knows no cluster', {
      hint: 'deploy Pixie to one with px deploy, or check that the key is of the right organisation',
    });
  }
  if (named !== undefined) return oneOf(matching(clusters, named), { named: `'${named}'`, clusters });
  const current = clusters.filter(({ uid }) => kubeUid !== undefined && uid === kubeUid);
  if (current.length > 0) return oneOf(current, { named: "the kubeconfig's cluster", clusters });
  // Another cluster than the one that kubectl talks to would not have the pod; one without a uid may be that one.
  const possible = kubeUid === undefined ? clusters : clusters.filter(({ uid }) => uid === '');
  if (possible.length === 0) {
    throw new GctopError(
      'NO_SUCH_CLUSTER',
      `the Pixie cloud does not know the kubeconfig's cluster (uid '${kubeUid}'): ${listed(clusters)}`,
      { hint: 'deploy Pixie to it with px deploy, or name another with --pixie-cluster' },
    );
  }
  return onlyHealthy(possible);
}

/** Whether the cloud passes scripts on to it: it does for these two states alone. */
export const takesScripts = ({ status }: PixieCluster): boolean =>
  status === 'healthy' || status === 'degraded';

/** A cluster in the words of this source. */
export function pixieCluster(info: ClusterInfo): PixieCluster {
  return {
    id: uuidText({ high: info.id?.highBits ?? 0n, low: info.id?.lowBits ?? 0n }),
    uid: info.clusterUid,
    name: info.clusterName,
    prettyName: info.prettyClusterName,
    status: statusOf(info.status),
    statusMessage: info.statusMessage,
    vizierVersion: info.vizierVersion,
    nodes: info.numNodes,
    instrumentedNodes: info.numInstrumentedNodes,
  };
}

/** An exact id before a name: a cluster can be called like another's id by nobody but a joker. */
function matching(clusters: readonly PixieCluster[], named: string): readonly PixieCluster[] {
  const wanted = named.toLowerCase();
  if (isUuid(named)) {
    const byId = clusters.filter(({ id }) => id === wanted);
    if (byId.length > 0) return byId;
  }
  return clusters.filter(
    ({ uid, name, prettyName }) => uid === named || name === named || prettyName === named,
  );
}

interface Asked {
  readonly named: string;
  readonly clusters: readonly PixieCluster[];
}

/** A cluster that was made anew leaves its old self behind under the same name: the one that works is meant. */
function oneOf(found: readonly PixieCluster[], { named, clusters }: Asked): PixieCluster {
  const [first, ...others] = found;
  if (first === undefined) {
    throw new GctopError('NO_SUCH_CLUSTER', `no cluster is called ${named}: ${listed(clusters)}`, {
      hint: 'name one of them with --pixie-cluster NAME|ID',
    });
  }
  const working = found.filter(takesScripts);
  if (working.length > 1) {
    const ids = working.map(({ id }) => id).join(', ');
    throw new GctopError('NO_SUCH_CLUSTER', `${working.length} clusters are called ${named}: ${ids}`, {
      hint: 'choose by id, with --pixie-cluster ID',
    });
  }
  const [chosen] = working;
  if (chosen !== undefined) return chosen;
  throw unhealthy(
    others.length === 0 ? first : (found.find(({ status }) => status !== 'disconnected') ?? first),
  );
}

function onlyHealthy(clusters: readonly PixieCluster[]): PixieCluster {
  const working = clusters.filter(takesScripts);
  const [only] = working;
  if (only === undefined) {
    const [single, ...more] = clusters;
    if (single !== undefined && more.length === 0) throw unhealthy(single);
    throw new GctopError('CLUSTER_UNHEALTHY', `no cluster is healthy: ${listed(clusters)}`, {
      hint: lookAtVizier,
    });
  }
  if (working.length === 1) return only;
  throw new GctopError('NO_SUCH_CLUSTER', `several clusters are healthy: ${listed(working)}`, {
    hint: 'name one of them with --pixie-cluster NAME|ID',
  });
}

function unhealthy(cluster: PixieCluster): GctopError {
  const { status, statusMessage } = cluster;
  const why = statusMessage === '' ? '' : ` (${statusMessage.replace(/\.+$/, '')})`;
  return new GctopError('CLUSTER_UNHEALTHY', `cluster '${label(cluster)}' is ${status}${why}`, {
    hint: advice[status],
  });
}

const advice: Readonly<Record<PixieClusterStatus, string>> = {
  unknown: lookAtVizier,
  healthy: lookAtVizier,
  degraded: lookAtVizier,
  connected: 'it has just come up; try again in a minute',
  unhealthy: lookAtVizier,
  disconnected: 'its Vizier does not call home: is the cluster running, and can it reach the cloud?',
  updating: 'wait until the update is done, then try again',
  'update failed': 'repair it with px deploy, or see kubectl get pods -n pl in the cluster',
};

const statusOf = (status: ClusterStatus): PixieClusterStatus => statusWords[status] ?? 'unknown';

const statusWords: Readonly<Partial<Record<ClusterStatus, PixieClusterStatus>>> = {
  [ClusterStatus.CS_HEALTHY]: 'healthy',
  [ClusterStatus.CS_UNHEALTHY]: 'unhealthy',
  [ClusterStatus.CS_DISCONNECTED]: 'disconnected',
  [ClusterStatus.CS_UPDATING]: 'updating',
  [ClusterStatus.CS_CONNECTED]: 'connected',
  [ClusterStatus.CS_UPDATE_FAILED]: 'update failed',
  [ClusterStatus.CS_DEGRADED]: 'degraded',
};

const label = ({ prettyName, name, id }: PixieCluster): string => prettyName || name || id;

/** Enough of them to find the right one; an organisation can have hundreds. */
const mostListed = 8;
function listed(clusters: readonly PixieCluster[]): string {
  const shown = clusters.slice(0, mostListed).map((cluster) => `'${label(cluster)}' (${cluster.status})`);
  const more = clusters.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
