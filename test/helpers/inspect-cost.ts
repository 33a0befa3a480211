// What reading a program's file takes: node --import tsx test/helpers/inspect-cost.ts FILE. Prints an InspectCost.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inspectGoProgram } from '../../src/binary/go-program.js';

export interface InspectCost {
  readonly goVersion: string;
  readonly sizeMB: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly readKiB: number;
  /** How far the memory rose, MiB. */
  readonly memoryMiB: number;
}

const [path = ''] = process.argv.slice(2);
const fd = openSync(path, 'r');
let read = 0;
const { size } = fstatSync(fd);
const [beforeRss, beforeCpu, beforeMs] = [process.memoryUsage().rss, process.cpuUsage(), performance.now()];
const { goVersion } = inspectGoProgram({
  size,
  read: (offset, length) => {
    const bytes = new Uint8Array(length);
    read += length;
    return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
  },
});
const wallMs = performance.now() - beforeMs;
const { user, system } = process.cpuUsage(beforeCpu);
closeSync(fd);
const cost: InspectCost = {
  goVersion,
  sizeMB: size / 1e6,
  wallMs,
  cpuMs: (user + system) / 1e3,
  readKiB: read / 1024,
  memoryMiB: Math.max(0, process.resourceUsage().maxRSS / 1024 - beforeRss / 2 ** 20),
};
process.stdout.write(`${JSON.stringify(cost)}\n`);
