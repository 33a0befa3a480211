import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyDemo } from '../../src/app/demo-kubernetes.js';
import { systemClock } from '../../src/system/clock.js';
import { readCalls } from '../stand-ins/pixie/calls.js';
import { fastTimes } from '../stand-ins/pixie/options.js';
import { createPixieServer, type PixieServer } from '../stand-ins/pixie/server.js';
import { type Ending, folder } from './folder.js';
import { clusterOf, startService } from './forwarded.js';
import { type StandInCluster, startKubernetes } from './kubernetes.js';
import { repository } from './pty.js';

/** A cluster with the demo service in it and Pixie beside it, as gctop finds them. */
export interface PodWorld {
  readonly kubernetes: StandInCluster;
  readonly pixie: PixieServer;
  /** What gctop needs to reach both: KUBECONFIG, PATH with a kubectl, PX_CLOUD_ADDR, PX_API_KEY. */
  readonly env: Readonly<Record<string, string>>;
  /** The certificate that `--pixie-ca` has to name. */
  readonly ca: string;
  /** The pod that runs now. */
  podName(): Promise<string>;
  /** Has Pixie learn of the pod that runs now. */
  learnPod(): Promise<void>;
  /** Deletes it; resolves with the name of the one that takes its place. */
  replacePod(): Promise<string>;
}

export interface PodWorldOptions {
  /** Whose recorded calls the rows are made of. @default '1.26' */
  readonly go?: '1.16' | '1.26';
  readonly vizierVersion?: string;
  /** How long Pixie takes to know the first pod. @default 0 */
  readonly knownAfterMs?: number;
  /** The demo is not in the cluster yet. @default false */
  readonly empty?: boolean;
  /** Its program has lost its symbols. @default false */
  readonly stripped?: boolean;
}

/** Starts the stand-ins for a cluster and its Pixie, around the real demo service; they end with the test. */
export async function podWorld(t: Ending, options: PodWorldOptions = {}): Promise<PodWorld> {
  const { go = '1.26', vizierVersion = '0.14.16-pre-main.0', knownAfterMs = 0, empty = false } = options;
  const program = options.stripped === true ? { functions: [] } : {};
  const kubernetes = await startKubernetes(t);
  await kubernetes.settings({ addresses: { 8080: await startService(t) } });
  const cluster = clusterOf(kubernetes);
  const never = new AbortController().signal;
  const pixie = await createPixieServer({
    clusters: [{ name: 'minikube', uid: await cluster.uid(never), vizierVersion }],
    times: fastTimes,
  });
  t.after(() => pixie.close());
  const ca = join(folder(t), 'ca.pem');
  writeFileSync(ca, pixie.ca ?? '');
  const calls = readCalls(join(repository, 'test', 'fixtures', 'pixie', `calls-go${go}.ndjson`));
  const names = async () =>
    (await cluster.pods({ namespace: 'default' }, never))
      .filter((pod) => !pod.terminating)
      .map(({ name }) => name);
  const podName = async () => (await names())[0] ?? assert.fail('no pod runs');
  const { PATH = '', HOME = '' } = kubernetes.env;
  const world: PodWorld = {
    kubernetes,
    pixie,
    ca,
    env: {
      KUBECONFIG: kubernetes.kubeconfig,
      PATH,
      HOME,
      PX_CLOUD_ADDR: pixie.address,
      PX_API_KEY: pixie.apiKey,
    },
    podName,
    async learnPod() {
      pixie.addPod({ name: await podName(), node: 'node-2', calls, ...program });
    },
    async replacePod() {
      const before = await podName();
      pixie.removePod(`default/${before}`);
      await kubernetes.deletePod(before);
      const name = await podName();
      assert.notEqual(name, before);
      pixie.addPod({ name, node: 'node-2', calls, ...program });
      return name;
    },
  };
  if (empty) return world;
  await applyDemo({ cluster, clock: systemClock(), onProgress: () => {}, signal: never });
  pixie.addPod({ name: await podName(), node: 'node-2', calls, knownAfterMs, ...program });
  return world;
}
