import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ProcessCandidate, ProcessList } from '../../src/gc/candidate.js';
import { openScan } from '../../src/sources/local/scan/open-scan.js';
import type { ProcessScan } from '../../src/sources/local/scan/scan.js';
import { systemClock } from '../../src/system/clock.js';
import { changedProgram, ofUnknownGo } from '../helpers/changed-program.js';
import { folder } from '../helpers/folder.js';
import { build } from '../helpers/go-program.js';
import { leftoversOfLocal } from '../helpers/leftovers.js';
import { liveTest } from '../helpers/live.js';
import { ordinaryUser } from '../helpers/ordinary-user.js';
import { assertRestored, startGctop, startInPty } from '../helpers/pty.js';

const wide = { columns: 160, rows: 48 };
const { signal } = new AbortController();

/** Starts a program under a name of its own, so that no other test's is taken for it. */
async function startAs(t: TestContext, path: string, name: string, args: readonly string[]): Promise<number> {
  const copy = join(folder(t), name);
  copyFileSync(path, copy);
  chmodSync(copy, 0o755);
  const child = spawn(copy, args, { stdio: 'ignore', env: { ...process.env, GOMAXPROCS: '2' } });
  t.after(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child, 'spawn');
  return child.pid ?? assert.fail(`'${name}' did not start`);
}

const serviceArgs = ['-host', '127.0.0.1', '-port', '0'];
const collectorArgs = ['-pace', '2ms', '-force', '20ms'];

function openTestScan(t: TestContext): ProcessScan {
  const scan = openScan({ clock: systemClock(), probes: true });
  t.after(() => scan.close());
  return scan;
}

async function listBy(scan: ProcessScan): Promise<ProcessList> {
  let list: ProcessList | undefined;
  for await (const part of scan.look(signal)) list = part;
  return list ?? assert.fail('a look ended without a list');
}

/** Looks until the process is as it is wanted. */
async function lookUntil(
  scan: ProcessScan,
  pid: number,
  fits: (row: ProcessCandidate) => boolean,
): Promise<ProcessCandidate> {
  for (;;) {
    const { processes } = await listBy(scan);
    const row = processes.find((process) => process.pid === pid);
    if (row !== undefined && fits(row)) return row;
    await systemClock().sleep(20, signal);
  }
}

liveTest('a look finds programs with symbols and without, with the figures that they have', async (t) => {
  const { path, goMinor } = await build('collector');
  const stripped = await build('collector', { flags: ['-ldflags=-s -w'] });
  const scan = openTestScan(t);
  const pids = [
    await startAs(t, path, 'picked-whole', collectorArgs),
    await startAs(t, stripped.path, 'picked-stripped', collectorArgs),
  ];
  for (const pid of pids) {
    const row = await lookUntil(scan, pid, ({ cyclesPerSecond }) => (cyclesPerSecond ?? 0) > 0);
    assert.match(row.name, /^picked-(whole|stripped)$/);
    assert.match(row.command, /picked-\S+ -pace 2ms/);
    assert.match(row.goVersion ?? '', new RegExp(`^go1\\.${goMinor}`));
    assert.deepEqual([row.access, row.user], [{ kind: 'whole' }, 'root']);
    assert.ok((row.live ?? 0) > 0 && (row.cycles ?? 0) > 0 && row.rss > (row.live ?? 0));
    assert.ok((row.gcCpuShare ?? -1) >= 0 && (row.gcCpuShare ?? 2) <= 1);
    assert.ok(Math.abs(row.startedUnixMs - Date.now()) < 120_000);
  }
});

liveTest('a process that goes over to another program, and one that ends, are seen', async (t) => {
  const { path } = await build('collector');
  const scan = openTestScan(t);
  const inShell = ['-c', `read line; exec ${path} ${collectorArgs.join(' ')}`];
  const shell = spawn('sh', inShell, { stdio: ['pipe', 'ignore', 'ignore'] });
  t.after(() => shell.kill('SIGKILL'));
  await once(shell, 'spawn');
  const { pid = 0 } = shell;
  assert.equal(
    (await listBy(scan)).processes.find((row) => row.pid === pid),
    undefined,
  );
  shell.stdin.write('\n');
  assert.equal((await lookUntil(scan, pid, () => true)).name, 'collector');
  shell.kill('SIGKILL');
  await once(shell, 'exit');
  assert.equal(
    (await listBy(scan)).processes.find((row) => row.pid === pid),
    undefined,
  );
});

