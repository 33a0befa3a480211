import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrayOf, record, text } from '../../src/gc/check.js';
import { type Environment, start } from '../../src/system/process.js';
import type { Ending } from './folder.js';
import { buildCommand } from './go-module.js';
import { kubernetesModule, newKubectl, type RealKubectl } from './kubectls.js';

/** How the stand-in's pods behave from now on. */
export interface ClusterSettings {
  /** How long a new pod is Pending. @default 0 */
  readonly startAfterMs?: number;
  /** How long a container runs before its pod is ready; negative: until `makeReady`. @default 0 */
  readonly readyAfterMs?: number;
  /** How long a deleted pod is terminating. @default 0 */
  readonly graceMs?: number;
  /** The local address behind each container port of pods that are made from now on: `{8080: '127.0.0.1:40123'}`. */
  readonly addresses?: Readonly<Record<number, string>>;
  /** Keeps the containers of new pods from starting: ErrImagePull. */
  readonly waitingReason?: string;
}

export interface PodWish {
  readonly name: string;
  /** @default 'default' */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** @default one named app with port 8080 */
  readonly containers?: readonly ContainerWish[];
  /** @default the settings' */
  readonly addresses?: Readonly<Record<number, string>>;
}

export interface ContainerWish {
  readonly name: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

export interface ForbiddenCall {
  /** get, list, watch, create, patch, delete, or * */
  readonly verb: string;
  /** pods, pods/portforward, deployments, services, namespaces, or * */
  readonly resource: string;
}

/** A test's own cluster: a real HTTPS server that the real kubectl talks to. */
export interface StandInCluster {
  /** Its context is 'stand-in', its cluster 'stand-in-cluster', its namespace 'default'. */
  readonly kubeconfig: string;
  /** PATH with that kubectl first, KUBECONFIG, an empty HOME. */
  readonly env: Environment;
  settings(settings: ClusterSettings): Promise<void>;
  addPod(pod: PodWish): Promise<void>;
  /** As `kubectl delete pod`: terminating for `graceMs`, then gone; a deployment makes another at once. */
  deletePod(name: string, namespace?: string): Promise<void>;
  makeReady(name: string, namespace?: string): Promise<void>;
  makeUnready(name: string, namespace?: string): Promise<void>;
  /** The container ends and starts again, under a new id. */
  restartContainers(name: string, namespace?: string): Promise<void>;
  /** What the user may not do from now on; an empty list allows all. */
  forbid(calls: readonly ForbiddenCall[]): Promise<void>;
  /** Closes the connections of all port-forwards, or all others (watches), or both. */
  cutStreams(which?: { readonly forwards?: boolean; readonly others?: boolean }): Promise<void>;
  /** Keeps the port-forwards of this moment open and lets nothing through them any more. */
  freezeForwards(): Promise<void>;
  /** The API server goes down: everything is cut, and refused until `reopen`. */
  shut(): Promise<void>;
  reopen(): Promise<void>;
  /** Every request so far: `GET /api/v1/namespaces/default/pods?limit=500`, with the protocol it wants to go over to. */
  requests(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** @default newKubectl() */
  readonly kubectl?: RealKubectl;
}

/** Starts a stand-in cluster; it ends with the test. */
export async function startKubernetes(t: Ending, options: StandInOptions = {}): Promise<StandInCluster> {
  const { kubectl = await newKubectl() } = options;
  const server = await standInServer();
  const home = mkdtempSync(join(tmpdir(), 'gctop-kubernetes-'));
  let greet: (line: string) => void = () => {};
  const greeted = new Promise<string>((resolve) => {
    greet = resolve;
  });
  const errors: string[] = [];
  const child = await start(server, [], {
    stdout: (line) => greet(line),
    stderr: (line) => errors.push(line),
  });
  const close = async (): Promise<void> => {
    await child.terminate(500);
    rmSync(home, { recursive: true, force: true });
  };
  t.after(close);
  void child.exited.then(() => greet(`the stand-in cluster ended: ${errors.join('\n')}`));
  const at = readGreeting(JSON.parse(await greeted), '');
  const kubeconfig = join(home, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigFor(at), { mode: 0o600 });

  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${at.control}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  };
  const onPod =
    (path: string) =>
    async (name: string, namespace = 'default'): Promise<void> =>
      void (await post(path, { namespace, name }));
  return {
    kubeconfig,
    env: {
      ...process.env,
      ...kubectl.env,
      PATH: `${join(kubectl.path, '..')}:${process.env.PATH}`,
      KUBECONFIG: kubeconfig,
      HOME: home,
    },
    settings: async (settings) => void (await post('/settings', settings)),
    addPod: async (pod) => void (await post('/pods', { pod: podObject(pod), addresses: pod.addresses })),
    deletePod: onPod('/pods/delete'),
    makeReady: onPod('/pods/ready'),
    makeUnready: onPod('/pods/unready'),
    restartContainers: onPod('/pods/restart'),
    forbid: async (calls) => void (await post('/forbid', calls)),
    cutStreams: async ({ forwards = true, others = false } = {}) =>
      void (await post('/cut', { forwards, others })),
    freezeForwards: async () => void (await post('/freeze', {})),
    shut: async () => void (await post('/shut', {})),
    reopen: async () => void (await post('/reopen', {})),
    requests: async () => arrayOf(text)(await post('/requests', {}), ''),
    close,
  };
}

/** The stand-in's program, built if it was not before. */
export const standInServer = (): Promise<string> =>
  buildCommand({ module: kubernetesModule, command: 'apiserver' });

interface Greeting {
  readonly server: string;
  readonly control: string;
  readonly token: string;
  readonly ca: string;
}

const readGreeting = record<Greeting>({ server: text, control: text, token: text, ca: text });

const kubeconfigFor = ({ server, token, ca }: Greeting): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'stand-in',
    clusters: [{ name: 'stand-in-cluster', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'tester', user: { token } }],
    contexts: [{ name: 'stand-in', context: { cluster: 'stand-in-cluster', user: 'tester' } }],
  });

const podObject = ({ name, namespace = 'default', labels = {}, containers = [appContainer] }: PodWish) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers },
});

const appContainer: ContainerWish = { name: 'app', ports: [{ containerPort: 8080 }] };
