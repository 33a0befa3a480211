import { GctopError } from '../../error.js';
import type { PodCandidate, PodList } from '../../gc/candidate.js';
import { abortScope, Silence, within } from '../../system/abort-scope.js';
import type { Clock } from '../../system/clock.js';
import type { Cluster } from './cluster.js';
import type { Pod } from './objects.js';

export interface ListPodsOptions {
  /** Throws where there is no kubectl. */
  readonly cluster: (signal: AbortSignal) => Promise<Cluster>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A cluster that takes longer is asked by name: `gctop --pod`. */
const patienceMs = 5_000;

/**
 * The pods of the current context's namespace, where there are kubectl and a context; nothing where there are not. What
 * goes wrong is told in the list.
 */
export async function* listPods(options: ListPodsOptions): AsyncGenerator<PodList, void, undefined> {
  const scope = abortScope(options.signal);
  try {
    const inTime = <T>(asked: Promise<T>) => within(asked, patienceMs, options.clock);
    const cluster = await unlessItFails(inTime(options.cluster(scope.signal)));
    const context = cluster && (await unlessItFails(inTime(cluster.context(scope.signal))));
    if (cluster === undefined || context === undefined) return;
    const { name, namespace } = context;
    yield { state: 'asking', context: name };
    yield await inTime(cluster.pods({ namespace }, scope.signal)).then(
      (pods): PodList => ({
        state: 'listed',
        context: name,
        namespace,
        pods: pods.map(toCandidate).sort(byName),
      }),
      (error: unknown): PodList => ({ state: 'failed', context: name, why: whyNot(error) }),
    );
  } finally {
    scope.end();
  }
}

/** Without kubectl, or a context that it can read, there are no pods to speak of. */
async function unlessItFails<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GctopError || error instanceof Silence) return undefined;
    throw error;
  }
}

function whyNot(error: unknown): string {
  if (error instanceof Silence) return `no answer in ${patienceMs / 1e3} s`;
  if (error instanceof GctopError) return error.message;
  throw error;
}

const byName = (a: PodCandidate, b: PodCandidate): number => (a.name < b.name ? -1 : 1);

function toCandidate(pod: Pod): PodCandidate {
  const { namespace, name, node, containers, ready, createdUnixMs } = pod;
  const running = containers.filter((container) => container.running).length;
  return {
    namespace,
    name,
    ...(node === undefined ? {} : { node }),
    running: `${running}/${containers.length}`,
    isReady: ready,
    createdUnixMs,
    state: stateOf(pod),
  };
}

function stateOf({ terminating, containers, phase }: Pod): string {
  if (terminating) return 'terminating';
  return containers.find(({ waiting }) => waiting !== undefined)?.waiting ?? phase;
}
