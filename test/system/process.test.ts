import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { run, type Sink, start } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';

const node = process.execPath;

test('a program that ends well gives what it printed', async () => {
  const program = 'console.log("out"); console.error("err")';
  assert.deepEqual(await run(node, ['-e', program]), { stdout: 'out', stderr: 'err' });
});

test('arguments arrive as they are: there is no shell', async () => {
  const { stdout } = await run(node, ['-p', 'process.argv[1]', '--', '$HOME; echo "a  b" *']);
  assert.equal(stdout, '$HOME; echo "a  b" *');
});

test('a child has the environment it is given and nothing else', async () => {
  const { stdout } = await run(node, ['-p', 'JSON.stringify(process.env)'], { env: { ONLY: '1' } });
  assert.deepEqual(JSON.parse(stdout), { ONLY: '1' });
});

test('a failing program is an error that names the command, the exit code and its last words', async () => {
  await assert.rejects(run(node, ['-e', 'console.error("one\\ntwo"); process.exit(3)']), {
    code: 'COMMAND_FAILED',
    message: `'${node} -e "console.error("one\\ntwo"); process.exit(3)"' ended with exit code 3: two`,
  });
});

test('a program that is killed or too slow is told as such', async () => {
  await assert.rejects(run(node, ['-e', 'process.kill(process.pid, "SIGKILL")']), /was ended by SIGKILL$/);
  await assert.rejects(run(node, ['-e', forever], { timeoutMs: 50 }), /did not end within 50 ms$/);
});

test('a program that is not there cannot be started', async () => {
  const missing = {
    code: 'COMMAND_FAILED_TO_START',
    message: /^cannot start 'gctop-no-such-program': .*ENOENT/,
  };
  await assert.rejects(run('gctop-no-such-program', []), missing);
  await assert.rejects(start('gctop-no-such-program', []), missing);
});

test('an abort ends a running program and rejects with its reason', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const running = run(node, ['-e', forever], { signal: abort.signal });
  setImmediate(() => abort.abort(reason));
  await assert.rejects(running, reason);
  await assert.rejects(run(node, ['-v'], { signal: abort.signal }), reason);
  await assert.rejects(start(node, ['-v'], { signal: abort.signal }), reason);
});

test('a started child hands over every line before it counts as ended', async () => {
  const out: string[] = [];
  const err: string[] = [];
  const program = 'for (let i = 0; i < 2000; i++) console.log(i); process.stderr.write("no newline")';
  const child = await start(node, ['-e', program], {
    stdout: (line) => out.push(line),
    stderr: (line) => err.push(line),
  });
  assert.ok(child.pid > 0);
  assert.deepEqual(await child.exited, { exitCode: 0, signal: undefined });
  assert.deepEqual([out.length, out.at(-1), err], [2000, '1999', ['no newline']]);
});

test('a started child writes into an open file and reads an empty stdin', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'output');
  const file = openSync(path, 'w');
  const program = 'process.stdin.on("end", () => { console.log("out"); console.error("err") }).resume()';
  const child = await start(node, ['-e', program], { stdout: file, stderr: file });
  await child.exited;
  assert.equal(readFileSync(path, 'utf8'), 'out\nerr\n');
});

test('a child that heeds SIGTERM is ended by it, one that ignores it is killed after the grace', async () => {
  const heeding = await startAndWait(forever);
  assert.deepEqual(await heeding.terminate(10_000), { exitCode: undefined, signal: 'SIGTERM' });
  const deaf = await startAndWait(`process.on("SIGTERM", () => {}); ${forever}`);
  assert.deepEqual(await deaf.terminate(20), { exitCode: undefined, signal: 'SIGKILL' });
  assert.deepEqual(await deaf.terminate(20), await deaf.exited, 'a second call finds it gone');
});

test('an abort ends a started child', async () => {
  const abort = new AbortController();
  const child = await startAndWait(forever, abort.signal);
  abort.abort();
  assert.deepEqual(await child.exited, { exitCode: undefined, signal: 'SIGTERM' });
  assert.throws(() => process.kill(child.pid, 0), { code: 'ESRCH' });
});

