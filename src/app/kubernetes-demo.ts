import { join } from 'node:path';
import { packageRoot } from '../system/paths.js';
import type { Options } from './options.js';
import { clusterOf } from './pod.js';
import type { PrepareContext } from './prepare.js';

/** What the manifest makes. */
const demo = { namespace: 'default', name: 'gc-service' } as const;
const readyWithinMs = 180_000;

/** Applies manifests/gc-service.yaml and waits until it runs; gives the pod as `--pod` would name it. Throws KUBERNETES. */
export async function startKubernetesDemo(
  options: Options,
  { onProgress, signal }: PrepareContext,
): Promise<string> {
  const cluster = clusterOf(options);
  const path = `${demo.namespace}/${demo.name}`;
  onProgress(`applying manifests/gc-service.yaml`);
  for (const line of await cluster.apply(join(packageRoot(), 'manifests', 'gc-service.yaml'), signal))
    onProgress(line);
  onProgress(
    `waiting for deployment ${path} to be ready (its image is gc-service:latest, which the cluster must have)`,
  );
  await cluster.rolledOut({ ...demo, withinMs: readyWithinMs }, signal);
  return path;
}
