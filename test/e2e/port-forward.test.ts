import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { applyDemo } from '../../src/app/demo-kubernetes.js';
import { systemClock } from '../../src/system/clock.js';
import { clusterOf, type Forwarded, forwardTo, kubectlsAgainst, startService } from '../helpers/forwarded.js';
import { kubectls, newKubectl, oldKubectl, type RealKubectl } from '../helpers/kubectls.js';
import { type ForbiddenCall, type StandInCluster, startKubernetes } from '../helpers/kubernetes.js';

const upgrades: Readonly<Record<string, RegExp>> = {
  'kubectl 1.34 over WebSocket': /^GET .*\/portforward websocket$/,
  'kubectl 1.34 over SPDY': /^POST .*\/portforward SPDY\/3\.1$/,
  'kubectl 1.20 over SPDY': /^POST .*\/portforward SPDY\/3\.1$/,
};

for (const kubectl of await kubectls()) {
  test(`${kubectl.name}: requests go through, and again on the same port after the connection was cut`, async (t) => {
    const { standIn, forwarded } = await withDemo(t, kubectl);
    assert.match((await forwarded.note('forward.up')).text, /^127\.0\.0\.1:\d+ -> pod gc-service-.* :8080/);
    assert.equal(await forwarded.request(), 200);
    const asked = (await standIn.requests()).filter((line) => line.includes('/portforward'));
    assert.deepEqual([asked.length, upgrades[kubectl.name]?.test(asked[0] ?? '')], [1, true], asked.join());

    const { port } = forwarded.address();
    await standIn.cutStreams();
    assert.equal(
      (await forwarded.note('forward.lost')).text,
      'lost: the connection to the API server was closed; starting again',
    );
    const { text } = await forwarded.note('forward.back');
    assert.match(
      text,
      new RegExp(`^back after (\\d+ ms|[12]\\.\\d s) on the same port 127\\.0\\.0\\.1:${port}$`),
    );
    assert.equal(await forwarded.request(), 200);
    assert.deepEqual(forwarded.pods, [], 'the pod is the same');
    await endsClean(standIn, forwarded);
  });

  test(`${kubectl.name}: a pod that is replaced is followed within 5 s of the new one being ready`, async (t) => {
    const { standIn, forwarded, pod } = await withDemo(t, kubectl);
    await forwarded.note('forward.up');
    const { port } = forwarded.address();
    await standIn.settings({ ...standInSettings(forwarded.service), readyAfterMs: -1, graceMs: 300 });
    await standIn.deletePod(pod);
    assert.match(
      (await forwarded.note('target.gone')).text,
      /it is (being deleted|gone); waiting for another one of Deployment gc-service$/,
    );
    const next = await newPodOf(standIn, pod);
    await standIn.makeReady(next);
    const readyAtMs = performance.now();
    const ref = await forwarded.heard.until(() => forwarded.pods[0]);
    assert.equal(ref.name, next);
    assert.match(ref.instance, /^[0-9a-f-]{36}\/[0-9a-f]{32}$/);
    const { text } = await forwarded.note('forward.back');
    assert.match(text, new RegExp(`on the same port 127\\.0\\.0\\.1:${port}$`));
    assert.equal(await forwarded.request(), 200);
    const tookMs = performance.now() - readyAtMs;
    t.diagnostic(`${Math.round(tookMs)} ms from ready to a request answered by the new pod`);
    assert.ok(tookMs < 5_000, `it took ${tookMs} ms`);
    await endsClean(standIn, forwarded);
  });
}

test('a forward that listens on although its pod is gone is found out by one request', async (t) => {
  const { standIn, forwarded, pod } = await withDemo(t, await oldKubectl());
  await forwarded.note('forward.up');
  await standIn.forbid([
    { verb: 'list', resource: 'pods' },
    { verb: 'watch', resource: 'pods' },
  ]);
  await standIn.cutStreams({ forwards: false, others: true });
  await standIn.deletePod(pod);
  await assert.rejects(forwarded.request());
  forwarded.forward.suspect();
  assert.match(
    (await forwarded.note('forward.lost')).text,
    /network namespace for sandbox of pod .* is closed/,
  );
  await standIn.forbid([]);
  await forwarded.note('forward.back');
  assert.equal(await forwarded.request(), 200);
  assert.notEqual(forwarded.pods[0]?.name, pod);
  await endsClean(standIn, forwarded);
});

