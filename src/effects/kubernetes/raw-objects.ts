import {
  arrayOf,
  type Check,
  count,
  dictionaryOf,
  flag,
  Mismatch,
  optional,
  record,
  text,
} from '../../gc/check.js';

/** The fields of Kubernetes' objects that gctop reads, under the API's own names. */
export interface RawPod {
  readonly metadata: RawMetadata;
  readonly spec: { readonly nodeName?: string; readonly containers: readonly RawContainer[] };
  readonly status?: RawStatus;
}

export interface RawMetadata {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly creationTimestamp: number;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly RawOwner[];
}

export type Labels = Readonly<Record<string, string>>;

export interface RawOwner {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

export interface RawContainer {
  readonly name: string;
  readonly ports?: readonly RawContainerPort[];
}

export interface RawContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

export interface RawStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly RawContainerStatus[];
}

export interface RawContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly state?: {
    readonly running?: { readonly startedAt?: number };
    readonly waiting?: { readonly reason?: string };
  };
}

export interface RawService {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly selector?: Labels; readonly ports?: readonly RawServicePort[] };
}

export interface RawServicePort {
  readonly port: number;
  readonly targetPort?: number | string;
}

/** A Deployment, a StatefulSet, a DaemonSet. */
export interface RawWorkload {
  readonly spec: {
    readonly selector?: { readonly matchLabels?: Labels; readonly matchExpressions?: readonly unknown[] };
  };
}

export interface RawConfig {
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly namespace?: string };
  }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: { readonly server?: string } }[];
}

const instant: Check<number> = (value, path) => {
  const ms = Date.parse(text(value, path));
  if (Number.isNaN(ms)) throw new Mismatch(path, value, 'a time');
  return ms;
};

const portOrName: Check<number | string> = (value, path) =>
  typeof value === 'string' ? value : count(value, path);

const anything: Check<unknown> = (value) => value;
const labels = dictionaryOf(text);

const container = record<RawContainer>({
  name: text,
  ports: optional(
    arrayOf(
      record<RawContainerPort>({ name: optional(text), containerPort: count, protocol: optional(text) }),
    ),
  ),
});

const containerStatus = record<RawContainerStatus>({
  name: text,
  containerID: optional(text),
  state: optional(
    record<NonNullable<RawContainerStatus['state']>>({
      running: optional(record<{ readonly startedAt?: number }>({ startedAt: optional(instant) })),
      waiting: optional(record<{ readonly reason?: string }>({ reason: optional(text) })),
    }),
  ),
});

export const rawPod: Check<RawPod> = record<RawPod>({
  metadata: record<RawMetadata>({
    namespace: text,
    name: text,
    uid: text,
    labels: optional(labels),
    annotations: optional(labels),
    creationTimestamp: instant,
    deletionTimestamp: optional(text),
    ownerReferences: optional(
      arrayOf(record<RawOwner>({ kind: text, name: text, controller: optional(flag) })),
    ),
  }),
  spec: record<RawPod['spec']>({ nodeName: optional(text), containers: arrayOf(container) }),
  status: optional(
    record<RawStatus>({
      phase: optional(text),
      conditions: optional(arrayOf(record({ type: text, status: text }))),
      containerStatuses: optional(arrayOf(containerStatus)),
    }),
  ),
});

export const rawService: Check<RawService> = record<RawService>({
  metadata: record({ name: text }),
  spec: record<RawService['spec']>({
    selector: optional(labels),
    ports: optional(arrayOf(record<RawServicePort>({ port: count, targetPort: optional(portOrName) }))),
  }),
});

export const rawWorkload: Check<RawWorkload> = record<RawWorkload>({
  spec: record<RawWorkload['spec']>({
    selector: optional(
      record<NonNullable<RawWorkload['spec']['selector']>>({
        matchLabels: optional(labels),
        matchExpressions: optional(arrayOf(anything)),
      }),
    ),
  }),
});

export const rawConfig: Check<RawConfig> = record<RawConfig>({
  contexts: arrayOf(
    record<RawConfig['contexts'][number]>({
      name: text,
      context: record<RawConfig['contexts'][number]['context']>({ cluster: text, namespace: optional(text) }),
    }),
  ),
  clusters: optional(
    arrayOf(
      record<NonNullable<RawConfig['clusters']>[number]>({
        name: text,
        cluster: record<{ readonly server?: string }>({ server: optional(text) }),
      }),
    ),
  ),
});
