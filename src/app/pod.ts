import {
  chooseContainer,
  choosePod,
  noSuchPod,
  parsePodSpec,
  podRefOf,
} from '../effects/kubernetes/choose-pod.js';
import { choosePort } from '../effects/kubernetes/choose-port.js';
import { type Cluster, createCluster } from '../effects/kubernetes/cluster.js';
import type { Pod } from '../effects/kubernetes/objects.js';
import { type PortForward, startPortForward } from '../effects/port-forward.js';
import { trafficAddress } from '../effects/traffic.js';
import { GctopError } from '../error.js';
import type { PodRef } from '../gc/source-control.js';
import type { News } from '../gc/stream.js';
import type { Leftover } from '../sources/pixie/deployment/ledger.js';
import { type PixieOptions, readPixieOptions } from '../sources/pixie/pixie-options.js';
import { pixieSource } from '../sources/pixie/source.js';
import { surroundings } from '../sources/pixie/surroundings.js';
import type { Source } from '../sources/source.js';
import type { Clock } from '../system/clock.js';
import { createKubectl } from '../system/kubectl.js';
import type { Options } from './options.js';
import { pick } from './pick.js';

/** A pod that is to be watched, and a way to it. */
export interface PreparedPod {
  readonly source: Source;
  /** Where traffic goes now. */
  readonly address: () => URL | undefined;
  /** Joins a port of this machine to the pod, and follows the pod to its replacements. */
  readonly startForward: (listener: ForwardListener) => PortForward;
  /** After the stream's end: what could not be taken away. */
  readonly released: Promise<readonly Leftover[]>;
}

export interface ForwardListener {
  readonly tell: (news: News) => void;
  readonly onPod: (pod: PodRef) => void;
}

