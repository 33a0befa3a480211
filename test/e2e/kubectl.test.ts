import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { applyDemo } from '../../src/app/demo-kubernetes.js';
import { type Cluster, createCluster } from '../../src/effects/kubernetes/cluster.js';
import { GctopError } from '../../src/error.js';
import { systemClock } from '../../src/system/clock.js';
import { createKubectl, createPinnedKubectl } from '../../src/system/kubectl.js';
import type { Environment } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';
import { clusterOf, kubectlsAgainst } from '../helpers/forwarded.js';
import { newKubectl, oldKubectl, type RealKubectl } from '../helpers/kubectls.js';
import { type StandInCluster, startKubernetes } from '../helpers/kubernetes.js';

const { signal } = new AbortController();

for (const kubectl of [await newKubectl(), await oldKubectl()]) {
  test(`${kubectl.name}: all that is asked of a cluster is answered`, async (t) => {
    const standIn = await startKubernetes(t, { kubectl });
    const cluster = clusterOf(standIn);
    await standIn.addPod({ name: 'bare', labels: { app: 'bare' } });
    assert.deepEqual(await cluster.context(signal), {
      name: 'stand-in',
      cluster: 'stand-in-cluster',
      namespace: 'default',
      server: serverIn(standIn),
    });
    assert.match(await cluster.uid(signal), /^[0-9a-f-]{36}$/);
    assert.equal(await cluster.pod({ namespace: 'default', name: 'nope' }, signal), undefined);
    const { uid } = (await cluster.pod({ namespace: 'default', name: 'bare' }, signal)) ?? {};
    assert.match(uid ?? '', /^[0-9a-f-]{36}$/);
    assert.equal((await cluster.pods({ namespace: 'default' }, signal))[0]?.uid, uid);
    assert.deepEqual(await cluster.pods({ namespace: 'default', selector: 'app=other' }, signal), []);
    assert.deepEqual(await cluster.services('default', signal), []);
  });

  test(`${kubectl.name}: the demo is applied and waited for, and applied again without harm`, async (t) => {
    const standIn = await startKubernetes(t, { kubectl });
    await standIn.settings({ startAfterMs: 200, readyAfterMs: 500 });
    const first = await applied(standIn);
    assert.deepEqual(first.spec, { namespace: 'default', name: 'gc-service' });
    assert.ok(first.told.includes('deployment.apps/gc-service created'), first.told.join('\n'));
    assert.ok(first.told.includes('service/gc-service created'));
    assert.ok(first.told.includes("deployment 'gc-service' is ready"));
    assert.match(
      first.told.at(-1) ?? '',
      /^it stays when gctop ends: kubectl .*delete -f .*gc-service\.yaml removes it$/,
    );
    assert.match(first.told[0] ?? '', /^kubectl apply -f \S+\/manifests\/gc-service\.yaml$/);
    const cluster = clusterOf(standIn);
    const [pod] = await cluster.pods({ namespace: 'default' }, signal);
    assert.ok(pod?.ready);
    assert.deepEqual(await cluster.services('default', signal), [
      { name: 'gc-service', selector: { name: 'gc-service' }, ports: [{ port: 80, target: 8080 }] },
    ]);
    const owner = { kind: 'Deployment', name: 'gc-service' };
    assert.equal(await cluster.selectorOf(owner, 'default', signal), 'name=gc-service');
    assert.ok((await applied(standIn)).told.includes('deployment.apps/gc-service unchanged'));
    assert.deepEqual(kubectlsAgainst(standIn), []);
  });

  test(`${kubectl.name}: an image that is not to be had ends the wait, and says how to build it`, async (t) => {
    const standIn = await startKubernetes(t, { kubectl });
    await standIn.settings({ waitingReason: 'ErrImagePull' });
    const error = await failure(applied(standIn));
    assert.equal(error.code, 'KUBERNETES');
    assert.match(
      error.message,
      /^deployment 'default\/gc-service' is not ready: pod gc-service-\S+: ErrImagePull$/,
    );
    assert.match(error.hint ?? '', /docker build -t gc-service manifests\/gc-service/);
    assert.deepEqual(kubectlsAgainst(standIn), []);
  });

  test(`${kubectl.name}: a pod that does not get ready in time is an error with what to look at`, async (t) => {
    const standIn = await startKubernetes(t, { kubectl });
    await standIn.settings({ readyAfterMs: -1 });
    const error = await failure(applied(standIn, 1_000));
    assert.match(error.message, /^deployment 'default\/gc-service' is not ready after 1 s/);
    assert.match(error.hint ?? '', /kubectl describe pods/);
    assert.deepEqual(kubectlsAgainst(standIn), []);
  });

  test(`${kubectl.name}: a user who lacks a right hears which`, async (t) => {
    const standIn = await startKubernetes(t, { kubectl });
    await standIn.forbid([{ verb: 'list', resource: 'pods' }]);
    const error = await failure(clusterOf(standIn).pods({ namespace: 'default' }, signal));
    assert.equal(
      error.message,
      `cannot read the pods of namespace 'default' (context 'stand-in'): Error from server (Forbidden): pods is forbidden: User "gctop" cannot list resource "pods" in API group "" in the namespace "default"`,
    );
    assert.match(error.hint ?? '', /kubectl auth can-i --list/);
  });

  test(`${kubectl.name}: a wrong token, no context, a wrong context and a dead server are told apart`, async (t) => {
    const standIn = await startKubernetes(t, { kubectl });
    const pods = (cluster: Cluster) => failure(cluster.pods({ namespace: 'default' }, signal));
    const edited = (edit: (config: string) => string) => createClusterWith(t, standIn, edit);

    const unauthorized = await pods(edited((text) => text.replace(/"token":"\w+"/, '"token":"wrong"')));
    assert.match(unauthorized.message, /\(context 'stand-in'\): You must be logged in to the server/);
    assert.match(unauthorized.hint ?? '', /sign in to the cluster again/);

    const contextless = edited((text) => text.replace('"current-context":"stand-in",', ''));
    const without = await failure(contextless.context(signal));
    assert.match(without.message, /^cannot read the context \(no context\): .*current-context/);
    assert.match(without.hint ?? '', /kubectl config use-context NAME/);

    const wrong = await pods(createCluster(createKubectl({ env: standIn.env, context: 'nope' })));
    assert.match(wrong.message, /\(context 'nope'\): .*context .*nope.* does not exist/);
    assert.match(wrong.hint ?? '', /get-contexts lists/);

    await standIn.shut();
    const dead = await pods(clusterOf(standIn));
    assert.match(dead.message, /\(context 'stand-in'\): .*connection .*refused/);
    assert.match(dead.hint ?? '', /is the cluster up/);
    for (const { code } of [unauthorized, without, wrong, dead]) assert.equal(code, 'KUBERNETES');
  });

  test(`${kubectl.name}: the context of the beginning is stayed with, and none is left to kubectl`, async (t) => {
    const standIn = await startKubernetes(t, { kubectl });
    const path = join(folder(t), 'kubeconfig');
    const text = readFileSync(standIn.kubeconfig, 'utf8');
    const env = { ...standIn.env, KUBECONFIG: path };
    writeFileSync(path, text);
    const cluster = createCluster(await createPinnedKubectl({ env }, signal));
    writeFileSync(path, text.replace('"current-context":"stand-in"', '"current-context":"elsewhere"'));
    assert.equal((await cluster.context(signal)).name, 'stand-in');
    assert.match(await cluster.uid(signal), /^[0-9a-f-]{36}$/);
    const child = await cluster.kubectl.start(['get', 'namespace', 'kube-system'], { signal });
    assert.equal((await child.exited).exitCode, 0);

    writeFileSync(path, text.replace('"current-context":"stand-in",', ''));
    const contextless = await createPinnedKubectl({ env }, signal);
    assert.equal(contextless.shown(['get', 'pods']), 'kubectl get pods');
    const without = await failure(createCluster(contextless).context(signal));
    assert.match(without.message, /^cannot read the context \(no context\): .*current-context/);
  });

  test(`${kubectl.name}: without any kubeconfig the hint says so`, async (t) => {
    const env = { ...envWith(kubectl), HOME: folder(t), KUBECONFIG: undefined };
    const error = await failure(createCluster(createKubectl({ env })).pods({ namespace: 'default' }, signal));
    assert.match(error.message, /\(no context\): .*localhost:8080/);
    assert.match(error.hint ?? '', /is KUBECONFIG set, or is there a ~\/\.kube\/config\?/);
  });
}

