import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/system/paths.js';
import { run } from '../../src/system/process.js';
import { measure } from './measure.js';
import { addBuild, columnsOf, type Group } from './table.js';
import { writeTable } from './write-table.js';

// Adds releases to the table of layouts: node --import tsx test/layouts/generate.ts go1.28.0 'go1.28.0 someexperiment'
// `all` builds all anew that are known; without arguments the table is written anew from what was measured. GOTOOLCHAIN
// fetches the releases, so a Go of 1.21 or later must be there.

const fixture = join(packageRoot(), 'test/fixtures/layouts.json');
const table = join(packageRoot(), 'src/binary/layouts-table.ts');

const asked = process.argv.slice(2);
let groups: readonly Group[] = JSON.parse(readFileSync(fixture, 'utf8'));
const builds = asked[0] === 'all' ? groups.flatMap((group) => group.builds) : asked;
const refused: string[] = [];
for (const build of builds) {
  try {
    const before = columnsOf(groups).length;
    groups = addBuild(groups, build, await measure(build));
    say(`${build}: ${columnsOf(groups).length > before ? 'a layout of its own' : 'agrees'}`);
  } catch (error) {
    refused.push(build);
    say(`${build}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
writeFileSync(fixture, `${JSON.stringify(groups, undefined, 1)}\n`);
writeFileSync(table, writeTable(groups));
await run(join(packageRoot(), 'node_modules/.bin/biome'), ['format', '--write', table, fixture]);
say(
  `${builds.length - refused.length} built, ${refused.length} not to be had; ${columnsOf(groups).length} columns`,
);
process.exitCode = refused.length > 0 ? 1 : 0;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
