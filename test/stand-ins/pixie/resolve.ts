import type { Target } from './plan.js';
import { fullName, type Pod } from './pods.js';

/** Says why a target is not there; the words are Pixie's. */
export class TargetError extends Error {}

/**
 * The pod that a target means, among those that an agent knows (dynamic_tracing/dynamic_tracer.cc). A name may be the
 * begin of the pod's. Throws `TargetError`.
 */
export function resolveTarget({ pod: wanted, container }: Target, known: readonly KnownPod[]): Pod {
  const [namespace, name] = wanted.split('/');
  if (namespace === undefined || name === undefined) {
    throw new TargetError(`Invalid pod name format: '${wanted}'`);
  }
  const found = known.filter(({ pod }) => pod.namespace === namespace && pod.name.startsWith(name));
  if (found.some(({ ended }) => ended)) throw new TargetError(`Pod '${wanted}' has died`);
  const [first, ...others] = found;
  if (first === undefined) throw new TargetError(`Could not find Pod for name '${wanted}'`);
  if (others.length > 0) {
    const names = found.map(({ pod }) => fullName(pod)).join(',');
    throw new TargetError(`Pod name '${wanted}' matches multiple Pods: '${names}'`);
  }
  const { pod } = first;
  if (container === '' && pod.containers.length > 1) {
    const names = [...pod.containers].sort().join(',');
    throw new TargetError(
      `Container name not specified, but Pod '${pod.name}' has multiple containers '${names}'`,
    );
  }
  if (container !== '' && !pod.containers.includes(container)) {
    throw new TargetError(`Could not find live container '${container}' in Pod: '${pod.name}'`);
  }
  return pod;
}

/** A pod as an agent's metadata have it. */
export interface KnownPod {
  readonly pod: Pod;
  readonly ended: boolean;
}