liveTest('keys choose one of several services, a stripped one, and it is watched', async (t) => {
  const { path } = await build('gc-service');
  const stripped = await build('gc-service', { flags: ['-ldflags=-s -w'] });
  await startAs(t, path, 'shop-front', serviceArgs);
  await startAs(t, path, 'shop-stock', serviceArgs);
  const pid = await startAs(t, stripped.path, 'shop-till', serviceArgs);
  const screen = startGctop([], { ...wide, cwd: folder(t) });
  t.after(() => screen.kill());
  const names = ['shop-front', 'shop-stock', 'shop-till'];
  await screen.waitFor((text) => names.every((name) => text.includes(name)), 60_000);
  screen.press('/shop-');
  await screen.waitFor('3 of ');
  screen.press('\x1b[F'); // End
  await screen.waitFor((text) => /^> +\d+ shop-/m.test(text));
  screen.press('\x15shop-till'); // Ctrl-U
  await screen.waitFor((text) => new RegExp(`^> +${pid} shop-till .* whole`, 'm').test(text));
  screen.press('\r');
  const watched = await screen.waitFor((text) => text.includes('LIVE') && /Heap +\d/.test(text), 60_000);
  assert.match(watched, new RegExp(`gctop {2}shop-till {2}pid ${pid} {2}go1\\.`));
  process.kill(pid, 'SIGKILL');
  await screen.waitFor('enter another', 30_000);
  screen.press('\r');
  await screen.waitFor((text) => text.includes('shop-front') && !text.includes('shop-till'), 60_000);
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
  assert.deepEqual(leftoversOfLocal(screen.pid), []);
});

liveTest('an ordinary user sees his own programs, and how many he may not look into', async (t) => {
  const { path } = await build('gc-service');
  const user = ordinaryUser(t);
  const foreign = await startAs(t, path, 'root-service', serviceArgs);
  const [file = '', ...rest] = [...user.as, user.program(path, 'own-service'), ...serviceArgs];
  const own = spawn(file, rest, { stdio: 'ignore' });
  t.after(() => own.kill('SIGKILL'));
  await once(own, 'spawn');
  const screen = startInPty([...user.as, ...user.gctop], {
    ...wide,
    cwd: user.home,
    env: { HOME: user.home },
  });
  t.after(() => screen.kill());
  // What the kernel lets him read of his own depends on its ptrace policy; that it is his is seen either way.
  const row = new RegExp(`${own.pid} own-service .*(memory only|needs root)`);
  const text = await screen.waitFor((shown) => row.test(shown) && /of \d+;/.test(shown), 60_000);
  assert.match(text, /\d+ Go process(es)? of \d+; [1-9]\d* may not be looked into: run gctop as root/);
  assert.ok(!text.includes(`${foreign} `), 'nobody can tell whether a program of root is Go');
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
});

liveTest('a program of an unknown Go, and a packed one, are listed with the reason', async (t) => {
  const { path } = await build('gc-service');
  const scan = openTestScan(t);
  const unknown = changedProgram(t, path, ofUnknownGo);
  const refusalOf = async (pid: number) => {
    const { access, live, ...row } = await lookUntil(scan, pid, () => true);
    assert.equal(live, undefined);
    return access.kind === 'refused' ? { ...row, ...access } : assert.fail(access.kind);
  };
  const ofUnknown = await refusalOf(await startAs(t, unknown, 'of-unknown-go', serviceArgs));
  assert.match(ofUnknown.goVersion ?? '', /^go1\.99\./);
  assert.equal(ofUnknown.word, 'unknown Go');
  assert.match(ofUnknown.why, /go1\.99\.\d+.*go1\.16 to go1\.27/);
  // The packer's mark where the kernel looks at nothing (EI_PAD).
  const packed = changedProgram(t, '/bin/sleep', (bytes) => Buffer.from(bytes.fill('UPX!', 9, 13)));
  const ofPacked = await refusalOf(await startAs(t, packed, 'packed', ['60']));
  assert.equal(ofPacked.word, 'packed (UPX)');
  assert.match(ofPacked.why, /packed \(UPX\).*upx -d/);
});
