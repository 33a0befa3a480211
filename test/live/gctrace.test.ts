import assert from 'node:assert/strict';
import { chmodSync, closeSync, copyFileSync, cpSync, openSync, readFileSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseGctraceLine } from '../../src/gc/gctrace-line.js';
import { decodeLine } from '../../src/gc/recording.js';
import { start } from '../../src/system/process.js';
import { goReleases } from '../helpers/compatibility.js';
import { folder } from '../helpers/folder.js';
import { builtProgram, gctop } from '../helpers/gctop.js';
import { build } from '../helpers/go-program.js';
import { liveTest, madeOrSkipped } from '../helpers/live.js';
import { assertRestored, startInPty } from '../helpers/pty.js';

const cycles = 300;

/** What a program printed that wrote into its own gctrace lines, and what it wrote, as it says itself. */
async function chatter(t: TestContext, path: string, style: string) {
  const file = join(folder(t), 'stderr.txt');
  const stderr = openSync(file, 'w');
  const written: string[] = [];
  const child = await start(path, ['-style', style, '-cycles', String(cycles)], {
    env: { ...process.env, GODEBUG: 'gctrace=1', GOMAXPROCS: '2' },
    stderr,
    stdout: (line) => written.push(String(JSON.parse(line))),
  });
  await child.exited;
  closeSync(stderr);
  utimesSync(file, 0, 0); // finished
  return { file, written };
}

/** How many cycles the stream of a text tells as lost. */
async function lostIn(file: string): Promise<number> {
  const { stdout } = await gctop(['--gctrace', file, '--json']);
  const messages = stdout
    .trimEnd()
    .split('\n')
    .map((line, index) => decodeLine(line, index + 1));
  return messages.reduce((sum, message) => sum + (message?.type === 'gap' ? (message.lost ?? 0) : 0), 0);
}

/** The lines as they would be without what the program wrote between their pieces. */
function untorn(text: string, written: readonly string[]): readonly string[] {
  const places = written
    .map((each) => ({ from: text.indexOf(each), to: text.indexOf(each) + each.length }))
    .toSorted((a, b) => a.from - b.from);
  assert.ok(places.every(({ from }) => from >= 0));
  const ends = [0, ...places.map(({ to }) => to)];
  const left = ends.map((end, index) => text.slice(end, places[index]?.from)).join('');
  return left.split('\n').filter((line) => line !== '');
}

const styles = ['log', 'json', 'words'] as const;
const tried = [
  ...styles.map((style) => ({ release: undefined, style })),
  ...goReleases.map((release, index) => ({ release, style: styles[index % styles.length] ?? 'log' })),
];

for (const { release, style } of tried) {
  liveTest(
    `lines that a program of ${release ?? 'the local Go'} tore with ${style} are read or counted`,
    async (t) => {
      const made = await madeOrSkipped(t, () => build('chatty', release === undefined ? {} : { release }));
      if (made === undefined) return;
      const { file, written } = await chatter(t, made.path, style);
      const text = readFileSync(file, 'utf8');
      const truth = untorn(text, written);
      assert.deepEqual(
        truth.filter((line) => parseGctraceLine(line) === undefined),
        [],
        'the copy is not whole',
      );
      const { stdout } = await gctop(['--gctrace', file, '--lines']);
      const read = stdout.trimEnd().split('\n');
      const known = new Set(truth);
      assert.deepEqual(
        read.filter((line) => !known.has(line)),
        [],
        'lines that the runtime never printed',
      );
      const whole = new Set(text.split('\n'));
      const torn = truth.filter((line) => !whole.has(line)).length;
      const lost = truth.length - read.length;
      t.diagnostic(`${truth.length} lines, ${torn} of them torn, ${lost} lost`);
      assert.ok(truth.length >= cycles);
      // How much is torn, and how badly, is a matter of the machine's load; that nothing is lost in silence is not.
      assert.ok(lost <= Math.max(3, torn / 2), `${lost} of ${torn} torn lines are lost`);
      // Before the first line and after the last one there is no number that would show one missing.
      const counted = await lostIn(file);
      assert.ok(Math.abs(counted - lost) <= 2, `${lost} lines are lost, ${counted} are counted`);
    },
  );
}

liveTest('the lines that gctop prints of a program are those that its runtime prints', async (t) => {
  const { path, goMinor } = await build('collector');
  const ended = await gctop(['--lines', '--', path, '-cycles', '200'], {
    env: { GODEBUG: 'gctrace=1', GOMAXPROCS: '2' },
    timeoutMs: 60_000,
  });
  assert.equal(ended.code, 0, ended.stderr.slice(-500));
  // As elsewhere `@` is not compared, and up to Go 1.19 `(forced)` can be another goroutine's.
  const comparable = (line: string) =>
    line.replace(/ @[\d.]+s /, ' ').replace(goMinor < 20 ? / \(forced\)$/ : /$^/, '');
  const theirs = new Map(
    ended.stderr.split('\n').flatMap((line) => {
      const number = parseGctraceLine(line)?.number;
      return number === undefined ? [] : [[number, line]];
    }),
  );
  const ours = ended.stdout.trimEnd().split('\n');
  t.diagnostic(`${ours.length} lines compared`);
  assert.ok(ours.length >= 190);
  for (const line of ours) {
    const number = parseGctraceLine(line)?.number ?? assert.fail(line);
    assert.equal(comparable(line), comparable(theirs.get(number) ?? ''));
  }
});

liveTest('a program whose memory may not be read is traced, and the screen says why', async (t) => {
  const { path } = await build('gc-service');
  const open = folder(t);
  chmodSync(open, 0o755);
  cpSync(dirname(builtProgram), join(open, 'dist'), { recursive: true });
  copyFileSync(path, join(open, 'gc-service'));
  chmodSync(join(open, 'gc-service'), 0o711); // nobody but root may read it
  const node = join(open, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const command = [node, join(open, 'dist', 'cli.js'), '--', './gc-service', '-port', '0'];
  const screen = startInPty([...asNobody, ...command], {
    columns: 160,
    rows: 48,
    cwd: open,
    env: { HOME: open, GODEBUG: 'madvdontneed=1' },
  });
  t.after(() => screen.kill());
  const words = [/gc-service {2}pid \d+/, /gctrace {2}rounded/, /the file of the program may not be read/];
  const shown = await screen.waitFor((text) => words.every((word) => word.test(text)), 20_000);
  const pid = Number(/pid (\d+)/.exec(shown)?.[1]);
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  assert.ok(environment.includes('GODEBUG=madvdontneed=1,gctrace=1'), 'GODEBUG keeps what it held');
  const address = /listening on (\S+)/.exec(shown)?.[1] ?? assert.fail(shown);
  await fetch(`http://${address}/run-gc`);
  await screen.waitFor((text) => /#1 .*runtime\.GC/.test(text));
  screen.press('q');
  assert.equal(await screen.exit(), 0);
  assertRestored(screen.raw());
});