export interface PodContext {
  readonly clock: Clock;
  readonly onProgress: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Finds the pod with the user's kubectl, and how Pixie is reached. Throws NO_KUBECTL, KUBERNETES, NO_SUCH_POD,
 * NO_CREDENTIALS and USAGE; nothing is changed in the cluster yet.
 */
export async function preparePod(typed: string, options: Options, context: PodContext): Promise<PreparedPod> {
  const pixie = pixieOptions(options, context.clock);
  const cluster = clusterOf(options);
  const { clock, signal } = context;
  const found = await findPod(typed, { cluster, options, context });
  const { container, pod } = found;
  const instance = podRefOf(pod, container);
  if (instance === undefined) throw new GctopError('INTERNAL', `pod '${pod.name}' has no running container`);
  const kubeUid = pixie.mode === 'cloud' ? await cluster.uid(signal).catch(unlessAborted(signal)) : undefined;
  const source = pixieSource({
    pixie,
    pod: instance,
    clock,
    waitsForRetry: options.json !== true,
    ...(kubeUid === undefined ? {} : { kubeUid }),
  });
  const given = options.traffic === undefined ? undefined : trafficAddress(options.traffic);
  let forwarded: URL | undefined;
  return {
    source,
    released: source.released,
    address: () => given ?? forwarded,
    startForward: ({ tell, onPod }) =>
      startPortForward({
        ...found,
        cluster,
        clock,
        tell,
        onPod,
        onAddress: (address) => {
          forwarded = address;
        },
      }),
  };
}

/** How a cluster is talked to: the user's kubectl, with the user's context or the one asked for. */
export const clusterOf = ({ context }: Options): Cluster =>
  createCluster(createKubectl({ context, env: process.env }));

function pixieOptions(options: Options, clock: Clock): PixieOptions {
  const { pixieCloud, pixieCluster, pixieCa, pixieInsecure, pixieDirect, pixiePlaintext } = options;
  const flags = {
    ...(pixieCloud === undefined ? {} : { cloud: pixieCloud }),
    ...(pixieCluster === undefined ? {} : { cluster: pixieCluster }),
    ...(pixieCa === undefined ? {} : { ca: pixieCa }),
    ...(pixieInsecure === undefined ? {} : { insecure: pixieInsecure }),
    ...(pixieDirect === undefined ? {} : { direct: pixieDirect }),
    ...(pixiePlaintext === undefined ? {} : { plaintext: pixiePlaintext }),
  };
  return readPixieOptions(flags, surroundings(process.env, clock));
}

interface Search {
  readonly cluster: Cluster;
  readonly options: Options;
  readonly context: PodContext;
}

type FoundPod = Pick<Parameters<typeof startPortForward>[0], 'pod' | 'container' | 'prefix' | 'remotePort'>;

/** The pod that is meant, once its container runs; a person is asked where several are meant. */
async function findPod(typed: string, search: Search): Promise<FoundPod> {
  const { cluster, options, context } = search;
  const { signal, onProgress } = context;
  const spec = parsePodSpec(typed);
  const namespace = spec.namespace ?? (await cluster.context(signal)).namespace;
  const pod = await choose({ namespace, name: spec.name }, search);
  const services = await cluster.services(namespace, signal).catch(unlessAborted(signal));
  const { port } = options;
  const remotePort = choosePort(pod, services ?? [], { port, container: options.container });
  const { name: container } = chooseContainer(pod, {
    container: options.container,
    port: remotePort?.number,
  });
  const running = await untilRunning({ pod, container }, search);
  onProgress(`watching pod ${namespace}/${running.name}, container ${container}`);
  return { pod: running, container, prefix: spec.name, remotePort };
}

async function choose(spec: { namespace: string; name: string }, search: Search): Promise<Pod> {
  const { cluster, context } = search;
  const { onProgress, signal } = context;
  const pods = await cluster.pods({ namespace: spec.namespace }, signal);
  const choice = choosePod(spec.name, pods);
  switch (choice.kind) {
    case 'one':
      if (choice.why !== undefined) onProgress(`pod ${choice.pod.name}: ${choice.why}`);
      return choice.pod;
    case 'none':
      throw noSuchPod(spec, pods);
    case 'several':
      return await ask(spec, choice.pods, search);
  }
}

async function ask(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  pods: readonly Pod[],
  { context, options }: Search,
): Promise<Pod> {
  const { stdin, stderr } = process;
  const isAttended = stdin.isTTY === true && stderr.isTTY === true && options.json !== true;
  const index = isAttended
    ? await pick({
        question: 'gctop: which pod?',
        choices: pods.map((pod) => `${pod.name}  ${pod.phase}${pod.ready ? '' : ', not ready'}`),
        input: stdin,
        output: stderr,
        signal: context.signal,
      })
    : undefined;
  const pod = index === undefined ? undefined : pods[index];
  if (pod !== undefined) return pod;
  throw new GctopError('NO_SUCH_POD', `several pods of namespace '${namespace}' may be meant by '${name}'`, {
    hint: `name one of them: ${pods.map((each) => each.name).join(', ')}`,
  });
}

/** A pod that is just starting is waited for; what holds it up is told. */
async function untilRunning(
  { pod, container }: { readonly pod: Pod; readonly container: string },
  { cluster, context }: Search,
): Promise<Pod> {
  const { clock, onProgress, signal } = context;
  let told = '';
  for (let now: Pod | undefined = pod; now !== undefined; ) {
    if (podRefOf(now, container) !== undefined) return now;
    const waiting = now.containers.find(({ name }) => name === container)?.waiting ?? now.phase;
    if (waiting !== told)
      onProgress(`waiting for container ${container} of pod ${pod.name} to run: ${waiting}`);
    told = waiting;
    await clock.sleep(1_000, signal);
    now = await cluster.pod({ namespace: pod.namespace, name: pod.name }, signal);
  }
  throw new GctopError('NO_SUCH_POD', `pod '${pod.namespace}/${pod.name}' is gone before its container ran`, {
    hint: 'see kubectl describe pod, and kubectl get events',
  });
}

/** What is only a help is done without where it may not be read. */
const unlessAborted =
  (signal: AbortSignal) =>
  (error: unknown): undefined => {
    if (signal.aborted || !(error instanceof GctopError)) throw error;
  };
