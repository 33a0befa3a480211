import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { bytesOf } from '../../src/binary/byte-source.js';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import type { FunctionSites, ProbeSite } from '../../src/binary/probe-site.js';
import { functionName, probeCatalogue, probeNames } from '../../src/gc/probe.js';
import { findGo } from '../../src/system/go-toolchain.js';
import { disassemble, type Instruction, instructionsOf } from '../capture/probe-sites.js';
import { goReleases } from '../helpers/compatibility.js';
import { build } from '../helpers/go-program.js';

const stripped = '-ldflags=-s -w';
const pie = '-buildmode=pie';

for (const release of [undefined, ...goReleases]) {
  test(`the collector's functions of ${release ?? 'the local Go'} are probed where its disassembler says`, async (t) => {
    const { path } = await build('collector', release === undefined ? {} : { release });
    await compare(t, path, release);
  });
}

for (const flags of [[pie], ['-gcflags=all=-N -l'], [pie, '-gcflags=all=-N -l']]) {
  test(`so are those of a program built with '${flags.join(' ')}'`, async (t) => {
    const { path } = await build('collector', { flags });
    await compare(t, path, undefined);
  });
}

for (const flags of [[], [pie]]) {
  test(`stripping a program that is built with '${flags.join(' ')}' moves no place for a probe`, async () => {
    const known = await build('collector', { flags });
    const unnamed = await build('collector', { flags: [...flags, stripped] });
    const [before, after] = [known, unnamed].map(({ path }) => placesOf(sitesIn(path)));
    assert.ok(before !== undefined && before.length > 10);
    assert.deepEqual(after, before);
  });
}

const named = new Map(
  probeNames.map((name) => [functionName(probeCatalogue[name]), probeCatalogue[name].symbol]),
);

const sitesIn = (path: string): ReadonlyMap<string, FunctionSites> =>
  inspectGoProgram(bytesOf(readFileSync(path)), undefined, [...named.keys()]).probeSites;

const placesOf = (sites: ReadonlyMap<string, FunctionSites>) =>
  [...sites].map(([name, { entry, returns }]) => ({
    name,
    entry: entry.address,
    returns: returns.map(({ address }) => address),
  }));

/** Both say of the same functions where they begin to run and where they return. */
async function compare(t: TestContext, path: string, release: string | undefined): Promise<void> {
  const { env } = process;
  const goCommand = (await findGo({ env, onProgress: () => {} })).command;
  const { goVersion } = inspectGoProgram(bytesOf(readFileSync(path)));
  const program = { path, goVersion: release ?? goVersion, goCommand };
  const listing = await disassemble(program, [...named.values()]);
  const found = sitesIn(path);
  const inListing = [...named].filter(([, symbol]) => listing.has(symbol)).map(([name]) => name);
  assert.deepEqual([...found.keys()], inListing);
  let returns = 0;
  const frameless: string[] = [];
  for (const [name, sites] of found) {
    const code = instructionsOf(listing, named.get(name) ?? '');
    checkEntry(name, code, sites.entry);
    const expected = code.filter(({ bytes }) => bytes === 'c3').map(({ address }) => address);
    assert.ok(expected.length > 0, `${name} returns nowhere`);
    // Where no frame comes and goes the depths of the stack tell no return.
    if (sites.returns.length === 0 && !code.some(takesStack)) frameless.push(name);
    else assert.deepEqual(addressesOf(sites.returns), expected, name);
    returns += sites.returns.length;
  }
  t.diagnostic(
    `${found.size} functions, ${returns} returns; without a frame: ${frameless.join(', ') || 'none'}`,
  );
}

/** An instruction begins there, before which no argument has moved and nothing was pushed; its bytes are in the file. */
function checkEntry(name: string, code: readonly Instruction[], entry: ProbeSite): void {
  const index = code.findIndex(({ address }) => address === entry.address);
  assert.ok(index >= 0, `no instruction of ${name} begins at its entry's probe`);
  const before = code.slice(0, index);
  assert.ok(!before.some(takesStack), `the frame of ${name} is there before its entry's probe`);
  const bytes = code.slice(0, index + 1).map((each) => each.bytes);
  const expected = bytes.join('').slice(0, entry.bytes.length * 2);
  const own = Buffer.from(entry.bytes).toString('hex').slice(0, expected.length);
  assert.equal(own, expected, name);
}

const addressesOf = (sites: readonly ProbeSite[]): readonly number[] =>
  sites.map(({ address }) => address).toSorted((a, b) => a - b);

/** sub rsp, push rbp, or add rsp with a negative number. */
const takesStack = ({ bytes }: Instruction): boolean => /^(4883ec|4881ec|4883c4[89a-f]|55)/.test(bytes);
