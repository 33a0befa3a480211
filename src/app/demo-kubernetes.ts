import { join } from 'node:path';
import type { PodSpec } from '../effects/kubernetes/choose-pod.js';
import type { Cluster } from '../effects/kubernetes/cluster.js';
import type { Pod } from '../effects/kubernetes/objects.js';
import { GctopError } from '../error.js';
import type { Clock } from '../system/clock.js';
import { packageRoot } from '../system/paths.js';

export interface KubernetesDemoOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly onProgress: (sentence: string) => void;
  readonly signal: AbortSignal;
  /** How long the pod may take to be ready. @default 120 s */
  readonly readyWithinMs?: number;
}

/** Where manifests/gc-service.yaml puts the demo service. */
const demo = { namespace: 'default', name: 'gc-service' } as const;

/**
 * Applies the demo's manifest to the cluster and waits until its pod is ready; gives what `--pod` would be told. Throws
 * `NO_KUBECTL` and `KUBERNETES`.
 */
export async function applyDemo(options: KubernetesDemoOptions): Promise<Required<PodSpec>> {
  const { cluster, clock, onProgress, signal, readyWithinMs = 120_000 } = options;
  const manifest = join(packageRoot(), 'manifests', 'gc-service.yaml');
  onProgress(cluster.kubectl.shown(['apply', '-f', manifest]));
  for (const line of await cluster.apply(manifest, signal)) onProgress(line);
  onProgress(`waiting until deployment '${demo.name}' is ready`);

  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const rolledOut = cluster.rolledOut({ ...demo, withinMs: readyWithinMs }, both);
  const trouble = lookForTrouble({ cluster, clock, onProgress, signal: both });
  try {
    await Promise.race([rolledOut, trouble]);
  } catch (error) {
    signal.throwIfAborted();
    if (!isTimeout(error)) throw error;
    throw notReady(await cluster.pods({ namespace: demo.namespace, selector }, signal), {
      cause: error,
      afterMs: readyWithinMs,
    });
  } finally {
    over.abort();
    await Promise.allSettled([rolledOut, trouble]); // no kubectl is left
  }
  onProgress(`deployment '${demo.name}' is ready`);
  onProgress(`it stays when gctop ends: ${cluster.kubectl.shown(['delete', '-f', manifest])} removes it`);
  return demo;
}

const selector = 'name=gc-service';
const lookEveryMs = 2_000;

/** What the kubelet calls an image that it cannot get; it may say so once and then succeed. */
const imageTrouble = /^(?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ErrImage.*)$/;

/** Rejects when a container waits for its image for the second time in a row; ends with the signal. */
async function lookForTrouble(options: Omit<KubernetesDemoOptions, 'readyWithinMs'>): Promise<never> {
  const { cluster, clock, onProgress, signal } = options;
  let told: string | undefined;
  let waitedForImage = false;
  while (true) {
    await clock.sleep(lookEveryMs, signal);
    const pods = await cluster.pods({ namespace: demo.namespace, selector }, signal);
    const waiting = waitingIn(pods);
    const words = waiting && inWords(waiting);
    if (words !== undefined && words !== told) onProgress(words);
    told = words;
    const waitsForImage = waiting !== undefined && imageTrouble.test(waiting.reason);
    if (waitsForImage && waitedForImage) throw notReady(pods, {});
    waitedForImage = waitsForImage;
  }
}

interface Waiting {
  readonly pod: string;
  /** ErrImagePull, CrashLoopBackOff. */
  readonly reason: string;
}

/** The first container that waits, and why. */
function waitingIn(pods: readonly Pod[]): Waiting | undefined {
  for (const { name, containers } of pods) {
    const reason = containers.find((container) => container.waiting !== undefined)?.waiting;
    if (reason !== undefined) return { pod: name, reason };
  }
  return undefined;
}

const inWords = ({ pod, reason }: Waiting): string => `pod ${pod}: ${reason}`;

function notReady(
  pods: readonly Pod[],
  { cause, afterMs }: { readonly cause?: unknown; readonly afterMs?: number },
): GctopError {
  const waiting = waitingIn(pods);
  const when = afterMs === undefined ? '' : ` after ${afterMs / 1000} s`;
  const why = waiting === undefined ? '' : `: ${inWords(waiting)}`;
  const isImage = waiting !== undefined && imageTrouble.test(waiting.reason);
  const hint = isImage
    ? 'build its image where the cluster finds it: docker build -t gc-service manifests/gc-service, then kind load docker-image gc-service or minikube image load gc-service'
    : `see why: kubectl describe pods -n ${demo.namespace} -l ${selector}`;
  const message = `deployment '${demo.namespace}/${demo.name}' is not ready${when}${why}`;
  return new GctopError('KUBERNETES', message, { hint, cause });
}

/** kubectl rollout status says 'timed out waiting for the condition'. */
const isTimeout = (error: unknown): boolean =>
  error instanceof GctopError && /timed out|no answer within|exceeded/.test(error.message);
