import type { Container, Pod } from '../../src/effects/kubernetes/objects.js';

export interface PodShape {
  readonly name: string;
  /** Its deployment; the name then is DEPLOYMENT-HASH-XXXXX. */
  readonly deployment?: string;
  readonly statefulSet?: string;
  readonly uid?: string;
  /** Which run of its container. @default 'run-1' */
  readonly run?: string | undefined;
  readonly ready?: boolean;
  readonly terminating?: boolean;
  readonly phase?: string;
  /** How old it is. @default 60 */
  readonly ageSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly containers?: readonly Container[];
  readonly defaultContainer?: string;
}

const madeAtMs = Date.UTC(2026, 0, 1);

/** A pod as it is read from Kubernetes, ready and with one container, unless it is shaped otherwise. */
export function podLike(shape: PodShape): Pod {
  const { name, deployment, statefulSet, uid = `uid-of-${name}`, ageSeconds = 60 } = shape;
  const { ready = true, terminating = false, phase = 'Running', labels = {}, defaultContainer } = shape;
  const hash = '7755c556c8';
  const run = 'run' in shape ? shape.run : 'run-1';
  const started = run === undefined ? {} : { id: run, startedUnixMs: madeAtMs };
  const app: Container = { name: 'app', ports: [{ number: 8080 }], running: run !== undefined, ...started };
  return {
    namespace: 'default',
    name,
    uid,
    labels: deployment === undefined ? labels : { ...labels, 'pod-template-hash': hash },
    phase,
    ready,
    terminating,
    createdUnixMs: madeAtMs - ageSeconds * 1_000,
    containers: shape.containers ?? [app],
    ...(deployment === undefined ? {} : { owner: { kind: 'ReplicaSet', name: `${deployment}-${hash}` } }),
    ...(statefulSet === undefined ? {} : { owner: { kind: 'StatefulSet', name: statefulSet } }),
    ...(defaultContainer === undefined ? {} : { defaultContainer }),
  };
}