test('a grandchild that keeps the pipe open does not keep its parent from having ended', async () => {
  let grandchild = 0;
  const take: Sink = (line) => {
    grandchild = Number(line);
  };
  const program = 'sleep 60 & echo $!';
  const child = await start('sh', ['-c', program], { stdout: take });
  assert.deepEqual(await child.exited, { exitCode: 0, signal: undefined });
  process.kill(grandchild);
});

const forever = 'console.log("up"); process.stdin.resume(); new (require("net").Server)().listen(0)';

/** Resolves when the program has printed its first line: it has its signal handlers by then. */
async function startAndWait(program: string, signal?: AbortSignal) {
  const lines = new EventEmitter();
  const up = once(lines, 'line');
  const child = await start(node, ['-e', program], { signal, stdout: (line) => lines.emit('line', line) });
  await up;
  return child;
}

test('what a child started in turn ends with it', async () => {
  const lines: string[] = [];
  let heard = () => {};
  const told = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const shell = await start('sh', ['-c', 'sleep 100 & echo $!; wait'], {
    stdout: (line) => {
      lines.push(line);
      heard();
    },
  });
  await told;
  const grandchild = Number(lines[0]);
  assert.equal(process.kill(grandchild, 0), true);
  await shell.terminate(2_000);
  assert.throws(() => process.kill(grandchild, 0), { code: 'ESRCH' });
});

test('an abort does not wait for what a program started, and ends that too', async (t) => {
  const { path, grandchild } = leavesPid(t);
  const abort = new AbortController();
  const reason = new Error('enough');
  const running = run('sh', ['-c', 'sleep 60 & echo $! >"$0"; wait', path], { signal: abort.signal });
  running.catch(() => {}); // looked at below
  const pid = await grandchild();
  const startedMs = performance.now();
  abort.abort(reason);
  await assert.rejects(running, reason);
  assert.ok(performance.now() - startedMs < 2_000);
  await ends(pid);
});

test('a time limit does not wait for what a program started, and ends that too', async (t) => {
  const { path, grandchild } = leavesPid(t);
  const startedMs = performance.now();
  const deaf = 'trap "" TERM; sleep 60 & echo $! >"$0"; wait';
  await assert.rejects(run('sh', ['-c', deaf, path], { timeoutMs: 300 }), /did not end within 300 ms$/);
  assert.ok(performance.now() - startedMs < 3_000);
  await ends(await grandchild());
});

test('what a program leaves running does not keep it from having ended, and all it printed is there', async (t) => {
  const { path, grandchild } = leavesPid(t);
  const startedMs = performance.now();
  const program = 'seq 1 20000; sleep 60 & echo $! >"$0"; seq 1 20000 >&2';
  const { stdout, stderr } = await run('sh', ['-c', program, path]);
  assert.ok(performance.now() - startedMs < 5_000);
  assert.deepEqual(
    [stdout.split('\n').length, stdout.slice(-6), stderr.slice(-6)],
    [20_000, '\n20000', '\n20000'],
  );
  process.kill(await grandchild());
});

test('what a program printed arrives whole although gctop was busy when it ended', async () => {
  const running = run('sh', ['-c', 'sleep 0.1; printf %060000d 1; sleep 60 & echo $! >&2; exit 0']);
  const untilMs = performance.now() + 600;
  setTimeout(() => {
    while (performance.now() < untilMs); // the child ends, and the time for what it left passes
  }, 50);
  const { stdout, stderr } = await running;
  assert.equal(stdout.length, 60_000);
  process.kill(Number(stderr));
});

/** Where a shell writes the pid of what it starts. */
function leavesPid(t: TestContext) {
  const path = join(folder(t), 'pid');
  const grandchild = async (): Promise<number> => {
    for (;;) {
      const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
      if (pid !== 0) return pid;
      await delay(5);
    }
  };
  return { path, grandchild };
}

/** Resolves when a process is gone, or is a zombie that nobody has waited for. */
async function ends(pid: number): Promise<void> {
  const untilMs = performance.now() + 2_000;
  for (;;) {
    const path = `/proc/${pid}/stat`;
    if (!existsSync(path) || / Z /.test(readFileSync(path, 'utf8'))) return;
    assert.ok(performance.now() < untilMs, `process ${pid} lives on`);
    await delay(10);
  }
}