test('why a pod of the demo waits is told once', async (t) => {
  const standIn = await startKubernetes(t);
  await standIn.settings({ waitingReason: 'ContainerCreating' });
  const told: string[] = [];
  await assert.rejects(
    applied(standIn, 5_000, told),
    /is not ready after 5 s: pod gc-service-\S+: ContainerCreating$/,
  );
  const waits = told.filter((line) => line.startsWith('pod '));
  assert.deepEqual([waits.length, waits[0]?.endsWith(': ContainerCreating')], [1, true], told.join('\n'));
});

test('without kubectl the user hears what to install', async (t) => {
  const env = { PATH: folder(t) };
  const error = await failure(createCluster(createKubectl({ env })).pods({ namespace: 'default' }, signal));
  assert.equal(error.code, 'NO_KUBECTL');
  assert.match(error.message, /^'kubectl' cannot be run: .*ENOENT/);
  assert.match(error.hint ?? '', /install kubectl/);
});

test('a sign-in helper that is missing is named without the noise around it', async () => {
  const error = await failure(fake('needs-sign-in').uid(signal));
  assert.equal(
    error.message,
    'cannot read the namespace kube-system (no context): Unable to connect to the server: getting credentials: exec: executable gke-gcloud-auth-plugin not found',
  );
  assert.match(error.hint ?? '', /signs in through a program of its own/);
});

