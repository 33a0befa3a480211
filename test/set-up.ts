// Makes ready what the tests need, before they run: node --import tsx test/set-up.ts
import { exitCodeOf } from '../src/app/exit-code.js';
import { failureText } from '../src/app/failure-text.js';
import { findGo } from '../src/system/go-toolchain.js';
import { missingForLive } from './helpers/live.js';

const say = (sentence: string): void => void process.stderr.write(`set-up: ${sentence}\n`);

try {
  const { version, command } = await findGo({ env: process.env, onProgress: say });
  say(`${version} is at ${command}`);
  const missing = await missingForLive();
  say(missing === undefined ? 'live tests can run here' : `live tests cannot run here: ${missing}`);
} catch (error) {
  process.stderr.write(failureText(error));
  process.exitCode = exitCodeOf(error);
}
