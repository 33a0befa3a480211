import { GctopError } from '../../error.js';
import type { PodRef } from '../../gc/source-control.js';
import type { Container, Owner, Pod } from './objects.js';

/** What the user typed: `[NAMESPACE/]NAME`, NAME being a pod, a deployment, or how a pod's name begins. */
export interface PodSpec {
  readonly namespace?: string;
  readonly name: string;
}

/** Which pod is meant. */
export type Choice =
  /** `why` tells how one of several was chosen. */
  | { readonly kind: 'one'; readonly pod: Pod; readonly why?: string }
  /** Different programs: the user must say which. Ready ones first, then by name. */
  | { readonly kind: 'several'; readonly pods: readonly Pod[] }
  | { readonly kind: 'none' };

/** Reads `--pod`. Throws `USAGE`. */
export function parsePodSpec(typed: string): PodSpec {
  const [, namespace, name] = /^(?:([a-z0-9][a-z0-9-]*)\/)?([a-z0-9][a-z0-9.-]*)$/.exec(typed) ?? [];
  if (name === undefined) {
    throw new GctopError('USAGE', `'--pod ${typed}': expected a pod's name, or NAMESPACE/NAME`, {
      hint: 'kubectl get pods --all-namespaces lists them',
    });
  }
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Chooses among the pods of a namespace: by the whole name, else by the deployment, else by the begin of the name. */
export function choosePod(name: string, pods: readonly Pod[]): Choice {
  const exact = pods.find((pod) => pod.name === name);
  if (exact !== undefined) return { kind: 'one', pod: exact };
  const unfinished = pods.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  const ofWorkload = unfinished.filter((pod) => workloadOf(pod)?.name === name);
  const meant = ofWorkload.length > 0 ? ofWorkload : unfinished.filter((pod) => pod.name.startsWith(name));
  const alive = best(meant);
  const [first, second] = alive;
  if (first === undefined) return { kind: 'none' };
  if (second === undefined) return { kind: 'one', pod: first };
  const workloads = new Set(alive.map((pod) => familyOf(pod)));
  if (workloads.size > 1) return { kind: 'several', pods: [...alive].sort(byName) };
  const why = `the newest of ${alive.length} ${isUsable(first) ? 'ready ' : ''}pods of ${familyOf(first)}`;
  return { kind: 'one', pod: first, why };
}

/** What made a pod, by the name under which people know it: a ReplicaSet's deployment. */
export function workloadOf({ owner, labels }: Pod): Owner | undefined {
  const suffix = `-${labels['pod-template-hash']}`;
  if (owner?.kind !== 'ReplicaSet' || !owner.name.endsWith(suffix)) return owner;
  return { kind: 'Deployment', name: owner.name.slice(0, -suffix.length) };
}

/** Ready and not told to end. */
export const isUsable = ({ ready, terminating }: Pod): boolean => ready && !terminating;

/** The error for a pod that is not there: what was looked for, what there is, what to try. */
export function noSuchPod({ namespace, name }: Required<PodSpec>, pods: readonly Pod[]): GctopError {
  const message = `namespace '${namespace}' has no pod or deployment '${name}', and no pod whose name begins so`;
  if (pods.length === 0) {
    const hint =
      'there is no pod in that namespace, if it exists at all: kubectl get pods --all-namespaces lists all';
    return new GctopError('NO_SUCH_POD', message, { hint });
  }
  const names = [...pods].sort(byName).map((pod) => pod.name);
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return new GctopError('NO_SUCH_POD', message, {
    hint: `there are ${names.slice(0, mostNamed).join(', ')}${more}; --pod NAMESPACE/NAME looks elsewhere`,
  });
}

const mostNamed = 5;

/** How a pod is named to the source that watches it; undefined while its container was not started. */
export function podRefOf(pod: Pod, containerName: string): PodRef | undefined {
  const container = pod.containers.find(({ name }) => name === containerName);
  if (container?.id === undefined || !container.running) return undefined;
  return {
    namespace: pod.namespace,
    name: pod.name,
    instance: `${pod.uid}/${container.id}`,
    container: container.name,
    ...(pod.node === undefined ? {} : { node: pod.node }),
    ...(container.startedUnixMs === undefined ? {} : { startedUnixMs: container.startedUnixMs }),
  };
}

/**
 * The container that is meant: the one asked for, the only one, the one with the port, the one the pod itself says, else
 * the first. Throws `NO_SUCH_POD` for one that is not there.
 */
export function chooseContainer(
  pod: Pod,
  { container, port }: { readonly container?: string | undefined; readonly port?: number | undefined },
): Container {
  const { containers, defaultContainer } = pod;
  const named = (name: string | undefined) => containers.find((each) => each.name === name);
  const withPort = containers.find(({ ports }) => ports.some(({ number }) => number === port));
  const chosen =
    container === undefined ? (withPort ?? named(defaultContainer) ?? containers[0]) : named(container);
  if (chosen !== undefined) return chosen;
  throw new GctopError('NO_SUCH_POD', `pod '${pod.namespace}/${pod.name}' has no container '${container}'`, {
    hint: `it has ${containers.map(({ name }) => name).join(', ')}`,
  });
}

/** The best kind of pods there is among these, newest first: ready ones, else those not told to end, else any. */
function best(pods: readonly Pod[]): readonly Pod[] {
  const usable = pods.filter(isUsable);
  const staying = usable.length > 0 ? usable : pods.filter(({ terminating }) => !terminating);
  return [...(staying.length > 0 ? staying : pods)].sort((a, b) => b.createdUnixMs - a.createdUnixMs);
}

/** Replicas have one; a pod that nothing made has its own. */
function familyOf(pod: Pod): string {
  const workload = workloadOf(pod);
  return workload === undefined ? `pod ${pod.name}` : `${workload.kind} ${workload.name}`;
}

const byName = (a: Pod, b: Pod): number => (a.name < b.name ? -1 : 1);
