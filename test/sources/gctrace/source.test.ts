import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { printGctraceLine } from '../../../src/gc/gctrace-line.js';
import type { SourceMessage } from '../../../src/gc/stream.js';
import { fileText } from '../../../src/sources/gctrace/file-text.js';
import { gctraceSource } from '../../../src/sources/gctrace/source.js';
import { streamText } from '../../../src/sources/gctrace/stream-text.js';
import { textClock } from '../../../src/sources/gctrace/text-clock.js';
import type { Source } from '../../../src/sources/source.js';
import { systemClock } from '../../../src/system/clock.js';
import { collect, sourceContract } from '../../contract/source.js';
import { folder } from '../../helpers/folder.js';
import { Heard } from '../../helpers/heard.js';
import { cyclesOf } from '../../helpers/watch.js';

const real = (release: string): string =>
  readFileSync(
    fileURLToPath(new URL(`../../fixtures/gctrace/gc-service-${release}.txt`, import.meta.url)),
    'utf8',
  );
const text = real('go1.26');
const lines = text.trimEnd().split('\n');

const named = { name: 'server', missing: [] } as const;

function fileSource(path: string): Source {
  const clock = textClock(systemClock(), { originUnixMs: 0 });
  return gctraceSource({
    ...named,
    clock,
    announceAfterMs: 0,
    text: fileText({ path, clock: systemClock() }),
  });
}

function pipeSource(stream: Readable): Source {
  const clock = textClock(systemClock());
  return gctraceSource({ ...named, clock, announceAfterMs: 60_000, text: streamText(stream) });
}

/** A file that nobody has written to for a day. */
const finishedFile = (t: TestContext, content: string): string => finishedIn(folder(t), content);

function finishedIn(parent: string, content: string): string {
  const path = join(parent, 'gc.txt');
  writeFileSync(path, content);
  const day = Date.now() / 1000 - 86_400;
  utimesSync(path, day, day);
  return path;
}

const read = (source: Source): Promise<readonly SourceMessage[]> =>
  collect(source, new AbortController().signal);

const printed = (messages: readonly SourceMessage[], goMinor = 26): readonly (string | undefined)[] =>
  cyclesOf(messages).map((cycle) => printGctraceLine(cycle, goMinor));

sourceContract('a gctrace file', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'gctop-test-'));
  const cleanUp = async () => rmSync(parent, { recursive: true });
  return { source: fileSource(finishedIn(parent, text)), cleanUp };
});
sourceContract('a gctrace pipe', async () => ({ source: pipeSource(Readable.from([text])) }));

for (const release of ['go1.16', 'go1.26']) {
  test(`the cycles of a finished file are those of its lines, as ${release} printed them`, async (t) => {
    const messages = await read(fileSource(finishedFile(t, real(release))));
    assert.deepEqual(printed(messages, Number(release.slice(4))), real(release).trimEnd().split('\n'));
  });
}

test('the session of a file lasts as long as its program was traced', async (t) => {
  const messages = await read(fileSource(finishedFile(t, text)));
  const [opened, last] = [messages[0], messages.at(-1)];
  assert.equal(opened?.atNs, 0);
  assert.equal(last?.atNs, (12_479 - 1_682) * 1e6 + 220e3 + 270e3 + 86e3);
});

test('cycles that seem to overlap, because they are rounded, come one after the other and keep their lengths', async (t) => {
  const [first = '', second = ''] = lines.slice(6, 8);
  const early = second.replace(/@\d+\.\d+/, '@6.267');
  const cycles = cyclesOf(await read(fileSource(finishedFile(t, `${first}\n${early}\n`))));
  assert.equal(cycles[1]?.sweepTermAtNs, cycles[0]?.endAtNs);
  assert.deepEqual(
    cycles.map((cycle) => cycle.endAtNs - (cycle.sweepTermAtNs ?? 0)),
    [190e3 + 1e6 + 59e3, 100e3 + 1.1e6 + 67e3],
  );
});

test('lines that are missing are a gap with their number', async (t) => {
  const messages = await read(fileSource(finishedFile(t, lines.toSpliced(3, 2).join('\n'))));
  const gaps = messages.filter(({ type }) => type === 'gap');
  assert.deepEqual(
    gaps.map((gap) => 'lost' in gap && gap.lost),
    [2],
  );
});

test('a program that starts again is a new target, and its time goes on', async (t) => {
  const messages = await read(fileSource(finishedFile(t, text + text)));
  const targets = new Set(messages.flatMap((message) => (message.type === 'target' ? [message.id] : [])));
  assert.deepEqual([...targets], ['gctrace:1', 'gctrace:2']);
  const cycles = messages.flatMap((message) => (message.type === 'events' ? message.events : []));
  assert.equal(cycles.length, 2 * lines.length);
  assert.equal(messages.filter(({ type }) => type === 'gap').length, 0);
});

