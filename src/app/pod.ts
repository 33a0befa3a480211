import type { PodSpec } from '../effects/kubernetes/choose-pod.js';
import { type Cluster, createCluster } from '../effects/kubernetes/cluster.js';
import {
  awaitRun,
  type FindPodOptions,
  type FoundPod,
  findPod,
  reach,
} from '../effects/kubernetes/find-pod.js';
import type { Pod } from '../effects/kubernetes/objects.js';
import { type PortForward, startPortForward } from '../effects/port-forward.js';
import { trafficAddress } from '../effects/traffic.js';
import { GctopError } from '../error.js';
import type { PodRef } from '../gc/source-control.js';
import type { News } from '../gc/stream.js';
import { type PixieOptions, readPixieOptions } from '../sources/pixie/api/pixie-options.js';
import { surroundings } from '../sources/pixie/api/surroundings.js';
import type { Leftover } from '../sources/pixie/deployment/ledger.js';
import { pixieSource } from '../sources/pixie/source.js';
import type { Source } from '../sources/source.js';
import type { Clock } from '../system/clock.js';
import { createPinnedKubectl } from '../system/kubectl.js';
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
  /** @default the one of `clusterOf` */
  readonly cluster?: Cluster;
}

/**
 * Finds the pod with the user's kubectl, and how Pixie is reached. Throws NO_KUBECTL, KUBERNETES, NO_SUCH_POD,
 * NO_CREDENTIALS and USAGE; nothing is changed in the cluster yet.
 */
export async function preparePod(spec: PodSpec, options: Options, context: PodContext): Promise<PreparedPod> {
  const { clock, signal } = context;
  const given = options.traffic === undefined ? undefined : trafficAddress(options.traffic);
  const pixie = pixieOptions(options, clock);
  const cluster = context.cluster ?? (await clusterOf(options, signal));
  const { container, port } = options;
  const attended = process.stdin.isTTY === true && process.stderr.isTTY === true && options.json !== true;
  const { ref, ...found } = await find({ cluster, spec, container, port, signal }, { context, attended });
  const kubeUid = pixie.mode === 'cloud' ? await cluster.uid(signal).catch(unlessAborted(signal)) : undefined;
  const source = pixieSource({
    pixie,
    pod: ref,
    clock,
    waitsForRetry: options.json !== true,
    ...(kubeUid === undefined ? {} : { kubeUid }),
  });
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

/** What is only a help is done without where it may not be read. */
const unlessAborted =
  (signal: AbortSignal) =>
  (error: unknown): undefined => {
    if (signal.aborted || !(error instanceof GctopError)) throw error;
  };

/** How a cluster is talked to: the user's kubectl, with the context asked for or the one that is current now. */
export const clusterOf = async ({ context }: Options, signal: AbortSignal): Promise<Cluster> =>
  createCluster(await createPinnedKubectl({ context, env: process.env }, signal));

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

/** The pod that is meant, once its container runs; a person is asked where several are meant. */
async function find(options: FindPodOptions, { context, attended }: Finding): Promise<RunningPod> {
  const { onProgress, clock } = context;
  const found = await findPod(options);
  const one = isOne(found) ? found : await askWhich(found, options, { context, attended });
  if (one.why !== undefined) onProgress(`pod ${one.pod.name}: ${one.why}`);
  if (one.ref === undefined)
    onProgress(`waiting until container ${one.container} of pod ${one.pod.name} runs`);
  return await awaitRun(one, options, { clock });
}

interface Finding {
  readonly context: PodContext;
  /** Somebody is there to be asked. */
  readonly attended: boolean;
}

type RunningPod = Awaited<ReturnType<typeof awaitRun>>;

const isOne = (found: FoundPod | readonly Pod[]): found is FoundPod => !Array.isArray(found);

async function askWhich(
  pods: readonly Pod[],
  options: FindPodOptions,
  { context, attended }: Finding,
): Promise<FoundPod> {
  const index = attended
    ? await pick({
        question: 'gctop: which pod?',
        choices: pods.map((pod) => `${pod.name}  ${pod.phase}${pod.ready ? '' : ', not ready'}`),
        input: process.stdin,
        output: process.stderr,
        signal: context.signal,
      })
    : undefined;
  const pod = index === undefined ? undefined : pods[index];
  if (pod === undefined) {
    throw new GctopError('NO_SUCH_POD', `'--pod ${options.spec.name}' may mean several pods`, {
      hint: `name one of them: ${pods.map(({ name }) => name).join(', ')}`,
    });
  }
  return { ...(await reach(pod, options)), prefix: undefined, why: undefined };
}