test('an answer that is no JSON, or not what Kubernetes says, is an error and not believed', async () => {
  const page = await failure(fake('speaks-html').pods({ namespace: 'default' }, signal));
  assert.match(page.message, /kubectl's answer is no JSON: '<html>Sign in to continue/);
  const strange = await failure(fake('another-api').pods({ namespace: 'default' }, signal));
  assert.match(
    strange.message,
    /not what Kubernetes' API says: 'items\[0\]\.metadata\.namespace' is missing/,
  );
  for (const { code } of [page, strange]) assert.equal(code, 'KUBERNETES');
});

test('a kubectl that hangs is ended, and that is told', async () => {
  const kubectl = createKubectl({ env: process.env, command: fakeAt('hangs') });
  const error = await failure(kubectl.ask({ task: 'read', args: ['get', 'pods'], signal, timeoutMs: 200 }));
  assert.equal(error.message, "cannot read (context 'my-cluster'): no answer within 0.2 s");
  assert.match(error.hint ?? '', /is the cluster up/);
});

const fakeAt = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/kubectl/${name}.sh`, import.meta.url));

const fake = (name: string): Cluster =>
  createCluster(createKubectl({ env: process.env, command: fakeAt(name) }));

const envWith = ({ path, env }: RealKubectl): Environment => ({
  ...process.env,
  ...env,
  PATH: `${join(path, '..')}:${process.env.PATH}`,
});

async function applied(standIn: StandInCluster, readyWithinMs = 60_000, told: string[] = []) {
  const onProgress = (sentence: string) => void told.push(sentence);
  const cluster = clusterOf(standIn);
  const spec = await applyDemo({ cluster, clock: systemClock(), onProgress, signal, readyWithinMs });
  return { spec, told };
}

async function failure(promise: Promise<unknown>): Promise<GctopError> {
  const error: unknown = await promise.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GctopError, String(error));
  return error;
}

/** A cluster that is seen through an edited kubeconfig. */
function createClusterWith(t: TestContext, standIn: StandInCluster, edit: (text: string) => string): Cluster {
  const path = join(folder(t), 'kubeconfig');
  writeFileSync(path, edit(readFileSync(standIn.kubeconfig, 'utf8')));
  return createCluster(createKubectl({ env: { ...standIn.env, KUBECONFIG: path } }));
}

function serverIn({ kubeconfig }: StandInCluster): string | undefined {
  return /"server":"([^"]+)"/.exec(readFileSync(kubeconfig, 'utf8'))?.[1];
}
