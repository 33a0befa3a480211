import type { PodRef } from '../gc/source-control.js';
import type { Note, Step } from '../gc/stream.js';
import type { Clock } from '../system/clock.js';
import { podRefOf } from './kubernetes/choose-pod.js';
import type { RemotePort } from './kubernetes/choose-port.js';
import type { Cluster } from './kubernetes/cluster.js';
import type { Followed } from './kubernetes/follow.js';
import { keepForwarding } from './kubernetes/keep-forwarding.js';
import type { Pod } from './kubernetes/objects.js';
import { followPod } from './kubernetes/pod-follower.js';
import { podWords } from './kubernetes/pod-words.js';

export interface PortForwardOptions extends Followed {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Absent: nobody says which port the program listens on, so nothing is forwarded and the pod is only followed. */
  readonly remotePort: RemotePort | undefined;
  /** Where it listens on this machine, if that is free. @default 8126 */
  readonly preferredPort?: number;
  /** News, and how the steps `pod` and `forward` stand. */
  readonly tell: (said: Note | Step) => void;
  /** Another run of the program is to be watched: the pod was replaced, or its container started again. */
  readonly onPod: (pod: PodRef) => void;
  /** Traffic goes here from now on. Told when it comes up, and again only if the port had to change. */
  readonly onAddress: (address: URL) => void;
}

export interface PortForward {
  /** Starts it again at once: the user's key. */
  restart(): void;
  /** A request through it got no answer: it is tried, and started again if nothing comes through. */
  suspect(): void;
  /** Ends it; resolves when no kubectl is left, within a second. Nothing is told from here on. */
  end(): Promise<void>;
}

/** The port of Pixie's own demo. */
const defaultPort = 8126;

/** Keeps a port of this machine joined to a pod, follows the pod to its replacements, and tells how both stand. */
export function startPortForward(options: PortForwardOptions): PortForward {
  const { cluster, clock, container, prefix, remotePort, onPod, onAddress } = options;
  const { preferredPort = defaultPort } = options;
  let isOver = false;
  const tell = (said: Note | Step): void => {
    if (!isOver) options.tell(said);
  };
  const words = podWords(clock, container);
  let { pod } = options;

  const move = (to: Pod, why: string): void => {
    tell(words.moved(pod, to, why));
    pod = to;
    const ref = podRefOf(to, container);
    if (ref !== undefined) onPod(ref);
    forwarding?.aim(to.name);
  };
  const follower = followPod({
    pod,
    container,
    prefix,
    cluster,
    clock,
    onMove: move,
    onLook: (look) => {
      for (const said of words.looks(pod, look)) tell(said);
      if (look.type === 'wait') forwarding?.hold(look.why);
      else forwarding?.release();
    },
    onTrouble: (why) => tell(words.unseen(pod, why)),
  });
  const forwarding =
    remotePort === undefined
      ? undefined
      : keepForwarding({
          kubectl: cluster.kubectl,
          clock,
          namespace: pod.namespace,
          pod: pod.name,
          remotePort: remotePort.number,
          preferredPort,
          tell,
          onAddress,
          onLost: () => follower.refresh(),
        });
  if (forwarding === undefined) tell(noPort);

  return {
    restart: () => forwarding?.restart(),
    suspect: () => forwarding?.suspect(),
    async end() {
      isOver = true;
      await Promise.all([forwarding?.end(), follower.end()]);
    },
  };
}

const noPort: Step = {
  type: 'step',
  step: 'forward',
  state: 'failed',
  word: 'no port',
  remark: 'neither a service nor the container names one: --port says which',
};
