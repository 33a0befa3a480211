import type { Vizier } from '../vizier.js';
import { PixieAPIClient, type PixieAPIClientContext } from './client.js';
import { clientVizier } from './client-vizier.js';
import { chooseCluster, type PixieCluster } from './clusters.js';
import type { PixieOptions } from './pixie-options.js';

/** A Vizier that was found, and what keeps it reachable. */
export interface PixieConnection {
  readonly client: PixieAPIClient;
  readonly vizier: Vizier;
  /** Absent: a Vizier reached directly, of which no cloud tells anything. */
  readonly cluster?: PixieCluster;
}

export interface ConnectContext extends PixieAPIClientContext {
  readonly signal: AbortSignal;
  /** Uid of the cluster that kubectl talks to, where it is known: the one that is meant unless one is named. */
  readonly kubeUid?: string | undefined;
}

/**
 * Finds the cluster that is meant. The caller closes the client. Throws what choosing a cluster throws, and what
 * asking for the clusters does.
 */
export async function connectPixie(
  options: PixieOptions,
  { signal, kubeUid, ...context }: ConnectContext,
): Promise<PixieConnection> {
  const client = PixieAPIClient.create(options, context);
  if (options.mode === 'direct') return { client, vizier: clientVizier(client, options.cluster ?? '') };
  try {
    const cluster = chooseCluster(await client.clusters(signal), { named: options.cluster, kubeUid });
    return { client, vizier: clientVizier(client, cluster.id), cluster };
  } catch (error) {
    client.close();
    throw error;
  }
}
