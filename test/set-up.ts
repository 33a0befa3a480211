// Makes ready what the tests need, before they run: node --import tsx test/set-up.ts
import { exitCodeOf } from '../src/app/exit-code.js';
import { failureText } from '../src/app/failure-text.js';
import { findGo } from '../src/system/go-toolchain.js';
import { compatibility, type TriedProgram } from './helpers/compatibility.js';
import { newKubectl, oldKubectl } from './helpers/kubectls.js';
import { standInServer } from './helpers/kubernetes.js';
import { isMissing, missingForLive } from './helpers/live.js';

const say = (sentence: string): void => void process.stderr.write(`set-up: ${sentence}\n`);

try {
  const { version, command } = await findGo({ env: process.env, onProgress: say });
  say(`${version} is at ${command}`);
  say('building kubectl and the stand-in cluster from their Go modules, which takes minutes the first time');
  for (const made of [await newKubectl(), await oldKubectl()])
    say(`${made.name.split(' over')[0]} is at ${made.path}`);
  say(`the stand-in cluster is at ${await standInServer()}`);
  await makeTriedPrograms();
  const missing = await missingForLive();
  say(missing === undefined ? 'live tests can run here' : `live tests cannot run here: ${missing}`);
} catch (error) {
  process.stderr.write(failureText(error));
  process.exitCode = exitCodeOf(error);
}

/** Two minor versions at a time, so that one is compiled while the other is fetched; what the builds of one share is compiled once. */
async function makeTriedPrograms(): Promise<void> {
  const begin = performance.now();
  say('making programs with every Go from 1.16 on, which takes many minutes the first time');
  const rows = [...compatibility];
  const lane = async (): Promise<void> => {
    for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
      for (const program of [...row.builds, ...row.fromElsewhere]) await makeTried(program);
      say(`go${row.minor}: done`);
    }
  };
  await Promise.all([lane(), lane()]);
  say(`all is done after ${Math.round((performance.now() - begin) / 1000)} s`);
}

async function makeTried({ name, go, make }: TriedProgram): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!isMissing(error)) throw error;
    say(`${name} of go${go} cannot be tried: ${error.message}`);
  }
}
