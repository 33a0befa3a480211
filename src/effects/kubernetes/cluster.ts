import { GctopError } from '../../error.js';
import { type Check, Mismatch } from '../../gc/check.js';
import type { Call, Kubectl } from '../../system/kubectl.js';
import {
  type Context,
  type Owner,
  type Pod,
  readContext,
  readPod,
  readPods,
  readSelector,
  readServices,
  readUid,
  type Service,
} from './objects.js';

/** What gctop asks of a cluster. Every call throws `NO_KUBECTL` and `KUBERNETES`. */
export interface Cluster {
  readonly kubectl: Kubectl;
  /** The context that is used, its cluster and its namespace. */
  context(signal: AbortSignal): Promise<Context>;
  /** By which Pixie knows the cluster: the UID of the namespace kube-system. */
  uid(signal: AbortSignal): Promise<string>;
  pods(asked: PodsAsked, signal: AbortSignal): Promise<readonly Pod[]>;
  /** Undefined: there is none of that name. */
  pod(asked: Named, signal: AbortSignal): Promise<Pod | undefined>;
  services(namespace: string, signal: AbortSignal): Promise<readonly Service[]>;
  /** The label selector of what made a pod; undefined where it has none that `kubectl -l` could be given. */
  selectorOf(owner: Owner, namespace: string, signal: AbortSignal): Promise<string | undefined>;
  /** Creates or changes what a manifest says; gives a line for each object. */
  apply(manifest: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Waits until a deployment's pods are those of its newest template, and ready. */
  rolledOut(deployment: Named & { readonly withinMs: number }, signal: AbortSignal): Promise<void>;
}

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export interface PodsAsked {
  readonly namespace: string;
  /** @default all pods of the namespace */
  readonly selector?: string | undefined;
}

/** What may be asked of a cluster through the user's kubectl. */
export function createCluster(kubectl: Kubectl): Cluster {
  const read = async <Value>(call: Call, check: Check<Value>): Promise<Value> => {
    const answer = await kubectl.askJson(call);
    return checked(call, () => check(answer, ''));
  };
  return {
    kubectl,
    context: (signal) =>
      read({ task: 'read the context', args: ['config', 'view', '--minify'], signal }, readContext),
    uid: (signal) =>
      read(
        { task: 'read the namespace kube-system', args: ['get', 'namespace', 'kube-system'], signal },
        readUid,
      ),
    pods: (asked, signal) =>
      read(
        { task: `read the pods of namespace '${asked.namespace}'`, args: podsArgs(asked), signal },
        readPods,
      ),
    async pod({ namespace, name }, signal) {
      const call = {
        task: `read pod '${namespace}/${name}'`,
        args: ['get', 'pod', name, inNamespace(namespace), '--ignore-not-found'],
        signal,
      };
      const answer = await kubectl.askJson(call);
      return answer === undefined ? undefined : checked(call, () => readPod(answer, ''));
    },
    services: (namespace, signal) =>
      read(
        {
          task: `read the services of namespace '${namespace}'`,
          args: ['get', 'services', inNamespace(namespace)],
          signal,
        },
        readServices,
      ),
    selectorOf({ kind, name }, namespace, signal) {
      const args = ['get', kind, name, inNamespace(namespace)];
      return read({ task: `read ${kind} '${namespace}/${name}'`, args, signal }, readSelector);
    },
    async apply(manifest, signal) {
      const task = `apply '${manifest}'`;
      const out = await kubectl.ask({ task, args: ['apply', '-f', manifest], signal, timeoutMs: 60_000 });
      return out.split('\n').filter((line) => line !== '');
    },
    async rolledOut({ namespace, name, withinMs }, signal) {
      const limit = `--timeout=${Math.ceil(withinMs / 1000)}s`;
      await kubectl.ask({
        task: `see deployment '${namespace}/${name}' rolled out`,
        args: ['rollout', 'status', `deployment/${name}`, inNamespace(namespace), limit],
        signal,
        timeoutMs: withinMs + 5_000,
        requestTimeout: 'none',
      });
    },
  };
}

/** The arguments that list pods. */
export const podsArgs = ({ namespace, selector }: PodsAsked): readonly string[] => [
  'get',
  'pods',
  inNamespace(namespace),
  ...(selector === undefined ? [] : ['-l', selector]),
];

/** In one word, so that no name can be taken for an option. */
export const inNamespace = (namespace: string): string => `--namespace=${namespace}`;

/** An answer that is not what Kubernetes' API says is an error of its own. */
function checked<Value>({ task }: Call, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const message = `cannot ${task}: kubectl's answer is not what Kubernetes' API says: ${error.message}`;
    throw new GctopError('KUBERNETES', message, { cause: error });
  }
}