test('a forward that lets nothing through is started again after three requests without an answer', async (t) => {
  const { standIn, forwarded } = await withDemo(t, await newKubectl());
  await forwarded.note('forward.up');
  await standIn.freezeForwards();
  for (let tries = 0; tries < 3; tries++) forwarded.forward.suspect();
  assert.match((await forwarded.note('forward.lost')).text, /nothing comes through it/);
  await forwarded.note('forward.back');
  assert.equal(await forwarded.request(), 200);
  await endsClean(standIn, forwarded);
});

test('requests without an answer while it is down say nothing about the forward that follows', async (t) => {
  const { standIn, forwarded } = await withDemo(t, await newKubectl());
  await forwarded.note('forward.up');
  await standIn.shut();
  await forwarded.note('forward.lost');
  for (let tries = 0; tries < 3; tries++) forwarded.forward.suspect();
  await standIn.reopen();
  await forwarded.note('forward.back');
  forwarded.forward.suspect();
  await delay(1_500); // longer than it is tried
  const lost = forwarded.heard.messages.filter(
    (said) => said.type === 'note' && said.code === 'forward.lost',
  );
  assert.equal(lost.length, 1, JSON.stringify(lost));
  await endsClean(standIn, forwarded);
});

test('a container that starts again is another run to watch, in the same pod', async (t) => {
  const { standIn, forwarded, pod } = await withDemo(t, await newKubectl());
  await forwarded.note('forward.up');
  await standIn.restartContainers(pod);
  const ref = await forwarded.heard.until(() => forwarded.pods[0]);
  assert.equal(ref.name, pod);
  assert.match(
    (await forwarded.note('target.pod')).text,
    /is watched anew: its container was started again$/,
  );
  assert.equal(await forwarded.request(), 200);
  await endsClean(standIn, forwarded);
});

test('where the wanted port is taken another one is used, and the user is told', async (t) => {
  const { server, port } = await listening();
  t.after(() => server.close());
  const { standIn, forwarded } = await withDemo(t, await newKubectl(), { preferredPort: port });
  const { text } = await forwarded.note('forward.up');
  assert.match(text, new RegExp(`\\(${port} is taken\\)$`));
  assert.notEqual(Number(forwarded.address().port), port);
  assert.equal(await forwarded.request(), 200);
  await endsClean(standIn, forwarded);
});

test('while the API server is down it is tried on, and comes back with it', async (t) => {
  const { standIn, forwarded } = await withDemo(t, await newKubectl());
  await forwarded.note('forward.up');
  await standIn.shut();
  await forwarded.note('forward.lost');
  const failed = await forwarded.step('forward', 'failed');
  assert.match(failed.remark ?? '', /connection .*refused/);
  assert.ok(failed.untilNs !== undefined);
  await standIn.reopen();
  await forwarded.note('forward.back');
  assert.equal(await forwarded.request(), 200);
  await endsClean(standIn, forwarded);
});

test('a user who may not forward is told so', async (t) => {
  const { standIn, forwarded } = await withDemo(t, await newKubectl(), {
    forbidden: [{ verb: '*', resource: 'pods/portforward' }],
  });
  const remark = await forwarded.heard.until(() =>
    forwarded.heard.messages
      .map((said) => (said.type === 'step' && said.step === 'forward' ? said.remark : undefined))
      .find((said) => said?.includes('forbidden')),
  );
  assert.match(remark, /"gctop" cannot (?:get|create) resource "pods\/portforward" in API group ""/);
  await endsClean(standIn, forwarded);
});

