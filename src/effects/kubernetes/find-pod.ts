import { GctopError } from '../../error.js';
import type { PodRef } from '../../gc/source-control.js';
import type { Clock } from '../../system/clock.js';
import { chooseContainer, choosePod, noSuchPod, type PodSpec, podRefOf } from './choose-pod.js';
import { choosePort, type RemotePort } from './choose-port.js';
import type { Cluster } from './cluster.js';
import type { Container, Pod } from './objects.js';

export interface FindPodOptions {
  readonly cluster: Cluster;
  readonly spec: PodSpec;
  /** @default chosen */
  readonly container?: string | undefined;
  /** The port inside the pod. @default chosen */
  readonly port?: number | undefined;
  readonly signal: AbortSignal;
}

/** A pod to watch, and how to reach it. */
export interface FoundPod {
  readonly pod: Pod;
  readonly container: string;
  readonly remotePort: RemotePort | undefined;
  /** Names the run that is under way; undefined while the container is not started. */
  readonly ref: PodRef | undefined;
  /** What the user typed, where that was the begin of several names: pods that nothing made are followed by it. */
  readonly prefix: string | undefined;
  /** How one of several was chosen. */
  readonly why: string | undefined;
}

/**
 * Finds the pod that `--pod` means, or the several that it could mean. Throws `NO_SUCH_POD`, and what the cluster's calls
 * throw.
 */
export async function findPod(options: FindPodOptions): Promise<FoundPod | readonly Pod[]> {
  const { cluster, spec, signal } = options;
  const namespace = spec.namespace ?? (await cluster.context(signal)).namespace;
  const pods = await cluster.pods({ namespace }, signal);
  const choice = choosePod(spec.name, pods);
  if (choice.kind === 'none') throw noSuchPod({ namespace, name: spec.name }, pods);
  if (choice.kind === 'several') return choice.pods;
  const { pod, why } = choice;
  return { ...(await reach(pod, options)), prefix: pod.name === spec.name ? undefined : spec.name, why };
}

/** How to reach a pod that was chosen. Throws `NO_SUCH_POD` for a container that it does not have. */
export async function reach(
  pod: Pod,
  { cluster, container, port, signal }: Omit<FindPodOptions, 'spec'>,
): Promise<Omit<FoundPod, 'prefix' | 'why'>> {
  if (container !== undefined) chooseContainer(pod, { container });
  const services = port === undefined ? await servicesIfAllowed(cluster, pod.namespace, signal) : [];
  const remotePort = choosePort(pod, services, { port, container });
  const chosen: Container = chooseContainer(pod, { container, port: remotePort?.number });
  return { pod, container: chosen.name, remotePort, ref: podRefOf(pod, chosen.name) };
}

export interface AwaitRunOptions {
  readonly clock: Clock;
  /** @default 60 s */
  readonly withinMs?: number;
}

/** Waits until the container of a pod that was found runs. Throws `KUBERNETES` when it does not in time. */
export async function awaitRun(
  found: FoundPod,
  options: FindPodOptions,
  { clock, withinMs = 60_000 }: AwaitRunOptions,
): Promise<FoundPod & { readonly ref: PodRef }> {
  const { cluster, signal } = options;
  const untilNs = clock.nowNs() + withinMs * 1e6;
  let { pod } = found;
  while (true) {
    const ref = podRefOf(pod, found.container);
    if (ref !== undefined) return { ...found, pod, ref };
    if (clock.nowNs() >= untilNs) throw doesNotRun(pod, found.container, withinMs);
    await clock.sleep(lookEveryMs, signal);
    const now = await cluster.pod(pod, signal);
    if (now === undefined) throw noSuchPod(pod, await cluster.pods(pod, signal));
    pod = now;
  }
}

const lookEveryMs = 500;

/** Services only help to choose the port: a user who may not read them still has the container's own. */
async function servicesIfAllowed(cluster: Cluster, namespace: string, signal: AbortSignal) {
  try {
    return await cluster.services(namespace, signal);
  } catch (error) {
    if (error instanceof GctopError && error.code === 'KUBERNETES') return [];
    throw error;
  }
}

function doesNotRun(pod: Pod, container: string, withinMs: number): GctopError {
  const waiting = pod.containers.find(({ name }) => name === container)?.waiting;
  const why = waiting === undefined ? pod.phase : `it waits: ${waiting}`;
  const message = `container '${container}' of pod '${pod.namespace}/${pod.name}' does not run after ${withinMs / 1000} s (${why})`;
  return new GctopError('KUBERNETES', message, {
    hint: `see why: kubectl describe pod ${pod.name} --namespace=${pod.namespace}`,
  });
}
