import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { GcCycle } from '../../src/gc/cycle.js';
import { decodeLine } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { localSource } from '../../src/sources/local/source.js';
import type { Source } from '../../src/sources/source.js';
import { systemClock } from '../../src/system/clock.js';
import { byTarget, type SourceUnderTest, sourceContract } from '../contract/source.js';
import { folder } from '../helpers/folder.js';
import { gctop } from '../helpers/gctop.js';
import { compareWithTrace } from '../helpers/gctrace-lines.js';
import { build, startTraced, type TracedProgram } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest, missingForLive } from '../helpers/live.js';
import { assertRestored, startGctop } from '../helpers/pty.js';
import { recordedLines } from '../helpers/recorded.js';
import { streamGctop } from '../helpers/stream-gctop.js';
import { tellsOfCycle, type Watch, watchProcess } from '../helpers/watch.js';

type MessageOf<Type extends SourceMessage['type']> = Extract<SourceMessage, { readonly type: Type }>;

const calm = ['-pace', '2ms'];

/** A program under a path of its own: nothing else on the machine is its successor. */
async function program(t: TestContext, release?: string) {
  const built = await build('collector', release === undefined ? {} : { release });
  const path = join(folder(t), 'server');
  copyFileSync(built.path, path);
  return { path, goMinor: built.goMinor };
}

async function run(t: TestContext, path: string, args: readonly string[] = calm): Promise<TracedProgram> {
  const started = await startTraced(path, args);
  t.after(() => started.end());
  return started;
}

function follow(t: TestContext, { pid }: TracedProgram): Watch {
  const watch = watchProcess(pid, { follow: true });
  t.after(() => watch.stop());
  return watch;
}

async function kill({ pid, exited }: TracedProgram): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await exited;
}

const isNote =
  (code: string) =>
  (message: SourceMessage): boolean =>
    message.type === 'note' && message.code === code;

const notes = (messages: readonly SourceMessage[], code: string): readonly string[] =>
  messages.flatMap((message) => (message.type === 'note' && message.code === code ? [message.text] : []));

const ofType = <Type extends SourceMessage['type']>(messages: readonly SourceMessage[], type: Type) =>
  messages.filter((message): message is MessageOf<Type> => message.type === type);

const idOf = ({ pid }: { readonly pid: number }): string => `local:${pid}`;

const isOf =
  (target: string, fits: (message: SourceMessage) => boolean) =>
  (message: SourceMessage): boolean =>
    'target' in message && message.target === target && fits(message);

const cyclesOf = (messages: readonly SourceMessage[], target: string): readonly GcCycle[] =>
  (byTarget(messages).get(target) ?? []).flatMap((event) => (event.kind === 'cycle' ? [event.cycle] : []));

/** Twenty cycles of it, wherever they begin. */
async function untilSome(watch: Watch, { pid }: { readonly pid: number }): Promise<void> {
  const target = idOf({ pid });
  await watch.until(() => cyclesOf(watch.messages, target).length >= 20);
}

liveTest(
  'a program that is killed and started again is followed, with every cycle from then on',
  async (t) => {
    const { path, goMinor } = await program(t);
    const first = await run(t, path);
    const watch = follow(t, first);
    await watch.until(tellsOfCycle(20));
    await kill(first);
    const second = await run(t, path);
    await untilSome(watch, second);
    const messages = await watch.stop();
    await second.end();

    const cycles = cyclesOf(messages, idOf(second));
    compareWithTrace(t, cycles, { trace: second.gctrace, goMinor });
    assert.ok(cycles.every(({ evidence }) => evidence === 'exact'));
    assert.match(
      notes(messages, 'target.exited')[0] ?? '',
      new RegExp(`^pid ${first.pid} exited; waiting for `),
    );
    const [told = ''] = notes(messages, 'target.follows');
    const known = new RegExp(
      `^follows pid ${first.pid} -> ${second.pid}, the same program \\(.*/server\\), restarted after [\\d.]+ m?s; its cycles are known from #(\\d+) on$`,
    ).exec(told)?.[1];
    assert.equal(Number(known), cycles[0]?.number, told);

    const [gap, ...more] = ofType(messages, 'gap').filter(({ target }) => target === idOf(second));
    assert.deepEqual(more, []);
    assert.ok(gap !== undefined && gap.fromNs < gap.toNs);
    assert.equal(gap.lost, Number(known) - 1);
    const lastOfFirst = cyclesOf(messages, idOf(first)).at(-1);
    assert.ok((lastOfFirst?.endAtNs ?? 0) <= gap.fromNs + 100e6);
    assert.ok((cycles[0]?.endAtNs ?? 0) >= gap.toNs);
    assert.equal(ofType(messages, 'closed')[0]?.reason, 'aborted');
    assert.deepEqual(leftoversOfLocal(), []);
  },
);

