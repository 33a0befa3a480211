import { arrayOf, type Check, Mismatch, record, text } from '../../gc/check.js';
import {
  type RawContainer,
  type RawContainerStatus,
  rawConfig,
  rawPod,
  rawService,
  rawWorkload,
} from './raw-objects.js';

/** A pod, as much of it as gctop needs. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Pending, Running, Succeeded, Failed, Unknown. */
  readonly phase: string;
  readonly ready: boolean;
  /** It was told to end. */
  readonly terminating: boolean;
  readonly createdUnixMs: number;
  readonly node?: string;
  /** The controller that made it. */
  readonly owner?: Owner;
  /** Which one is meant where nobody says (kubectl.kubernetes.io/default-container). */
  readonly defaultContainer?: string;
  readonly containers: readonly Container[];
}

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

export interface Container {
  readonly name: string;
  readonly ports: readonly NamedPort[];
  /** The runtime's id of this run, without the runtime's name; absent until it was started. */
  readonly id?: string;
  readonly running: boolean;
  readonly startedUnixMs?: number;
  /** Why it does not run: ErrImagePull, CrashLoopBackOff. */
  readonly waiting?: string;
}

export interface NamedPort {
  readonly name?: string;
  readonly number: number;
}

/** A service, as much of it as gctop needs. */
export interface Service {
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly target: number | string;
}

/** Where kubectl goes when it is told nothing else. */
export interface Context {
  readonly name: string;
  /** The kubeconfig's name of the cluster. */
  readonly cluster: string;
  readonly namespace: string;
  readonly server?: string;
}

export const readPods: Check<readonly Pod[]> = (value, path) =>
  record({ items: arrayOf(readPod) })(value, path).items;

export const readPod: Check<Pod> = (value, path) => {
  const { metadata, spec, status } = rawPod(value, path);
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const defaultContainer = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels ?? {},
    phase: status?.phase ?? 'Unknown',
    ready: ready?.status === 'True',
    terminating: metadata.deletionTimestamp !== undefined,
    createdUnixMs: metadata.creationTimestamp,
    ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
    ...(owner === undefined ? {} : { owner: { kind: owner.kind, name: owner.name } }),
    ...(defaultContainer === undefined ? {} : { defaultContainer }),
    containers: spec.containers.map((container) => toContainer(container, status?.containerStatuses ?? [])),
  };
};

export const readServices: Check<readonly Service[]> = (value, path) =>
  record({ items: arrayOf(rawService) })(value, path).items.map(({ metadata, spec }) => ({
    name: metadata.name,
    selector: spec.selector ?? {},
    ports: (spec.ports ?? []).map(({ port, targetPort }) => ({ port, target: targetPort ?? port })),
  }));

/** Of a Deployment, a StatefulSet, a DaemonSet: its label selector as `kubectl -l` takes it. */
export const readSelector: Check<string | undefined> = (value, path) => {
  const { spec } = rawWorkload(value, path);
  if (spec.selector?.matchLabels === undefined || spec.selector.matchExpressions !== undefined)
    return undefined;
  return Object.entries(spec.selector.matchLabels)
    .map(([name, label]) => `${name}=${label}`)
    .join(',');
};

export const readUid: Check<string> = (value, path) =>
  record({ metadata: record({ uid: text }) })(value, path).metadata.uid;

/** What `kubectl config view --minify` says. */
export const readContext: Check<Context> = (value, path) => {
  const { contexts, clusters } = rawConfig(value, path);
  const [named] = contexts;
  if (named === undefined) throw new Mismatch(`${path}contexts`, contexts, 'a context');
  const cluster = clusters?.find(({ name }) => name === named.context.cluster);
  return {
    name: named.name,
    cluster: named.context.cluster,
    namespace: named.context.namespace || 'default',
    ...(cluster?.cluster.server === undefined ? {} : { server: cluster.cluster.server }),
  };
};

function toContainer({ name, ports = [] }: RawContainer, statuses: readonly RawContainerStatus[]): Container {
  const status = statuses.find((each) => each.name === name);
  const { running, waiting } = status?.state ?? {};
  const id = status?.containerID?.replace(/^\w+:\/\//, '');
  return {
    name,
    // A port-forward carries TCP alone.
    ports: ports
      .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
      .map(({ name: portName, containerPort }) => ({
        number: containerPort,
        ...(portName === undefined ? {} : { name: portName }),
      })),
    ...(id === undefined || id === '' ? {} : { id }),
    running: running !== undefined,
    ...(running?.startedAt === undefined ? {} : { startedUnixMs: running.startedAt }),
    ...(waiting?.reason === undefined ? {} : { waiting: waiting.reason }),
  };
}
