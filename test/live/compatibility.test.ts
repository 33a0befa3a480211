import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { bytesOf } from '../../src/binary/byte-source.js';
import { readElf, sectionNamed } from '../../src/binary/elf.js';
import { packageRoot } from '../../src/system/paths.js';
import {
  type CompatibilityRow,
  compatibility,
  compatibilityPromise,
  compatibilityTable,
  leastCycles,
  type TriedProgram,
} from '../helpers/compatibility.js';
import { checkNumbers, forcedIn, linesBeside } from '../helpers/gctrace-lines.js';
import { liveTest, madeOrSkipped } from '../helpers/live.js';
import { cyclesOf, tellsOfCycle, type Watch, watchProcess } from '../helpers/watch.js';

interface Result {
  readonly compared: number;
  readonly equal: number;
}

/** What came of each program that was tried. */
const results = new Map<TriedProgram, Result>();

for (const { builds, fromElsewhere } of compatibility) {
  for (const program of builds) {
    liveTest(
      `every cycle of the demo service, ${program.go} ${program.name}, is what its gctrace prints`,
      (t) =>
        tryProgram(t, program, ({ forced, compared }) =>
          assert.ok(forced > 0 && forced < compared, 'both kinds'),
        ),
    );
  }
  for (const program of fromElsewhere) {
    liveTest(`every cycle of ${program.name}, built with ${program.go}, is what its gctrace prints`, (t) =>
      tryProgram(t, program),
    );
  }
}

liveTest("the README's table of Go releases is what came of all these", async (t) => {
  for (const line of compatibilityTable(cameOut)) t.diagnostic(line);
  const missing = everyProgram(compatibility).filter((program) => !results.has(program));
  if (missing.length > 0 && process.env.CI === undefined)
    return t.skip(`${missing.length} of them were not tried`);
  assert.deepEqual(namesOf(missing), '');
  const broken = compatibility.filter((row) => !isKept(row));
  assert.deepEqual(
    broken.map((row) => `${row.minor}: ${cameOut(row)}`),
    [],
  );
  const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');
  const said = [...compatibilityTable(), '', ...compatibilityPromise].join('\n');
  assert.ok(readme.includes(said), 'the README says something else');
});

/** Watches a program at work and compares every figure of every cycle, but `@`, with what it printed itself. */
async function tryProgram(
  t: TestContext,
  program: TriedProgram,
  check: (counts: { readonly compared: number; readonly forced: number }) => void = () => {},
): Promise<void> {
  const path = await madeOrSkipped(t, program.make);
  if (path === undefined) return;
  assert.deepEqual(kindOf(path), kindIn(program.kind));
  const { pid, gctrace, keepBusy, end } = await program.start(t, path);
  const watch = watchProcess(pid);
  await watch.until(({ type }) => type === 'events');
  const busy = new AbortController();
  const work = keepBusy(busy.signal);
  await watch.until(tellsOfCycle((await watch.firstCycle()) + leastCycles));
  busy.abort();
  await work;
  const cycles = cyclesOf(await watch.stop());
  await end();
  checkNumbers(cycles);
  const { pairs, different } = linesBeside(cycles, gctrace, Number(program.go.split('.')[1]));
  const compared = pairs.length;
  results.set(program, { compared, equal: compared - different.length });
  t.diagnostic(`${compared} cycles, ${forcedIn(cycles)} of them forced; ${different.length} not equal`);
  assert.deepEqual(different, []);
  assert.ok(compared >= leastCycles);
  assert.ok(cycles.every(({ evidence }) => evidence === 'exact'));
  assert.equal(goVersionIn(watch), `go${program.go}`);
  check({ compared, forced: forcedIn(cycles) });
}

/** What the words of the table say of how a program is built. */
const kindIn = (words: string) => ({
  stripped: words.includes('stripped'),
  pie: words.includes('PIE'),
  cgo: words.includes('cgo'),
});

/** How a program is built, by its file. */
function kindOf(path: string): ReturnType<typeof kindIn> {
  const file = readFileSync(path);
  const elf = readElf(bytesOf(file));
  return {
    stripped: sectionNamed(elf, '.symtab') === undefined,
    pie: elf.isPie,
    cgo: file.includes('\0libc.so.6\0'),
  };
}

const goVersionIn = ({ messages }: Watch): string | undefined =>
  messages.flatMap((message) => (message.type === 'target' ? message.target.goVersion : []))[0];

const everyProgram = (rows: readonly CompatibilityRow[]): readonly TriedProgram[] =>
  rows.flatMap(({ builds, fromElsewhere }) => [...builds, ...fromElsewhere]);

const namesOf = (programs: readonly TriedProgram[]): string =>
  programs.map(({ name, go }) => `${name} (${go})`).join(', ');

const resultsOf = (row: CompatibilityRow): readonly Result[] =>
  everyProgram([row]).flatMap((program) => results.get(program) ?? []);

/** The row's figures as they came out. */
function cameOut(row: CompatibilityRow): string {
  const tried = resultsOf(row);
  if (tried.length === 0) return 'not tried';
  const compared = tried.map((result) => result.compared);
  const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);
  const equal = `${sum(tried.map((result) => result.equal))} of ${sum(compared)} equal`;
  return `${Math.min(...compared)} to ${Math.max(...compared)} cycles of each, ${equal}`;
}

/** Whether what the README promises holds for the row. */
const isKept = (row: CompatibilityRow): boolean =>
  resultsOf(row).every(({ compared, equal }) => compared >= leastCycles && equal === compared);