test('a user who may not watch pods sees the replacement all the same', async (t) => {
  const forbidden = [{ verb: 'watch', resource: 'pods' }];
  const { standIn, forwarded, pod } = await withDemo(t, await newKubectl(), { forbidden });
  await forwarded.note('forward.up');
  await standIn.deletePod(pod);
  const readyAtMs = performance.now();
  await forwarded.note('forward.back');
  assert.equal(await forwarded.request(), 200);
  assert.ok(performance.now() - readyAtMs < 5_000);
  assert.notEqual(forwarded.pods[0]?.name, pod);
  await endsClean(standIn, forwarded);
});

test('a pod that is not ready for a moment is stayed with', async (t) => {
  const { standIn, forwarded, pod } = await withDemo(t, await newKubectl());
  await forwarded.note('forward.up');
  await standIn.addPod({ name: 'unrelated' });
  await standIn.makeUnready(pod);
  const doubted = await forwarded.step('pod', 'waiting');
  assert.equal(doubted.word, 'not ready');
  await standIn.makeReady(pod);
  const last = await forwarded.heard.until(() => {
    const steps = forwarded.heard.messages.filter((said) => said.type === 'step' && said.step === 'pod');
    return steps.at(-1) === doubted ? undefined : steps.at(-1);
  });
  assert.ok(last.type === 'step' && last.state === 'up', 'it recovered, so it stays');
  assert.deepEqual(forwarded.pods, []);
  await endsClean(standIn, forwarded);
});

test('the key starts it again at once', async (t) => {
  const { standIn, forwarded } = await withDemo(t, await newKubectl());
  await forwarded.note('forward.up');
  forwarded.forward.restart();
  assert.match((await forwarded.note('forward.back')).text, /on the same port/);
  assert.equal(await forwarded.request(), 200);
  await endsClean(standIn, forwarded);
});

interface DemoForward extends Forwarded {
  /** Where the demo service listens. */
  readonly service: string;
}

interface DemoWish {
  readonly preferredPort?: number;
  readonly forbidden?: readonly ForbiddenCall[];
}

const standInSettings = (service: string) => ({ addresses: { 8080: service } });

/** The demo applied to a stand-in, and forwarded to. */
async function withDemo(
  t: TestContext,
  kubectl: RealKubectl,
  { preferredPort, forbidden = [] }: DemoWish = {},
): Promise<{ readonly standIn: StandInCluster; readonly forwarded: DemoForward; readonly pod: string }> {
  const service = await startService(t);
  const standIn = await startKubernetes(t, { kubectl });
  await standIn.settings(standInSettings(service));
  const told: string[] = [];
  const { signal } = new AbortController();
  await applyDemo({
    cluster: clusterOf(standIn),
    clock: systemClock(),
    onProgress: (line) => told.push(line),
    signal,
  });
  assert.ok(told.includes('deployment.apps/gc-service created'), told.join('\n'));
  await standIn.forbid(forbidden);
  const pod = await newPodOf(standIn);
  const forwarded = await forwardTo(t, standIn, {
    name: pod,
    preferredPort: preferredPort ?? (await freePort()),
  });
  return { standIn, forwarded: { ...forwarded, service }, pod };
}

/** The name of the pod that is there beside an older one. */
async function newPodOf(standIn: StandInCluster, older?: string): Promise<string> {
  const pods = await clusterOf(standIn).pods({ namespace: 'default' }, new AbortController().signal);
  const pod = pods.find(({ name, terminating }) => name !== older && !terminating);
  assert.ok(pod, 'no new pod');
  return pod.name;
}

/** Within a second no kubectl is left. */
async function endsClean(standIn: StandInCluster, { forward }: Forwarded): Promise<void> {
  const untilMs = performance.now() + 2_000;
  while (kubectlsAgainst(standIn).length === 0) {
    assert.ok(performance.now() < untilMs, 'nothing runs, so there is nothing to leave');
    await delay(10); // between one kubectl and the next
  }
  const startedMs = performance.now();
  await forward.end();
  assert.ok(performance.now() - startedMs < 1_000);
  assert.deepEqual(kubectlsAgainst(standIn), []);
}

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { server, port: address.port };
}

/** A port that was free a moment ago: the tests of others must not be in the way of the demo's own. */
async function freePort(): Promise<number> {
  const { server, port } = await listening();
  server.close();
  await once(server, 'close');
  return port;
}