liveTest('no probe outlives the program that it was placed in', async (t) => {
  const { path } = await program(t);
  const first = await run(t, path);
  const watch = follow(t, first);
  await watch.until(tellsOfCycle(5));
  const before = leftoversOfLocal();
  assert.ok(
    before.some((line) => line.startsWith('p:')),
    'it has no probe',
  );
  await kill(first);
  await watch.until(isNote('target.exited'));
  assert.deepEqual(leftoversOfLocal(), []);
  const second = await run(t, path);
  await watch.until(isOf(idOf(second), ({ type }) => type === 'probe'));
  const after = leftoversOfLocal();
  assert.ok(after.some((line) => line.startsWith('p:')));
  assert.deepEqual(
    after.filter((line) => before.includes(line)),
    [],
  );
  await watch.stop();
  assert.deepEqual(leftoversOfLocal(), []);
});

liveTest(
  'single calls that are asked for while a program is waited for are those of its next run',
  async (t) => {
    const { path } = await program(t);
    const first = await run(t, path);
    const watch = follow(t, first);
    await watch.until(tellsOfCycle(5));
    await kill(first);
    await watch.until(isNote('target.exited'));
    watch.ask({ type: 'probes', set: 'full' });
    const second = await run(t, path);
    const isThere = (message: SourceMessage) =>
      message.type === 'probe' && message.probe === 'allocSpan' && message.state === 'running';
    await watch.until(isOf(idOf(second), isThere));
    const messages = await watch.stop();
    await second.end();
    assert.deepEqual(notes(messages, 'probe.failed'), []);
    assert.deepEqual(leftoversOfLocal(), []);
  },
);

liveTest('a file that was replaced by the build of another Go release is read anew', async (t) => {
  const { path } = await program(t);
  const other = await program(t, 'go1.22.12');
  const first = await run(t, path);
  const watch = follow(t, first);
  await watch.until(tellsOfCycle(5));
  renameSync(other.path, path); // while it runs, as a deployment does
  await kill(first);
  const second = await run(t, path);
  await untilSome(watch, second);
  const messages = await watch.stop();
  await second.end();
  const versions = ofType(messages, 'target').map(({ target }) => target.goVersion);
  assert.equal(versions.at(-1), 'go1.22.12');
  assert.notEqual(versions[0], 'go1.22.12');
  assert.match(notes(messages, 'target.follows')[0] ?? '', /server\), now go1\.22\.12, restarted after/);
  const cycles = cyclesOf(messages, idOf(second));
  compareWithTrace(t, cycles, { trace: second.gctrace, goMinor: other.goMinor });
});

liveTest('a program that began anew in the same process is another target', async (t) => {
  const { path } = await program(t);
  const server = await run(t, path);
  const watch = follow(t, server);
  await watch.until(tellsOfCycle(20));
  process.kill(server.pid, 'SIGHUP');
  const again = `${idOf(server)}:2`;
  await watch.until(isOf(again, tellsOfCycle(10)));
  const messages = await watch.stop();
  assert.match(notes(messages, 'target.follows')[0] ?? '', /^follows pid \d+ into its next program, /);
  assert.ok(cyclesOf(messages, again).every(({ evidence }) => evidence === 'exact'));
});

liveTest('a program of the same file that ran already is not taken for the next run', async (t) => {
  const { path } = await program(t);
  const sibling = await run(t, path);
  const first = await run(t, path);
  const watch = follow(t, first);
  await watch.until(tellsOfCycle(5));
  await kill(first);
  await watch.until(isNote('target.exited'));
  const second = await run(t, path);
  await watch.until(isNote('target.follows'));
  const messages = await watch.stop();
  const ids = new Set(ofType(messages, 'target').map(({ id }) => id));
  assert.deepEqual([...ids], [idOf(first), idOf(second)], `and not ${idOf(sibling)}`);
});

liveTest('what is no Go program any more is named and waited beyond', async (t) => {
  const { path } = await program(t);
  const kept = await program(t);
  const first = await run(t, path);
  const watch = follow(t, first);
  await watch.until(tellsOfCycle(5));
  await kill(first);
  copyFileSync('/bin/sleep', `${path}.new`);
  renameSync(`${path}.new`, path);
  const stranger = await startTraced('/bin/sh', ['-c', `echo ready; exec '${path}' 60`]);
  t.after(() => stranger.end());
  await watch.until(isNote('target.refused'));
  renameSync(kept.path, path);
  const second = await run(t, path);
  await watch.until(isOf(idOf(second), tellsOfCycle(5)));
  const messages = await watch.stop();
  assert.match(
    notes(messages, 'target.refused').join('\n'),
    new RegExp(
      `^pid ${stranger.pid} runs the same program \\(.*\\), but process '${stranger.pid}' .*cannot be`,
    ),
  );
});

