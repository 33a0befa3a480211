import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../helpers/folder.js';
import { kubectlsAgainst } from '../helpers/forwarded.js';
import { type PodWorld, podWorld } from '../helpers/pod-world.js';
import { afterScreen, assertRestored, type PtyProgram, startGctop } from '../helpers/pty.js';

const wide = { columns: 160, rows: 48 };
const timeout = 300_000;

/** A canary that fails costs half a minute: so long a refusal may still be that of PEMs without the pod. */
const canaryMs = 90_000;

const watchPod = (world: PodWorld, ...more: readonly string[]): PtyProgram =>
  startGctop(['--pod', 'default/gc-service', '--pixie-ca', world.ca, ...more], { ...wide, env: world.env });

const isLive = (screen: string): boolean => /● LIVE {2}4 s late/.test(screen);

/** What is left of a gctop: children, and tracepoints that nobody asked to take away. */
const leftBehind = ({ kubernetes, pixie }: PodWorld): readonly string[] => [
  ...kubectlsAgainst(kubernetes),
  ...pixie.tracepoints().flatMap(({ name, leaving }) => (leaving ? [] : [name])),
];

test('one command goes from nothing to a live screen, survives what happens, and leaves nothing', {
  timeout,
}, async (t) => {
  // Known too late for the first two tries, in time for the third.
  const world = await podWorld(t, { knownAfterMs: 45_000 });
  const recording = join(folder(t), 'pod.ndjson');
  const screen = watchPod(world, '--record', recording);
  t.after(() => screen.kill());

  await screen.waitFor('DEPLOYING canary 1/8', 20_000);
  await screen.waitFor(/forward +● up/.test.bind(/forward +● up/));
  screen.press('c');
  await screen.waitFor(/answer +c: 200/.test.bind(/answer +c: 200/));
  await screen.waitFor('DEPLOYING canary 2/8', canaryMs);
  await screen.waitFor('try 1 ! ');
  await screen.waitFor('DEPLOYING canary 3/8', canaryMs);
  await screen.waitFor(isLive, 40_000);

  await t.test('the seven views of the original, and the pauses', async () => {
    await screen.waitFor('probes   ● 13 of 13', 20_000);
    for (const row of ['alloc', 'sweep', 'mark', 'assist']) {
      await screen.waitFor((text) =>
        new RegExp(` ${row} .*[▁▂▃▄▅▆▇█].* [\\d.]+ ?[kM]? (?:pages|work)/s`).test(text),
      );
    }
    await screen.waitFor((text) => / ratio .* \d\.\d\d trigger/.test(text));
    await screen.waitFor((text) => /cycles? .* mark +[\d.]+ [mµ]s {2}stops +[\d.]+ [mµ]s/.test(text));
    await screen.waitFor((text) => /2 Pauses .* \d+ in \d+ s/.test(text));
    screen.press('5');
    await screen.waitFor((text) => /call +GC +[\d.]+ [mµ]s +by goroutine/.test(text), 20_000);
    await screen.waitFor((text) => /call +(?:allocSpan|sweepone|gcDrainN) .* goroutine/.test(text), 20_000);
    screen.press('5');
  });

  await t.test('traffic by key reaches the service through the forward', async () => {
    screen.press('g');
    await screen.waitFor((text) => /answer +g: 200 in /.test(text));
  });

  await t.test('a pod that is killed: forward and probes come back with the next one', async () => {
    const next = await world.replacePod();
    await screen.waitFor((text) => text.includes(`default/${next} `) || text.includes(`${next}`), 20_000);
    await screen.waitFor((text) => /● forward +back after/.test(text), 20_000);
    await screen.waitFor((text) => isLive(text) && text.includes('probes   ● 13 of 13'), canaryMs);
    screen.press('c');
    await screen.waitFor((text) => /answer +c: 200/.test(text));
  });

  await t.test('streams that are cut do no harm', async () => {
    for (let i = 0; i < 3; i++) {
      world.pixie.cutNextScript(1);
      world.pixie.cutStreams();
      world.pixie.dropConnections();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
    await screen.waitFor((text) => isLive(text), 30_000);
    await screen.waitFor((text) => text.includes('probes   ● 13 of 13'));
  });

  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
  assert.equal(
    afterScreen(screen.raw())
      .trim()
      .replace(/^gctop: taking .*$/m, ''),
    '',
    'nothing is printed after it',
  );
  assert.deepEqual(leftBehind(world), []);
  const { apiKey } = world.pixie;
  assert.ok(!screen.raw().includes(apiKey), 'the key is on the screen');
  const recorded = readFileSync(recording, 'utf8');
  assert.ok(!recorded.includes(apiKey), 'the key is in the recording');
  // What the original's tables of high-level and memory events list.
  for (const probe of ['GC', 'gcWaitOnMark', 'gcSweep', 'gcDrainN', 'sweepone', 'allocSpan']) {
    assert.match(recorded, new RegExp(`"kind":"call","probe":"${probe}"`));
  }
});
