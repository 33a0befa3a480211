// What a look at a busy host costs, and how long it keeps the screen waiting: `node --import tsx test/bench/process-scan.ts`.
import { type ChildProcess, spawn } from 'node:child_process';
import { openScan } from '../../src/sources/local/scan/open-scan.js';
import { systemClock } from '../../src/system/clock.js';
import { build } from '../helpers/go-program.js';

const others = 470;
const services = 30;
const looks = 6;

const { path } = await build('gc-service');
const children: ChildProcess[] = [];
for (let index = 0; index < others; index++) children.push(spawn('sleep', ['300'], { stdio: 'ignore' }));
for (let index = 0; index < services; index++) {
  children.push(spawn(path, ['-host', '127.0.0.1', '-port', '0'], { stdio: 'ignore' }));
}
const clock = systemClock();
const { signal } = new AbortController();
await clock.sleep(2_000, signal);
const scan = openScan({ clock, probes: true });
try {
  for (let look = 1; look <= looks; look++) {
    let [longestNs, lastNs, isOver] = [0, clock.nowNs(), false];
    const beat = () => {
      longestNs = Math.max(longestNs, clock.nowNs() - lastNs);
      lastNs = clock.nowNs();
      if (!isOver) setImmediate(beat);
    };
    setImmediate(beat);
    const [startNs, cpu] = [clock.nowNs(), process.cpuUsage()];
    let words = '';
    for await (const { total, processes } of scan.look(signal)) words = `${processes.length} Go of ${total}`;
    isOver = true;
    const { user, system } = process.cpuUsage(cpu);
    const ms = (value: number) => value.toFixed(1).padStart(6);
    const took = `${ms((clock.nowNs() - startNs) / 1e6)} ms, ${ms((user + system) / 1e3)} ms of CPU`;
    process.stdout.write(`look ${look}: ${words}, ${took}, longest wait ${ms(longestNs / 1e6)} ms\n`);
    await clock.sleep(1_000, signal);
  }
} finally {
  scan.close();
  for (const child of children) child.kill('SIGKILL');
}