liveTest('a stream ends with its program unless it is told to follow it', async (t) => {
  const { path } = await program(t);
  const first = await run(t, path);
  const file = join(folder(t), 'gc.ndjson');
  const ending = await streamGctop(['--json', '-p', String(first.pid)]);
  const following = await streamGctop(['--json', '--follow', '--record', file, '-p', String(first.pid)]);
  t.after(() => Promise.all([ending.stop(), following.stop()]));
  for (const each of [ending, following]) await each.until(() => each.messages.find(tellsOfCycle(5)));
  await kill(first);
  const closed = await ending.until(() => ofType(ending.messages, 'closed')[0]);
  assert.equal(closed.reason, 'target-exited');
  const second = await run(t, path);
  await following.until(() => following.messages.find(isOf(idOf(second), tellsOfCycle(20))));
  assert.deepEqual(await following.stop(), { exitCode: 143, signal: undefined });
  assert.equal(ofType(following.messages, 'closed')[0]?.reason, 'aborted');
  for (const { pid } of [ending, following]) assert.deepEqual(leftoversOfLocal(pid), []);

  const replayed = await gctop(['replay', file, '--json']);
  const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');
  const [read, recorded] = [linesOf(replayed.stdout), recordedLines(file)];
  assert.deepEqual(read.map(decodeLine), recorded.map(decodeLine), 'the recording reads back');
  const screen = startGctop(['replay', file, '--speed', '20'], { columns: 160, rows: 48 });
  t.after(() => screen.kill());
  await screen.waitFor(`pid ${second.pid}`);
  screen.press('q');
  assert.equal(await screen.exit(), 0);
});

liveTest(
  'the screen keeps the last picture of a program that does not come back, and q ends it',
  async (t) => {
    const { path } = await program(t);
    const first = await run(t, path);
    const screen = startGctop(['-p', String(first.pid)], { columns: 160, rows: 48 });
    t.after(() => screen.kill());
    await screen.waitFor((text) => /LIVE/.test(text) && /#\d\d/.test(text), 30_000);
    await kill(first);
    const words = [
      /! EXITED waiting/,
      new RegExp(`pid ${first.pid} exited; waiting for ${path} to run again`),
      /process {2}! exited {7}waiting for it to run again/,
      /Cycles .*#\d\d/,
    ];
    await screen.waitFor((text) => words.every((word) => word.test(text)), 20_000);
    screen.press('q');
    assert.equal(await screen.exit(), 0);
    assertRestored(screen.raw());
    assert.deepEqual(leftoversOfLocal(screen.pid), []);
  },
);

liveTest('the screen goes on with the next run, and ends with the first where it may not', async (t) => {
  const { path } = await program(t);
  const first = await run(t, path);
  const size = { columns: 160, rows: 48 };
  const [following, ending] = [[], ['--no-follow']].map((args) =>
    startGctop(['-p', String(first.pid), ...args], size),
  );
  assert.ok(following !== undefined && ending !== undefined);
  t.after(() => {
    following.kill();
    ending.kill();
  });
  for (const screen of [following, ending])
    await screen.waitFor((text) => /LIVE/.test(text) && /#\d\d/.test(text), 30_000);
  await kill(first);
  await following.waitFor('EXITED waiting', 20_000);
  await ending.waitFor((text) => /! EXITED {2,}/.test(text), 20_000);
  const second = await run(t, path);
  await following.waitFor((text) => text.includes(`pid ${second.pid}`) && /● LIVE/.test(text), 20_000);
  for (const screen of [following, ending]) {
    screen.press('q');
    assert.equal(await screen.exit(), 0);
    assert.deepEqual(leftoversOfLocal(screen.pid), []);
  }
});

/** Three runs of a program, each after the end of the one before; after the third nobody waits. */
async function threeRuns(): Promise<SourceUnderTest> {
  const home = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  const path = join(home, 'server');
  copyFileSync((await build('collector')).path, path);
  const runs: TracedProgram[] = [];
  const next = async (): Promise<TracedProgram> => {
    const started = await startTraced(path, ['-cycles', '40']);
    runs.push(started);
    return started;
  };
  const local = localSource({ pid: (await next()).pid, clock: systemClock(), follow: true });
  const source: Source = {
    name: 'local',
    async *open(signal, controls) {
      const enough = new AbortController();
      for await (const message of local.open(AbortSignal.any([signal, enough.signal]), controls)) {
        if (isNote('target.exited')(message)) {
          if (runs.length === 3) enough.abort();
          else await next();
        }
        yield message;
      }
    },
  };
  return {
    source,
    leftovers: () => assert.deepEqual(leftoversOfLocal(), []),
    cleanUp: async () => {
      await Promise.all(runs.map((each) => each.end()));
      rmSync(home, { recursive: true });
    },
  };
}

const missing = await missingForLive();
if (missing === undefined) {
  sourceContract('a program that is restarted twice', threeRuns);
} else {
  test('the contract of a restarted program', (t) => {
    assert.equal(process.env.CI, undefined, `live tests are not skipped in CI: ${missing}`);
    t.skip(missing);
  });
}