test('a prefix from a collector of logs is looked over, and another program behind it is left out', async (t) => {
  const pod = (name: string, line: string) => `[pod/${name}/app] 2026-01-02T03:04:05.123456789Z ${line}`;
  const mixed = lines.flatMap((line, index) => [
    pod('a', line),
    ...(index === 0 ? [] : [pod('b', line.replace(/gc \d+/, `gc ${index + 500}`))]),
  ]);
  const messages = await read(fileSource(finishedFile(t, mixed.join('\n'))));
  assert.deepEqual(printed(messages), lines);
  const notes = messages.flatMap((message) => (message.type === 'note' ? [message.text] : []));
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? '', /another program, behind '\[pod\/b\/app\]/);
});

test('a cycle that the two-minute timer started is told as such', async (t) => {
  const content = lines.toSpliced(3, 0, 'GC forced').join('\n');
  const cycles = cyclesOf(await read(fileSource(finishedFile(t, content))));
  assert.deepEqual(
    cycles.slice(0, 5).map(({ trigger }) => trigger),
    ['forced', 'forced', 'heap', 'time', 'forced'],
  );
});

test('a file is followed as it grows', async (t) => {
  const path = join(folder(t), 'gc.txt');
  writeFileSync(path, `${lines.slice(0, 3).join('\n')}\ngc 4`);
  const abort = new AbortController();
  const heard = new Heard();
  const watched = collect(fileSource(path), abort.signal, { onMessage: (message) => heard.push(message) });
  const told = (count: number) =>
    heard.until(() => (cyclesOf(heard.messages).length === count ? true : undefined));
  await told(3);
  appendFileSync(path, `${lines[3]?.slice('gc 4'.length)}\n`);
  await told(4);
  writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
  await heard.until(() => heard.messages.find((message) => 'id' in message && message.id === 'gctrace:2'));
  abort.abort();
  const messages = await watched;
  assert.deepEqual(printed(messages).slice(0, 4), lines.slice(0, 4));
  const last = messages.at(-1);
  assert.equal(last?.type === 'closed' && last.reason, 'aborted');
});

test('what a pipe begins with is told as old as it is, and what comes then as it comes', async (t) => {
  const pipe = new PassThrough();
  t.after(() => pipe.destroy());
  const heard = new Heard();
  const watched = collect(pipeSource(pipe), new AbortController().signal, {
    onMessage: (message) => heard.push(message),
  });
  pipe.write(`${lines.slice(0, 20).join('\n')}\n`);
  await heard.until(() => (cyclesOf(heard.messages).length === 20 ? true : undefined));
  const [first, twentieth] = [cyclesOf(heard.messages)[0], cyclesOf(heard.messages)[19]];
  const beganAtNs = first?.sweepTermAtNs ?? Number.NaN;
  assert.ok(beganAtNs >= 0 && beganAtNs < 250e6, `the first began at ${beganAtNs} ns`);
  assert.ok((twentieth?.endAtNs ?? 0) <= (heard.messages.at(-1)?.atNs ?? 0));
  assert.equal(Math.round(((twentieth?.sweepTermAtNs ?? 0) - beganAtNs) / 1e6), 9_487 - 1_682);
  pipe.end(`${lines[20]}\n`);
  const last = cyclesOf(await watched).at(-1);
  assert.equal(last?.number, 21);
});

test('a pipe without a gctrace line is refused at its end, with what was expected', async () => {
  await assert.rejects(read(pipeSource(Readable.from(['hello\nworld\n']))), {
    code: 'GCTRACE_UNREADABLE',
    message: /no gctrace line in the input \(2 lines\)/,
    hint: /GODEBUG=gctrace=1/,
  });
});

test('a file that is not there is refused', async () => {
  await assert.rejects(read(fileSource('/no/such/file')), { code: 'GCTRACE_UNREADABLE' });
});

const lateLine = (number: number, days: number) =>
  `gc ${number} @${days * 86_400}.345s 3%: 0.014+10+0.12 ms clock, 0.028+1.2/4.5/0+0.24 ms cpu, 4->5->2 MB, 6 MB goal, 2 P\n`;

test('a program that has run for more than 104 days is told without what no longer can be counted', async () => {
  const messages = await read(pipeSource(Readable.from([Buffer.from(lateLine(9, 200) + lateLine(10, 201))])));
  const [cycle] = cyclesOf(messages);
  assert.equal(cycle?.number, 9);
  assert.equal(cycle?.sinceStartNs, undefined);
  const [target] = messages.filter(({ type }) => type === 'target');
  assert.equal(target?.type === 'target' && target.target.startedAtNs, undefined);
});

test('lines that span more than 104 days are refused in words', async (t) => {
  const path = finishedFile(t, lateLine(9, 1) + lateLine(10, 200));
  await assert.rejects(read(fileSource(path)), {
    code: 'GCTRACE_UNREADABLE',
    message: 'the gctrace lines span more than 104 days',
  });
});
