// A cluster with the demo service in it and Pixie beside it, to try gctop by hand where there is neither:
//   node --import tsx test/stand-ins/try-pods.ts [seconds until Pixie knows the pod] [1.16 | 1.26]
// Prints what to set in another terminal. Lines on stdin: `replace` deletes the pod, `cut` cuts every stream to Pixie, an empty
// line or the end of input ends it.
import { exit, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { podWorld } from '../helpers/pod-world.js';

const [knownAfter = '10', go = '1.26'] = process.argv.slice(2);
const steps: (() => unknown)[] = [];
const say = (line: string): void => void stdout.write(`${line}\n`);

try {
  const world = await podWorld(
    {
      after: (step) =>
        void steps.push(() => (typeof step === 'function' ? Reflect.apply(step, undefined, []) : undefined)),
    },
    { knownAfterMs: Number(knownAfter) * 1_000, go: go === '1.16' ? '1.16' : '1.26' },
  );
  for (const [name, value] of Object.entries(world.env))
    if (name !== 'HOME') say(`export ${name}='${value}'`);
  say(`gctop --pod default/gc-service --pixie-ca ${world.ca}`);
  for await (const line of createInterface({ input: stdin })) {
    if (line === '') break;
    if (line === 'replace') say(await world.replacePod());
    if (line === 'cut') say(`${world.pixie.cutStreams()} streams cut`);
    if (line === 'probes')
      for (const { name, state, leaving } of world.pixie.tracepoints())
        say(`${name} ${state}${leaving ? ', leaving' : ''}`);
  }
} finally {
  for (const step of steps.reverse()) await step();
  exit(); // kept-alive connections would hold it for a while
}
