import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { choosePort } from '../../src/effects/kubernetes/choose-port.js';
import { type Cluster, createCluster } from '../../src/effects/kubernetes/cluster.js';
import { type PortForward, startPortForward } from '../../src/effects/port-forward.js';
import type { PodRef } from '../../src/gc/source-control.js';
import type { Note, Step } from '../../src/gc/stream.js';
import { systemClock } from '../../src/system/clock.js';
import { createKubectl } from '../../src/system/kubectl.js';
import { start } from '../../src/system/process.js';
import type { Ending } from './folder.js';
import { build } from './go-program.js';
import { Heard } from './heard.js';
import type { StandInCluster } from './kubernetes.js';
import { addressIn } from './send-traffic.js';

/** A port-forward under test, and all that it said. */
export interface Forwarded {
  readonly forward: PortForward;
  readonly heard: Heard<Note | Step>;
  readonly pods: readonly PodRef[];
  /** Where it listens. */
  address(): URL;
  /** Resolves with the next note of this code that was not asked for before. */
  note(code: string): Promise<Note>;
  step(name: Step['step'], state: Step['state']): Promise<Step>;
  /** The status of one request through it. */
  request(): Promise<number>;
}

/** What a test's own gctop would see of a stand-in cluster. */
export const clusterOf = ({ env }: StandInCluster): Cluster => createCluster(createKubectl({ env }));

/** Forwards to a pod of the stand-in. */
export async function forwardTo(
  t: TestContext,
  standIn: StandInCluster,
  {
    name,
    prefix,
    preferredPort,
  }: { readonly name: string; readonly prefix?: string; readonly preferredPort: number },
): Promise<Forwarded> {
  const cluster = clusterOf(standIn);
  const never = new AbortController().signal;
  const pod = await cluster.pod({ namespace: 'default', name }, never);
  assert.ok(pod, `no pod '${name}'`);
  const heard = new Heard<Note | Step>();
  const pods: PodRef[] = [];
  let at: URL | undefined;
  const forward = startPortForward({
    cluster,
    clock: systemClock(),
    pod,
    prefix,
    container: 'app',
    remotePort: choosePort(pod, await cluster.services('default', never)),
    preferredPort,
    tell: (said) => heard.push(said),
    onPod: (ref) => {
      pods.push(ref);
      heard.changed();
    },
    onAddress: (address) => {
      at = address;
    },
  });
  t.after(() => forward.end());
  const taken = new Set<Note | Step>();
  const address = (): URL => {
    assert.ok(at, 'it was never up');
    return at;
  };
  return {
    forward,
    heard,
    pods,
    address,
    async note(code) {
      const found = await heard.until(() =>
        heard.messages.find((said) => said.type === 'note' && said.code === code && !taken.has(said)),
      );
      taken.add(found);
      assert.ok(found.type === 'note');
      return found;
    },
    step: (wanted, state) =>
      heard.until(() =>
        heard.messages.find(
          (said): said is Step => said.type === 'step' && said.step === wanted && said.state === state,
        ),
      ),
    async request() {
      const answer = await fetch(new URL('/allocate-memory?arrayLength=1&bytesPerElement=1', address()), {
        headers: { connection: 'close' },
      });
      await answer.text();
      return answer.status;
    },
  };
}

/** Starts the demo service; it ends with the test. Gives its address, as pods of the stand-in want it. */
export async function startService(t: Ending): Promise<string> {
  const { path } = await build('gc-service');
  const heard = new Heard<string>();
  const child = await start(path, ['-host', '127.0.0.1', '-port', '0'], {
    stdout: (line) => heard.push(line),
  });
  t.after(() => child.terminate(5_000));
  return await heard.until(() => addressIn(heard.messages));
}

/** The command lines of all kubectls that run against a stand-in at this moment. */
export function kubectlsAgainst({ kubeconfig }: StandInCluster): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        if (!environment.includes(`KUBECONFIG=${kubeconfig}\0`)) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return []; // it has ended meanwhile, or is not ours to look into
      }
    });
}
