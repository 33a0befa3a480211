// Makes ready what the tests need, before they run: node --import tsx test/set-up.ts
import { exitCodeOf } from '../src/app/exit-code.js';
import { failureText } from '../src/app/failure-text.js';
import { findGo } from '../src/system/go-toolchain.js';
import { compatibility } from './helpers/compatibility.js';
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

/** Two at a time, so that one is compiled while another is fetched. */
async function makeTriedPrograms(): Promise<void> {
  const begin = performance.now();
  const programs = compatibility.flatMap(({ builds, fromElsewhere }) => [...fromElsewhere, ...builds]);
  say(`making ${programs.length} programs of every Go from 1.16 on, which takes many minutes the first time`);
  const lane = async (): Promise<void> => {
    for (let next = programs.shift(); next !== undefined; next = programs.shift()) {
      const { name, go, make } = next;
      await make().catch((error: unknown) => {
        if (!isMissing(error)) throw error;
        say(`${name} of go${go} cannot be tried: ${error.message}`);
      });
    }
  };
  await Promise.all([lane(), lane()]);
  say(`they are there after ${Math.round((performance.now() - begin) / 1000)} s`);
}
